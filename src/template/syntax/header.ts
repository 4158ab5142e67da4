import { defaultSyntax, type TemplateSyntax } from './options.ts';

/** A template file's text without its header line, and the syntax that the header asked for. */
export interface TemplateFile {
  readonly text: string;
  readonly syntax: TemplateSyntax;
  /** What is wrong with the header; empty where it is right or absent. */
  readonly problems: readonly string[];
}

const headerPattern = /^#jinja2:([^\r\n]*)(?:\r\n|\n|\r|$)/;
const newlines: Readonly<Record<string, TemplateSyntax['newline']>> = {
  '\\n': '\n',
  '\\r\\n': '\r\n',
  '\\r': '\r',
};

const textOptions: Readonly<Record<string, keyof TemplateSyntax>> = {
  block_start_string: 'blockStart',
  block_end_string: 'blockEnd',
  variable_start_string: 'variableStart',
  variable_end_string: 'variableEnd',
  comment_start_string: 'commentStart',
  comment_end_string: 'commentEnd',
};
const flagOptions: Readonly<Record<string, keyof TemplateSyntax>> = {
  trim_blocks: 'trimBlocks',
  lstrip_blocks: 'lstripBlocks',
};

/**
 * Reads and removes the header line of a template file: `#jinja2: lstrip_blocks: True, variable_start_string: "[%"`.
 * Options not named keep their default.
 */
export function readTemplateHeader(text: string, base: TemplateSyntax = defaultSyntax): TemplateFile {
  const match = headerPattern.exec(text);
  if (match === null) return { text, syntax: base, problems: [] };
  const changes: Partial<Record<keyof TemplateSyntax, string | boolean>> = {};
  const problems: string[] = [];
  for (const part of splitOptions(match[1] ?? '')) {
    const problem = readOption(part, changes);
    if (problem !== undefined) problems.push(problem);
  }
  // The changes hold for each key what `readOption` found its type to be.
  return { text: text.slice(match[0].length), syntax: { ...base, ...changes } as TemplateSyntax, problems };
}

function splitOptions(line: string): string[] {
  return (line.match(/(?:"[^"]*"|'[^']*'|[^,"'])+/g) ?? [])
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function readOption(
  part: string,
  changes: Partial<Record<keyof TemplateSyntax, string | boolean>>,
): string | undefined {
  const colon = part.indexOf(':');
  if (colon === -1) return `"${part}" in the #jinja2 line is not of the form "option: value"`;
  const name = part.slice(0, colon).trim();
  const raw = part.slice(colon + 1).trim();
  const value = /^(["']).*\1$/.test(raw) ? raw.slice(1, -1) : raw;
  const textKey = textOptions[name];
  if (textKey !== undefined) {
    if (value === '') return `${name} in the #jinja2 line is empty`;
    changes[textKey] = value;
    return undefined;
  }
  if (name === 'newline_sequence') {
    const newline = newlines[value];
    if (newline === undefined) return `newline_sequence in the #jinja2 line must be \\n, \\r\\n or \\r`;
    changes.newline = newline;
    return undefined;
  }
  // Newlines at the end are kept whatever this says.
  if (name === 'keep_trailing_newline') return undefined;
  const flagKey = flagOptions[name];
  if (flagKey === undefined) return `unknown option "${name}" in the #jinja2 line`;
  if (!/^(true|false|yes|no|1|0)$/i.test(value)) return `${name} in the #jinja2 line must be True or False`;
  changes[flagKey] = /^(true|yes|1)$/i.test(value);
  return undefined;
}
