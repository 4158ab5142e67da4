import { parseDurationMs } from '../lib/duration.ts';
import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Declarations, Keywords, LimitUse, Playbook } from '../model/playbook.ts';
import type { StepTables } from './folding.ts';

/** Errors of locks, semaphores and pools: one that is not declared, and more permits than there are. */
export function checkLimits(playbook: Playbook, tables: StepTables): Diagnostic[] {
  const { declarations } = playbook;
  return [
    ...limitProblems(declarations, [...playbook.plays, ...tables.blocks, ...tables.steps]),
    ...playbook.plays.flatMap((play) => perHost(play.keywords.limits ?? [], playbook)),
    ...lostAfter(declarations),
  ];
}

/** What is wrong with the limits that steps, blocks or plays take. */
export function limitProblems(
  declarations: Declarations,
  owners: readonly { readonly keywords: Keywords }[],
): Diagnostic[] {
  const uses = new Set(owners.flatMap((owner) => owner.keywords.limits ?? []));
  return [...uses].flatMap((use) => problemOf(use, declarations) ?? []);
}

/** A play takes what it holds once, so that what there is on each host means nothing to it. */
function perHost(uses: readonly LimitUse[], { declarations }: Playbook): Diagnostic[] {
  return uses.flatMap((use) => {
    const declared = use.kind === 'lock' ? declarations.locks[use.name] : declarations.semaphores[use.name];
    if (declared?.scope !== 'host') return [];
    const message = `${use.kind} "${use.name}" is one for each host, and a play takes it once as a whole`;
    const hint = 'take it on a step or block, or declare it with another scope';
    return [errorDiagnostic('RB202', message, { at: use.at, related: [declaredAt(declared)], hint })];
  });
}

function lostAfter({ locks, semaphores }: Playbook['declarations']): Diagnostic[] {
  return [...Object.entries(locks), ...Object.entries(semaphores)].flatMap(([name, declared]) => {
    const { lostAfter: written, at } = declared;
    if (written === undefined || parseDurationMs(written) !== undefined) return [];
    const message = `"lost_after" of "${name}": expected a duration such as 60s, without a template`;
    return [errorDiagnostic('RB202', message, { at })];
  });
}

function declaredAt({ at }: { readonly at: Place }) {
  return { at, note: 'declared here' };
}

function problemOf(use: LimitUse, { locks, semaphores, pools }: Declarations): Diagnostic | undefined {
  const declared = { lock: locks, semaphore: semaphores, pool: pools }[use.kind];
  if (!Object.hasOwn(declared, use.name)) return undeclared(use, Object.keys(declared));
  const semaphore = use.kind === 'semaphore' ? semaphores[use.name] : undefined;
  if (semaphore === undefined || use.permits <= semaphore.permits) return undefined;
  const message = `${use.permits} permits of the semaphore "${use.name}" are asked for, and it has ${semaphore.permits}`;
  return errorDiagnostic('RB307', message, {
    at: use.at,
    related: [{ at: semaphore.at, note: 'declared here' }],
    hint: 'ask for fewer permits, or declare more',
  });
}

function undeclared(use: LimitUse, names: readonly string[]): Diagnostic {
  const examples = {
    lock: `locks: [${use.name}]`,
    semaphore: `semaphores: {${use.name}: 1}`,
    pool: `pools: {${use.name}: {size: 2}}`,
  };
  return errorDiagnostic('RB212', `${use.kind} "${use.name}" is not declared${didYouMean(use.name, names)}`, {
    at: use.at,
    hint: `declare it at the root of the playbook: \`${examples[use.kind]}\``,
  });
}
