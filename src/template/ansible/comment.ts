import { anyText, integerArgument, textArgument } from '../arguments.ts';
import type { Datum, Run } from '../datum.ts';

interface CommentStyle {
  readonly decoration: string;
  readonly beginning?: string;
  readonly end?: string;
}

const styles: Readonly<Record<string, CommentStyle>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { decoration: ' * ', beginning: '/*', end: ' */' },
  xml: { decoration: ' - ', beginning: '<!--', end: '-->' },
};

/** Ansible's `comment`: every line behind a decoration, with lines before and after. */
export function comment(run: Run, text: Datum, style?: Datum, ...options: (Datum | undefined)[]): string {
  const name = textArgument(run, style, 'style', 'plain');
  const known = Object.hasOwn(styles, name) ? styles[name] : undefined;
  if (known === undefined)
    throw run.fail(`unknown style "${name}"; there are ${Object.keys(styles).join(', ')}`);
  const [
    decorationOption,
    beginningOption,
    prefixOption,
    prefixCount,
    postfixOption,
    postfixCount,
    endOption,
    newlineOption,
  ] = options;
  const decoration = anyText(run, decorationOption, known.decoration);
  const newline = anyText(run, newlineOption, '\n');
  const blank = decoration.trimEnd();
  const prefix = anyText(run, prefixOption, blank);
  const postfix = anyText(run, postfixOption, blank);
  const beginning = anyText(run, beginningOption, known.beginning ?? '');
  const end = anyText(run, endOption, known.end ?? '');
  const parts = textArgument(run, text, 'text').split(newline);
  const body = parts.map((line, i) => (line === '' && i < parts.length - 1 ? blank : decoration + line));
  const lines = [
    ...(beginning === '' ? [] : [beginning]),
    ...(prefix === '' ? [] : repeated(run, prefix === newline ? '' : prefix, prefixCount)),
    ...body,
    ...repeated(run, postfix, postfixCount),
    ...(end === '' ? [] : [end]),
  ];
  return lines.join(newline);
}

function repeated(run: Run, line: string, count: Datum | undefined): string[] {
  const times = integerArgument(run, count, 'count', 1);
  run.step(Math.max(0, times));
  return Array.from({ length: Math.max(0, times) }, () => line);
}
