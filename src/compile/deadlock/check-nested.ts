import { type Diagnostic, errorDiagnostic } from '../../model/diagnostic.ts';
import type { LimitUse } from '../../model/playbook.ts';
import type { Draft } from '../draft.ts';
import { blocksAround } from './actor-owner.ts';
import { ownerTitle } from './titles.ts';

/**
 * Errors of semaphores that are taken again inside a block or play that holds them. (A lock that is held around is not
 * taken again; for a semaphore it would not be clear how many permits are meant.)
 */
export function checkNested({ playbook, tables }: Draft): Diagnostic[] {
  return [...tables.blocks, ...tables.steps].flatMap((owner) => {
    const uses = semaphoresOf(owner.keywords.limits);
    if (uses.length === 0) return [];
    const outer = [
      ...blocksAround(tables, owner).map(({ block }) => block.keywords.limits),
      playbook.plays[owner.play]?.keywords.limits,
    ].flatMap(semaphoresOf);
    return uses.flatMap((use) => {
      const held = outer.find((other) => other.name === use.name && other.key === use.key);
      return held === undefined ? [] : [takenAgain(ownerTitle(owner), use, held)];
    });
  });
}

function semaphoresOf(uses: readonly LimitUse[] | undefined): readonly LimitUse[] {
  return (uses ?? []).filter((use) => use.kind === 'semaphore');
}

function takenAgain(title: string, use: LimitUse, held: LimitUse): Diagnostic {
  const message = `${title} takes permits of the semaphore "${use.name}" while what is around it holds some: once all holders want more, none gets any`;
  return errorDiagnostic('RB317', message, {
    at: use.at,
    related: [{ at: held.at, note: 'held from here on' }],
    hint: 'take all permits at once, on the block: `semaphore: {name: NAME, permits: N}`',
  });
}
