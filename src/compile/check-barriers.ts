import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { PlanBlock, PlanStep } from '../model/plan.ts';
import type { Declarations, LimitUse } from '../model/playbook.ts';
import type { StepTables } from './folding.ts';
import type { Meeting } from './meetings.ts';

/** What is looked at to judge barriers. */
export interface BarrierContext {
  readonly tables: StepTables;
  readonly meetings: readonly Meeting[];
  readonly declarations: Declarations;
}

/**
 * Errors of barriers: one where the hosts of a batch do not come each by itself (`run_once`, parallel loops, handlers),
 * and one inside a block whose lock or semaphore keeps some of its hosts out until the others have left the block.
 */
export function checkBarriers(context: BarrierContext): Diagnostic[] {
  const { steps } = context.tables;
  const misplaced = steps.flatMap((step) => {
    const why = step.keywords.barrier === undefined ? undefined : whyNoMeeting(step);
    return why === undefined ? [] : [noMeeting(step, why)];
  });
  return [...misplaced, ...behindLimits(context)];
}

function whyNoMeeting({ keywords, section }: PlanStep): string | undefined {
  if (keywords.runOnce === true) return 'a run_once step runs on one host, which would meet nobody';
  if (keywords.parallel !== undefined && keywords.loop !== undefined)
    return 'the items of a parallel loop would meet each other, not the other hosts';
  if (section === 'handlers') return 'a handler runs only where it was notified';
  return undefined;
}

function noMeeting(step: PlanStep, why: string): Diagnostic {
  return errorDiagnostic('RB314', `"barrier" cannot stand here: ${why}`, {
    at: step.places['barrier'] ?? step.at,
    hint: 'make the barrier a step of its own before this one: `- barrier: NAME`',
  });
}

function behindLimits({ tables, meetings, declarations }: BarrierContext): Diagnostic[] {
  const told = new Set<PlanStep | PlanBlock>();
  const diagnostics: Diagnostic[] = [];
  for (const { barrier, owner, nodes: parties } of meetings) {
    if (told.has(owner) || parties.length < 2) continue;
    const outer = 'section' in owner ? owner.block : owner.parent;
    const use = limitAround(tables, outer, declarations);
    if (use === undefined) continue;
    told.add(owner);
    const message = `the hosts that meet at the barrier "${barrier}" can never all be inside this block: each needs its ${use.kind} "${use.name}"`;
    diagnostics.push(
      errorDiagnostic('RB314', message, {
        at: owner.places?.['barrier'] ?? owner.at,
        related: [{ at: use.at, note: `the ${use.kind} that the block holds` }],
        hint: 'meet before the block, or take the lock on single steps',
      }),
    );
  }
  return diagnostics;
}

/** A limit of a block around a meeting that all hosts share: not one for each host, nor one for each value of a key. */
function limitAround(
  { blocks }: StepTables,
  inner: number | undefined,
  { locks, semaphores }: Declarations,
): LimitUse | undefined {
  for (let index = inner; index !== undefined; index = blocks[index]?.parent)
    for (const use of blocks[index]?.keywords.limits ?? []) {
      const scope = use.kind === 'lock' ? locks[use.name]?.scope : semaphores[use.name]?.scope;
      if (use.kind !== 'pool' && use.key === undefined && scope !== 'host') return use;
    }
  return undefined;
}
