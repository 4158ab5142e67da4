import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import { type PlanStep, stepTitle } from '../model/plan.ts';
import type { Declarations } from '../model/playbook.ts';
import type { NameReader } from './names-read.ts';

/** What is looked at to judge what templates read of shared things. */
export interface SharedReadContext {
  readonly declarations: Declarations;
  readonly steps: readonly PlanStep[];
  readonly reader: NameReader;
  /** Whether a name may be a variable of the author's own. */
  isOwn(name: SharedRoot): boolean;
}

/** The names under which templates read what all hosts share. */
export type SharedRoot = 'state' | 'queue' | 'pool';

/** Where each is declared. */
export const sharedKinds = { state: 'state', queue: 'queues', pool: 'pools' } as const;
const roots = ['state', 'queue', 'pool'] as const;
/** Methods of a mapping: `state.items()` reads no value of that name. */
const methods = new Set(['copy', 'get', 'items', 'keys', 'values']);

/**
 * Errors of names that a template reads as `state.NAME`, `queue.NAME` or `pool.NAME` and that are not declared. A text that
 * allows for their absence, and a variable of the author's own with such a name, are left alone.
 */
export function checkSharedReads(context: SharedReadContext): Diagnostic[] {
  const told = new Set<string>();
  return context.steps.flatMap((step) =>
    readsOf(step, context).flatMap(([kind, name]) => {
      const declared = context.declarations[sharedKinds[kind]];
      const key = `${kind} ${name}`;
      if (Object.hasOwn(declared, name) || told.has(key)) return [];
      told.add(key);
      const guess = didYouMean(name, Object.keys(declared));
      const message = `"${stepTitle(step)}" reads ${kind}.${name}, and ${kind} "${name}" is not declared${guess}`;
      const hint = `declare it at the root of the playbook, under \`${sharedKinds[kind]}:\``;
      return [errorDiagnostic('RB212', message, { at: step.at, hint })];
    }),
  );
}

function readsOf(
  step: PlanStep,
  { reader, isOwn }: SharedReadContext,
): (readonly [kind: SharedRoot, name: string])[] {
  const names = reader.ofStep(step);
  return roots
    .filter((kind) => names.has(kind) && !isOwn(kind))
    .flatMap((kind) =>
      [...reader.partsOf(step, kind)].flatMap((name) => (methods.has(name) ? [] : [[kind, name] as const])),
    );
}
