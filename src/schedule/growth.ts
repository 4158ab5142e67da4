import type { StepInfo } from '../model/event.ts';
import type { Growth } from '../model/include.ts';
import type { NodeId, PlanNode } from '../model/plan.ts';
import { stepInfo } from '../model/run-description.ts';
import { addMeetings, hasMeetings } from './barriers.ts';
import { checkLoss } from './event-loss.ts';
import { type EventActs, growUnits, releaseUnits, unitsOf } from './event-units.ts';
import { addFragment } from './graph.ts';
import { addIncludeNodes, isComplete } from './include-runs.ts';
import { addHandlers } from './notifications.ts';
import type { RunState } from './run-state.ts';
import { settleStep } from './settle-step.ts';

/** Adds steps that were included, and their nodes, to a run. The plan holds the steps already. */
export function grow(state: RunState, parent: NodeId, { steps, blocks, handlers, nodes }: Growth): void {
  const { plan, graph, units } = state;
  addHandlers(state.notifications, handlers);
  growUnits(units, plan, { steps, blocks });
  for (const node of nodes) countInstance(state, node);
  for (const node of nodes) for (const unit of unitsOf(units, node)) unit.total += 1;
  const owners = [...steps, ...blocks];
  state.hasBackground ||= owners.some(({ keywords }) => keywords.background !== undefined);
  state.hasDaemons ||= owners.some(({ keywords }) => keywords.background === 'daemon');
  state.coordinated ||= units.byStep.size + units.byBlock.size > 0 || hasMeetings(state.barriers);
  addMeetings(state.barriers, plan, nodes);
  addIncludeNodes(state.includes, plan, nodes);
  state.options.emit({ type: 'steps-added', steps: infosOf(state, nodes) });
  state.options.emit({ type: 'nodes-added', parent, nodes });
  addFragment(graph, nodes);
}

/** Heeds that it has become known what one instance of an including step brings. */
export function includeKnown(state: RunState, step: number): void {
  const { includes, plan, units } = state;
  const left = (includes.pending.get(step) ?? 0) - 1;
  includes.pending.set(step, left);
  includes.open -= 1;
  if (left === 0) {
    const inside = plan.steps.filter(
      ({ includedBy, index }) => includedBy !== undefined && isComplete(plan, includes, index),
    );
    for (const { index } of inside) if (state.openInstances[index] === 0) settleStep(state, index);
    actNow(
      state,
      releaseUnits(units, plan, (index) => isComplete(plan, includes, index)),
    );
  }
  if (includes.open === 0) loseEvents(state);
}

/** Heeds that it has become known what a late play brings. */
export function lateKnown(state: RunState): void {
  state.includes.open -= 1;
  if (state.includes.open === 0) loseEvents(state);
}

/** Heeds that a flush has ended: after the last one of a play no handler runs any more. */
export function flushKnown(state: RunState, play: number): void {
  const { includes, plan } = state;
  const left = (includes.flushes.get(play) ?? 0) - 1;
  includes.flushes.set(play, left);
  if (left > 0) return;
  for (const index of plan.plays[play]?.handlers ?? [])
    if (state.openInstances[index] === 0 && includes.instances.has(index)) settleStep(state, index);
}

/** Nothing more can come, so that events which only unknown steps could have set are lost. */
function loseEvents(state: RunState): void {
  const { waiting } = state.options.coordinator.graph();
  const events = new Set(waiting.filter(({ kind }) => kind === 'event').map(({ name }) => name));
  for (const event of events) besides(state, checkLoss(state, event));
}

function actNow(state: RunState, { set, clear }: EventActs): void {
  const { coordinator } = state.options;
  const work = async () => {
    for (const event of set) await coordinator.setEvent(event);
    for (const event of clear) await coordinator.clearEvent(event);
  };
  if (set.length + clear.length > 0) besides(state, work());
}

function besides(state: RunState, work: Promise<void>): void {
  work.catch((error: unknown) => {
    state.recap.internalErrors.push(error instanceof Error ? error.message : String(error));
  });
}

function countInstance({ openInstances, includes }: RunState, node: PlanNode): void {
  if (node.kind === 'join' || node.kind === 'block' || node.kind === 'item') return;
  includes.instances.set(node.step, (includes.instances.get(node.step) ?? 0) + 1);
  if (node.pass === undefined) openInstances[node.step] = (openInstances[node.step] ?? 0) + 1;
}

/** The steps that got further instances. */
function infosOf({ plan, includes }: RunState, nodes: readonly PlanNode[]): StepInfo[] {
  const indexes = new Set(nodes.flatMap((node) => ('step' in node ? node.step : [])));
  return [...indexes].flatMap((index) => {
    const step = plan.steps[index];
    return step === undefined ? [] : stepInfo(step, includes.instances.get(index) ?? 0);
  });
}
