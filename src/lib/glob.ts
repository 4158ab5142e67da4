/** Whether a text is a glob: it holds `*`, `?` or a `[set]`. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * A glob over names as a regular expression for whole names: `*` any characters, `?` one, `[abc]` and `[a-c]` one of
 * a set, `[!abc]` one outside it. Nothing escapes; a `[` without its `]` stands for itself.
 */
export function globToRegExp(glob: string): RegExp {
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const character = glob.charAt(at);
    if (character === '*') {
      // Stars in a row mean what one means, and would only make the match slow.
      if (glob.charAt(at - 1) !== '*') source += '.*';
    } else if (character === '?') {
      source += '.';
    } else if (character === '[') {
      const end = glob.indexOf(']', glob.charAt(at + 1) === '!' ? at + 3 : at + 2);
      source += end === -1 ? '\\[' : setSource(glob.slice(at + 1, end));
      if (end !== -1) at = end;
    } else {
      source += character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    }
  }
  return new RegExp(`^${source}$`, 'su');
}

function setSource(inside: string): string {
  const negated = inside.startsWith('!');
  const members = (negated ? inside.slice(1) : inside).replace(/[\\\]^[]/g, '\\$&');
  const set = `[${negated ? '^' : ''}${members}]`;
  try {
    new RegExp(set, 'u');
    return set;
  } catch {
    // A range the wrong way round, like [z-a], matches nothing.
    return negated ? '.' : '[]';
  }
}
