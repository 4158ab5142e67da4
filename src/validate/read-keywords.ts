import type { z } from 'zod';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import type { Context } from './context.ts';
import { type Cursor, entriesOf, keyPlace, placeOf } from './cursor.ts';
import { issuesToDiagnostics } from './issue-diagnostic.ts';
import { isKeywordOf, keywordSchema, parseKeywords } from './keyword-kinds.ts';
import { toPlain } from './plain-value.ts';
import { schemaIssues } from './schema-issues.ts';
import { checkConditions, checkTemplates } from './template-check.ts';
import { unavailableHints } from './unavailable-hints.ts';
import { isUnavailable, type KeywordKind } from './unavailable-keywords.ts';

/** The keywords of one thing, checked one by one. */
export interface ReadKeywords<Input> {
  readonly kind: KeywordKind;
  /** Values in the form that schemas give out. Keywords with a mistake are left out. */
  readonly input: Input;
  readonly cursors: ReadonlyMap<string, Cursor>;
  /** False when a keyword has a mistake. */
  readonly sound: boolean;
}

/** Keywords whose values are read by passes of their own, item by item. */
const nested = new Set([
  'block',
  'rescue',
  'always',
  'plays',
  'pre_tasks',
  'roles',
  'tasks',
  'steps',
  'post_tasks',
  'handlers',
  'on_success',
  'on_failure',
]);
const conditionKeywords = new Set(['when', 'until', 'changed_when', 'failed_when']);
/** Values in which braces are no templates or are checked elsewhere. */
const untemplated = new Set(['params', 'args', 'action', 'local_action', ...nested, ...conditionKeywords]);
/** Keywords that may be left empty in native playbooks too. */
const mayBeEmpty = new Set([
  'vars',
  'tags',
  'notify',
  'vars_files',
  'environment',
  'module_defaults',
  'args',
  ...nested,
]);

/** Reads the keywords of a play, block, step or handler, and reports each mistake in them. */
export function readKeywords<Input>(
  cursor: Cursor,
  entries: readonly (readonly [string, Value])[],
  kind: KeywordKind,
  context: Context,
): ReadKeywords<Input> {
  const cursors = new Map<string, Cursor>();
  let sound = true;
  for (const [key, value] of entries) {
    const item: Cursor = { document: cursor.document, path: [...cursor.path, key], value };
    const name = currentName(key, kind, cursor);
    if (reportMisplaced(item, name, kind, context)) sound = false;
    else if (!isLeftEmpty(key, value, cursor)) cursors.set(name, item);
  }
  const plain = Object.fromEntries([...cursors].map(([key, item]) => [key, plainOf(key, item)]));
  const { output, issues, wrong } = parseKeywords(kind, plain);
  if (issues.length > 0) reportIssues({ cursor, plain, kind }, issues, context);
  for (const key of wrong) cursors.delete(key);
  checkTexts(cursors, context);
  // The table of schemas loses the types of what they give out; `Input` is derived from that table.
  return { kind, input: output as Input, cursors, sound: sound && wrong.size === 0 };
}

/** Lists of plays may call `remote_user` by its first name. */
function currentName(key: string, kind: KeywordKind, { document }: Cursor): string {
  return kind === 'play' && key === 'user' && document.dialect === 'ansible' ? 'remote_user' : key;
}

/** Lists of plays may have `vars` as a list of mappings, the old form. */
function plainOf(key: string, { value, document }: Cursor): unknown {
  const isList = key === 'vars' && document.dialect === 'ansible' && Array.isArray(value);
  if (!isList || !value.every((one: Value) => entriesOf(one) !== undefined)) return toPlain(value ?? null);
  return Object.fromEntries(value.flatMap((one: Value) => entriesOf(one) ?? []));
}

function checkTexts(cursors: ReadonlyMap<string, Cursor>, context: Context): void {
  for (const [key, item] of cursors) {
    if (conditionKeywords.has(key)) checkConditions(item, context);
    else if (!untemplated.has(key)) checkTemplates(item, context);
  }
}

function isLeftEmpty(key: string, value: Value, cursor: Cursor): boolean {
  const isAnsible = cursor.document.dialect === 'ansible';
  // In a play of Ansible an empty condition holds.
  if (value === '' && key === 'when') return isAnsible;
  return value === null && (mayBeEmpty.has(key) || isAnsible);
}

const ownNouns: Record<KeywordKind, string> = {
  root: 'a playbook',
  play: 'a play',
  block: 'a block',
  step: 'a step',
  handler: 'a handler',
  import: 'an import',
  role: 'an entry of "roles"',
};
const otherKinds: readonly KeywordKind[] = ['step', 'block', 'handler', 'play', 'root', 'import'];
const coordination = new Set(['wait', 'set', 'clear', 'lock', 'semaphore', 'pool', 'consume']);

/** Reports a keyword that is known, but not here; whether there was something to report. */
function reportMisplaced(item: Cursor, key: string, kind: KeywordKind, context: Context): boolean {
  const at = keyPlace(item);
  const saysNothing = item.document.dialect === 'ansible' && (item.value === null || item.value === 'never');
  if (isUnavailable(key, kind) && !(saysNothing && key === 'debugger')) {
    const hint = unavailableHints[key];
    context.report(
      errorDiagnostic('RB214', `keyword "${key}" is not available in this version`, { at, hint }),
    );
    return true;
  }
  if (isKeywordOf(kind, key) || isUnavailable(key, kind)) {
    if (!coordination.has(key) || item.document.dialect === 'native') return false;
    context.report(
      errorDiagnostic('RB213', `"${key}" needs a declaration, and a list of plays has no place for one`, {
        at,
        hint: 'turn the file into a native playbook: runbook import FILE',
      }),
    );
    return true;
  }
  const home = otherKinds.find((other) => isKeywordOf(other, key) || isUnavailable(key, other));
  if (home === undefined) return false;
  context.report(
    errorDiagnostic(
      'RB201',
      `"${key}" has no meaning on ${ownNouns[kind]}, it belongs to ${ownNouns[home]}`,
      { at },
    ),
  );
  return true;
}

interface Checked {
  readonly cursor: Cursor;
  readonly plain: unknown;
  readonly kind: KeywordKind;
}

function reportIssues(checked: Checked, issues: readonly z.core.$ZodIssue[], context: Context): void {
  const { cursor, plain, kind } = checked;
  const isStep = kind === 'step' || kind === 'handler';
  const diagnostics = issuesToDiagnostics(schemaIssues(issues, plain, false), {
    value: plain,
    schema: keywordSchema(kind),
    at: (path) => ({ document: cursor.document, path: [...cursor.path, ...path], value: undefined }),
    keyNoun: `"%s" is no keyword of ${ownNouns[kind]}`,
    moreKeys: isStep ? [...context.options.modules.keys()] : [],
    label: labelOf,
    showsText: true,
    codes: { unknown: 'RB201', wrong: 'RB202', missing: 'RB203' },
  });
  for (const diagnostic of diagnostics) context.report(diagnostic);
}

/** `"loop_control.label"`, `"needs", item 2, "step"`. */
export function labelOf(path: readonly (string | number)[]): string {
  const words: string[] = [];
  let names: string[] = [];
  for (const part of path) {
    if (typeof part === 'string') names.push(part);
    else {
      if (names.length > 0) words.push(`"${names.join('.')}"`);
      names = [];
      words.push(`item ${part + 1}`);
    }
  }
  if (names.length > 0) words.push(`"${names.join('.')}"`);
  return words.join(', ');
}

/** Where each keyword's value stands, by the key as written. */
export function keywordPlaces(read: ReadKeywords<unknown>): Record<string, Place> {
  return Object.fromEntries([...read.cursors].map(([key, item]) => [key, placeOf(item)]));
}
