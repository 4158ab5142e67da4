import { assertNever } from '../lib/assert-never.ts';
import type { HandlerNode, NodeId, OnceNode } from '../model/plan.ts';
import type { StepAt, StepNode } from './active.ts';
import { onceHost, refusalOf } from './admission.ts';
import { runBlockPasses } from './block-passes.ts';
import { advanceBlock } from './block-start.ts';
import { runConsumer } from './consumer.ts';
import { noteUnitEnd } from './event-units.ts';
import { flush } from './flush.ts';
import { admitItem, expandItems, isCallbackNeeded } from './item-start.ts';
import { advanceJoin } from './join.ts';
import { endNow } from './node-end.ts';
import { isNotified, takeNotification } from './notifications.ts';
import type { RunState } from './run-state.ts';
import { refuseStep } from './step-end.ts';
import { type RunPassed, runPlainStep, startStep } from './step-start.ts';

/** Starts or ends a node all of whose sources have ended. Never waits. */
export function advance(state: RunState, id: NodeId): void {
  const node = state.graph.nodes[id];
  if (node === undefined || state.graph.ends[id] !== undefined) return;
  switch (node.kind) {
    case 'join':
      advanceJoin(state, node);
      return;
    case 'block':
      advanceBlock(state, node);
      return;
    case 'handler':
      advanceHandler(state, node);
      return;
    case 'once':
      advanceOnce(state, node);
      return;
    case 'instance':
    case 'items':
    case 'item':
    case 'consume':
      advanceStep(state, stepAt(state, node, node.host));
      return;
    default:
      assertNever(node);
      return;
  }
}

const runs: Partial<Record<StepNode['kind'], RunPassed>> = { items: expandItems, consume: runConsumer };

function runOf({ node, step }: StepAt): RunPassed {
  return step.action.type === 'passes' ? runBlockPasses : (runs[node.kind] ?? runPlainStep);
}

function advanceStep(state: RunState, at: StepAt): void {
  if (at.node.kind === 'item' && !isCallbackNeeded(state, at.node)) {
    endNow(state, at.node.id, 'idle');
    return;
  }
  const refusal = refusalOf(state, at.node, at.host);
  if (refusal !== undefined) {
    refuseStep(state, at, refusal);
    return;
  }
  if (at.node.kind === 'item' && !admitItem(state, at.node)) return;
  startStep(state, at, runOf(at));
}

function advanceOnce(state: RunState, node: OnceNode): void {
  const chosen = onceHost(state, node);
  if ('host' in chosen) {
    const at = stepAt(state, node, chosen.host);
    startStep(state, at, runOf(at));
    return;
  }
  refuseStep(state, stepAt(state, node, node.hosts[0] ?? 0), chosen);
}

/**
 * A handler runs if it was notified since it last ran and its host goes on. Where it can't run, the notification stays
 * owed. Neither is reported as a step.
 */
function advanceHandler(state: RunState, node: HandlerNode): void {
  const at = stepAt(state, node, node.host);
  if (at.step.flushes !== undefined && refusalOf(state, node, node.host) === undefined) {
    flush(state, { ...at, node });
    return;
  }
  const notified = isNotified(state.notifications, node.play, node.host, node.step);
  const refusal = refusalOf(state, node, node.host);
  if (notified && refusal === undefined) {
    takeNotification(state.notifications, node.play, node.host, node.step);
    startStep(state, at, runPlainStep);
    return;
  }
  noteUnitEnd(state.units, node, refusal?.end === 'cancelled' ? 'bad' : 'skipped', 'its handler did not run');
  endNow(state, node.id, refusal?.end === 'cancelled' ? 'cancelled' : 'idle');
}

function stepAt(state: RunState, node: StepNode, host: number): StepAt {
  const step = state.plan.steps[node.step];
  if (step === undefined) throw new RangeError(`the plan has no step ${node.step}`);
  return { node, step, host };
}
