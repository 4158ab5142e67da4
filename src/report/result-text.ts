import type { StepFinished, StepInfo } from '../model/event.ts';
import { isValueMap, type Value } from '../model/value.ts';
import { printable, withoutWorkflowCommands } from './printable.ts';
import type { Style } from './reporter.ts';
import { isTrouble } from './tally.ts';
import { unifiedDiffs } from './unified-diff.ts';

/** How much to tell. */
export interface Detail {
  readonly verbosity: number;
  readonly style: Style;
  /** Whether lines must not look like workflow commands. */
  readonly githubActions: boolean;
}

/** More lines than this of one output are cut in the middle, unless `-vv` asks for all. */
const maxOutputLines = 40;

function field(result: Value | undefined, name: string): Value | undefined {
  return isValueMap(result) ? result[name] : undefined;
}

function textField(result: Value | undefined, name: string): string {
  const value = field(result, name);
  return typeof value === 'string' ? value : '';
}

function shorten(text: string, verbosity: number): string {
  const lines = text.replace(/\n$/, '').split('\n');
  if (verbosity >= 2 || lines.length <= maxOutputLines) return lines.join('\n');
  const half = maxOutputLines / 2;
  const left = lines.length - maxOutputLines;
  return [...lines.slice(0, half), `… ${left} more lines (-vv shows all) …`, ...lines.slice(-half)].join(
    '\n',
  );
}

function outputs(event: StepFinished, detail: Detail): string[] {
  const parts: string[] = [];
  for (const name of ['stdout', 'stderr'] as const) {
    const text = textField(event.result, name);
    if (text.trim() === '') continue;
    const shown = printable(shorten(text, detail.verbosity));
    parts.push(name === 'stdout' ? shown : `${detail.style.dim('stderr:')}\n${shown}`);
  }
  return parts;
}

function colourDiff(text: string, style: Style): string {
  return text
    .split('\n')
    .map((line) => {
      if (line.startsWith('+++') || line.startsWith('---')) return style.bold(line);
      if (line.startsWith('+')) return style.added(line);
      if (line.startsWith('-')) return style.removed(line);
      return line.startsWith('@@') ? style.dim(line) : line;
    })
    .join('\n');
}

function reasons(event: StepFinished, info: StepInfo, detail: Detail): string[] {
  const trouble = isTrouble(event);
  const parts: string[] = [];
  const saysSomething = event.msg !== undefined && event.msg !== '';
  if (
    saysSomething &&
    (trouble || (info.module === 'debug' && event.outcome === 'ok') || detail.verbosity >= 1)
  )
    parts.push(printable(event.msg ?? ''));
  if (trouble && event.rc !== undefined && !(event.msg ?? '').includes(String(event.rc)))
    parts.push(`exit status ${event.rc}`);
  return parts;
}

/**
 * What is worth saying of one result beside its outcome: the message, output and differences, by verbosity
 * (`-v` messages and output, `-vv` all of it, `-vvv` the whole result). Empty when there is nothing to say.
 */
export function resultText(event: StepFinished, info: StepInfo, detail: Detail): string {
  const parts = reasons(event, info, detail);
  if (isTrouble(event) || detail.verbosity >= 1) parts.push(...outputs(event, detail));
  const diff = unifiedDiffs(event.diff);
  if (diff !== '') parts.push(colourDiff(printable(diff), detail.style));
  if (detail.verbosity >= 3 && event.result !== undefined)
    parts.push(printable(JSON.stringify(event.result, jsonValue, 2)));
  if (event.hint !== undefined && isTrouble(event))
    parts.push(detail.style.notice(`hint: ${printable(event.hint)}`));
  const text = parts.join('\n');
  return detail.githubActions ? withoutWorkflowCommands(text) : text;
}

/** JSON itself escapes the others. They stand within strings only. */
const unsafeInJson = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

function jsonValue(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  return typeof value === 'bigint' ? value.toString() : value;
}

/** A value as JSON: maps as objects, big integers as text, characters that a terminal could obey as escapes. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, jsonValue, indent).replace(
    unsafeInJson,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Every line of a text moved to the right. */
export function indent(text: string, columns: number): string {
  const space = ' '.repeat(columns);
  return text
    .split('\n')
    .map((line) => (line === '' ? line : space + line))
    .join('\n');
}

/** Results gathered by what they say, so that 38 hosts that say the same are one paragraph. Order is kept. */
export function groupByText(
  events: readonly StepFinished[],
  info: StepInfo,
  detail: Detail,
): { readonly text: string; readonly hosts: readonly string[] }[] {
  const groups = new Map<string, string[]>();
  for (const event of events) {
    const text = resultText(event, info, detail);
    const hosts = groups.get(text);
    if (hosts === undefined) groups.set(text, [event.host]);
    else hosts.push(event.host);
  }
  return [...groups].map(([text, hosts]) => ({ text, hosts }));
}
