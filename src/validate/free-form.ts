import { splitWords, type Word } from './split-words.ts';

/** What text in place of a mapping of parameters says. */
export interface FreeForm {
  /** Its `key=value` words. */
  readonly params: Readonly<Record<string, string>>;
  /** What is left of the text, white space inside it kept; empty when nothing is. */
  readonly rest: string;
}

const commandOptions = new Set([
  'creates',
  'removes',
  'chdir',
  'executable',
  'warn',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
]);
/** Modules whose text is a command: only the words of `commandOptions` are parameters in it. */
const commandModules = new Set(['command', 'shell', 'script', 'raw']);

/**
 * Reads `key=value` words and free text as Ansible does.
 *
 * @returns what it says, or which quote or brace is left open.
 */
export function readFreeForm(text: string, module: string): FreeForm | { readonly open: string } {
  const words = splitWords(text);
  if ('open' in words) return isPlainCommand(text, module) ? { params: {}, rest: text } : words;
  const isOption = optionTest(module);
  const params: Record<string, string> = {};
  const rest: (Word | undefined)[] = [];
  for (const word of words) {
    // A name may be a template: `set_fact: "{{ name }}=1"`.
    const [, key, value] = /^([A-Za-z_][A-Za-z0-9_]*|\{\{.*?\}\})=(.*)$/s.exec(word.text) ?? [];
    const isParam = key !== undefined && value !== undefined && isOption(key);
    if (isParam) params[key] = unquote(decodeEscapes(value));
    rest.push(isParam ? undefined : word);
  }
  return { params, rest: joinWords(text, rest) };
}

/** A script may hold a lone quote (a comment, a here-document); only options after it would be read wrongly. */
function isPlainCommand(text: string, module: string): boolean {
  return commandModules.has(module) && !/(?:^|\s)(?:creates|removes|chdir|executable|stdin)=/.test(text);
}

function optionTest(module: string): (key: string) => boolean {
  if (module === 'raw') return (key) => key === 'executable';
  return commandModules.has(module) ? (key) => commandOptions.has(key) : () => true;
}

/** The text without its options; the space between words that stay neighbours is kept as written. */
function joinWords(text: string, kept: readonly (Word | undefined)[]): string {
  let joined = '';
  let before: Word | undefined;
  for (const word of kept) {
    if (word !== undefined) {
      const gap = before === undefined ? ' ' : text.slice(before.end, word.start);
      joined += joined === '' ? word.text : gap + word.text;
    }
    before = word;
  }
  return joined;
}

function unquote(value: string): string {
  const quote = value[0];
  const isQuoted = value.length > 1 && (quote === '"' || quote === "'") && value.endsWith(quote);
  return isQuoted ? value.slice(1, -1) : value;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

function decodeEscapes(value: string): string {
  return value.replaceAll(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[ntr\\"'])/g, (_, code: string) =>
    code.length > 1 ? String.fromCodePoint(Number.parseInt(code.slice(1), 16)) : (escapes[code] ?? code),
  );
}
