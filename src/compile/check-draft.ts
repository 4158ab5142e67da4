import type { Diagnostic } from '../model/diagnostic.ts';
import { checkBarriers } from './check-barriers.ts';
import { checkConsumers } from './check-consumers.ts';
import { checkCycles } from './check-cycles.ts';
import { checkEvents, type EventContext } from './check-events.ts';
import { checkHandlers } from './check-handlers.ts';
import { checkLatePlays } from './check-late-plays.ts';
import { checkLimits } from './check-limits.ts';
import { checkNames } from './check-names.ts';
import { checkReleases } from './check-releases.ts';
import { checkSelection } from './check-selection.ts';
import { checkSharedReads } from './check-shared-reads.ts';
import { checkWrites } from './check-writes.ts';
import type { CompileOptions } from './compile-input.ts';
import { checkDeadlock } from './deadlock/check-deadlock.ts';
import { checkNested } from './deadlock/check-nested.ts';
import { checkQueues } from './deadlock/check-queues.ts';
import { checkTouches } from './deadlock/check-touches.ts';
import type { Draft } from './draft.ts';
import { checkNeeds } from './needs.ts';
import { bringsSteps } from './runtime-names.ts';

/** Everything that is wrong with a draft, all at once: refusals of order and coordination first, then of names. */
export function checkDraft(draft: Draft, options: CompileOptions): Diagnostic[] {
  const { playbook, trees, tables, runtime } = draft;
  const barriers = checkBarriers({ ...draft, declarations: playbook.declarations });
  return [
    ...draft.selected.diagnostics,
    ...checkSelection(playbook, trees, draft.start, options.selection),
    ...draft.playOrder.diagnostics,
    ...checkNeeds(trees),
    ...checkLatePlays(draft),
    ...checkConsumers(trees),
    ...checkHandlers(trees),
    ...checkLimits(playbook, tables),
    ...checkReleases(tables),
    ...barriers,
    ...checkEvents(draft.uses, eventContext(draft)),
    ...checkCycles(draft.order, draft.settled, { ...draft, ...tables }),
    ...checkNested(draft),
    ...checkQueues(draft),
    ...checkDeadlock(draft, options, barriers),
    ...checkWrites(draft),
    ...checkTouches(draft, options),
    ...checkSharedReads({
      declarations: playbook.declarations,
      steps: tables.steps,
      reader: draft.reader,
      isOwn: (name) => draft.index.has(name) || runtime.written.has(name) || runtime.loop.has(name),
    }),
    ...checkNames(draft),
  ];
}

function eventContext({ playbook, trees, tables, selected, preset }: Draft): EventContext {
  return {
    declarations: playbook.declarations,
    preset,
    leftOut: trees.flatMap((tree) => tree.leftOut),
    isLimited: selected.plays.some((play) => play.emptiedByLimit),
    mayBringSetters: tables.steps.some(bringsSteps) || selected.plays.some((play) => play.late !== undefined),
  };
}
