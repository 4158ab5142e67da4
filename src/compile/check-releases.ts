import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { PlanStep } from '../model/plan.ts';
import type { LimitRelease, LimitUse } from '../model/playbook.ts';
import type { StepTables } from './folding.ts';

/** Errors of `release`: a lock or semaphore that no block around the step takes, and more permits than it takes. */
export function checkReleases(tables: StepTables): Diagnostic[] {
  return tables.steps.flatMap((step) => {
    const releases = step.keywords.release ?? [];
    if (releases.length === 0) return [];
    if (step.keywords.parallel !== undefined) return [besideParallel(releases)];
    const held = heldAround(step, tables);
    return releases.flatMap((release) => problemOf(release, held) ?? []);
  });
}

function besideParallel([release]: readonly LimitRelease[]): Diagnostic {
  const message = '"release" and "parallel" exclude each other: no item knows whether it is the last one';
  return errorDiagnostic('RB207', message, {
    at: release?.at,
    hint: 'give it back in a step behind the loop',
  });
}

/** What the blocks around a step take, innermost first. */
function heldAround({ block }: PlanStep, { blocks }: StepTables): readonly LimitUse[] {
  const held: LimitUse[] = [];
  for (let index = block; index !== undefined; index = blocks[index]?.parent)
    held.push(...(blocks[index]?.keywords.limits ?? []).filter((use) => use.kind !== 'pool'));
  return held;
}

function problemOf({ name, permits, at }: LimitRelease, held: readonly LimitUse[]): Diagnostic | undefined {
  const uses = held.filter((use) => use.name === name);
  const [first] = uses;
  if (first === undefined) {
    const names = held.map((use) => use.name);
    const message = `no block around this step holds "${name}"${didYouMean(name, names)}`;
    const hint = 'a step gives back only what its block holds: what it takes itself is given back at its end';
    return errorDiagnostic('RB324', message, { at, hint });
  }
  const taken = Math.max(...uses.map((use) => use.permits));
  if (permits <= taken) return undefined;
  const message = `${permits} permits of ${first.kind} "${name}" are given back, and the block around holds ${taken}`;
  return errorDiagnostic('RB324', message, { at, related: [{ at: first.at, note: 'taken here' }] });
}
