import { nearest } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { ModuleSpec } from '../model/module.ts';
import type { Value } from '../model/value.ts';
import type { Context } from './context.ts';
import { type Cursor, keyPlace } from './cursor.ts';
import { isKeywordOf, keywordNames } from './keyword-kinds.ts';
import { findModule } from './module-names.ts';
import { type KeywordKind, unavailableKeywords } from './unavailable-keywords.ts';

/** Which key of a step is its module, and which keys are keywords. */
export interface ModuleChoice {
  readonly module?: { readonly key: string; readonly spec: ModuleSpec | undefined } | undefined;
  /** Entries to read as keywords; keys that were reported are left out. */
  readonly keywords: readonly (readonly [string, Value])[];
  /** Whether something about the choice was reported as an error. */
  readonly faulty: boolean;
}

/** What a step stands as, and where its module's short name is looked for first. */
export interface StepPlace {
  readonly kind: KeywordKind;
  readonly collections: readonly string[];
}

type Entry = readonly [string, Value];

const standAlone = ['wait', 'set', 'clear', 'barrier'];
const oldForms = ['action', 'local_action'];

/** Finds the module of a step by its key, before anything else of the step is looked at. */
export function chooseModule(
  cursor: Cursor,
  entries: readonly Entry[],
  { kind, collections }: StepPlace,
  context: Context,
): ModuleChoice {
  const find = (key: string) => findModule(key, context.options.modules, collections);
  const keywords = entries.filter(([key]) => isKeyword(key, context));
  const others = entries.filter(([key]) => !isKeyword(key, context));
  const known = others.filter(([key]) => find(key) !== undefined);
  const unknown = others.filter((entry) => !known.includes(entry));
  const hasOldForm = keywords.some(([key]) => oldForms.includes(key));
  if (kind === 'block')
    return settled(
      undefined,
      keywords,
      [...blockFaults(known, cursor), ...unknownFaults(unknown, cursor, kind, context)],
      context,
    );
  const [first, second] = known;
  if (first !== undefined) {
    const rival = second?.[0] ?? keywords.find(([key]) => oldForms.includes(key))?.[0];
    const faults = unknownFaults(unknown, cursor, kind, context);
    if (rival !== undefined) faults.push(twoModules(first[0], rival, cursor));
    const spec = find(first[0]);
    return settled({ key: first[0], spec }, keywords, faults, context);
  }
  const stranger = hasOldForm ? undefined : strangerModule(unknown, cursor);
  if (stranger !== undefined) {
    context.report(unknownModule(stranger[0], cursor, kind, context, 'warning'));
    return settled({ key: stranger[0], spec: undefined }, keywords, [], context);
  }
  const faults = unknownFaults(unknown, cursor, kind, context, !hasOldForm);
  const canStand = hasOldForm || keywords.some(([key]) => standAlone.includes(key));
  const isUnknownAvailable = keywords.some(([key]) => Object.hasOwn(unavailableKeywords, key));
  if (faults.length === 0 && !canStand && !isUnknownAvailable) faults.push(noModule(cursor, kind));
  return settled(undefined, keywords, faults, context);
}

function settled(
  module: ModuleChoice['module'],
  keywords: readonly Entry[],
  faults: readonly Diagnostic[],
  context: Context,
): ModuleChoice {
  for (const fault of faults) context.report(fault);
  return { module, keywords, faulty: faults.length > 0 };
}

const kinds: readonly KeywordKind[] = ['step', 'handler', 'block', 'play', 'root', 'import'];

/** A module of the same name goes before a keyword that is not available. */
function isKeyword(key: string, context: Context): boolean {
  if (kinds.slice(0, 3).some((kind) => isKeywordOf(kind, key))) return true;
  if (findModule(key, context.options.modules) !== undefined) return false;
  return Object.hasOwn(unavailableKeywords, key) || kinds.some((kind) => isKeywordOf(kind, key));
}

/** In Ansible's dialect the one key that is no keyword names a module that fails when it is reached. */
function strangerModule(unknown: readonly Entry[], cursor: Cursor): Entry | undefined {
  return cursor.document.dialect === 'ansible' && unknown.length === 1 ? unknown[0] : undefined;
}

function candidates(
  kind: KeywordKind,
  context: Context,
): { keywords: Iterable<string>; modules: readonly string[] } {
  return { keywords: keywordNames(kind), modules: [...context.options.modules.keys()] };
}

function unknownFaults(
  unknown: readonly Entry[],
  cursor: Cursor,
  kind: KeywordKind,
  context: Context,
  mayBeModule = false,
): Diagnostic[] {
  const { keywords, modules } = candidates(kind, context);
  return unknown.map(([key]) => {
    const guess = nearest(key, [...keywords, ...modules]);
    const isModule =
      mayBeModule && (guess === undefined || modules.includes(guess)) && !key.startsWith('with_');
    if (isModule) return unknownModule(key, cursor, kind, context, 'error');
    const word = guess === undefined ? '' : ` — did you mean "${guess}"?`;
    return errorDiagnostic('RB201', `"${key}" is no keyword of a ${kind}${word}`, { at: keyAt(cursor, key) });
  });
}

function unknownModule(
  key: string,
  cursor: Cursor,
  kind: KeywordKind,
  context: Context,
  severity: 'error' | 'warning',
): Diagnostic {
  const { keywords, modules } = candidates(kind, context);
  const guess = nearest(key.split('.').at(-1) ?? key, [...modules, ...keywords]);
  const word = guess === undefined ? '' : ` — did you mean "${guess}"?`;
  const at = keyAt(cursor, key);
  if (severity === 'warning')
    return warningDiagnostic('RB204', `no module is named "${key}"${word}`, {
      at,
      hint: 'a step with it fails when it is reached',
    });
  return errorDiagnostic('RB204', `no module is named "${key}"${word}`, {
    at,
    hint: 'list all modules: runbook doc',
  });
}

function twoModules(first: string, second: string, cursor: Cursor): Diagnostic {
  return errorDiagnostic('RB205', `a step has one module, and this one has "${first}" and "${second}"`, {
    at: keyAt(cursor, second),
    related: [{ at: keyAt(cursor, first), note: 'the other module' }],
    hint: 'make two steps of it',
  });
}

function blockFaults(known: readonly Entry[], cursor: Cursor): Diagnostic[] {
  return known.map(([key]) =>
    errorDiagnostic('RB207', `a step is either a block or a module, and this one has "block" and "${key}"`, {
      at: keyAt(cursor, key),
      hint: 'put the module into the block as a step of its own',
    }),
  );
}

function noModule(cursor: Cursor, kind: KeywordKind): Diagnostic {
  const noun = kind === 'handler' ? 'handler' : 'step';
  const at = cursor.document.locate(cursor.path, 'value');
  return errorDiagnostic('RB206', `this ${noun} has no module, so it does nothing`, {
    at,
    hint: 'add a module such as `command: uptime`, or one of wait, set, clear, barrier',
  });
}

function keyAt(cursor: Cursor, key: string) {
  return keyPlace({ document: cursor.document, path: [...cursor.path, key], value: undefined });
}
