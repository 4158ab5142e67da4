/**
 * Control characters that could move the cursor, retitle or repaint a terminal, or reorder text: C0 but tab and newline,
 * DEL, C1, bidirectional controls, line and paragraph separators, and the zero-width no-break space.
 */
const unsafe =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Text from a host, made safe to print: control characters are shown as escapes (`\x1b`), never sent.
 * `\r\n` counts as a newline. Newlines and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, (char) => {
    const code = char.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** As `printable`, on one line: newlines and tabs become escapes too. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/**
 * Text that a CI system must not read as a command: GitHub Actions trims a line before it looks for `::` or `##[`, so
 * indenting is no defence.
 */
export function withoutWorkflowCommands(text: string): string {
  return text.replace(
    /^(\s*)(::|##\[)/gm,
    (_, space: string, mark: string) => `${space}${mark === '::' ? ': :' : '# #['}`,
  );
}
