import type { NodeId, PlanNode } from '../model/plan.ts';
import { describeNode } from './admission.ts';
import { type Meeting, meetingsBehind } from './barriers.ts';
import { checkLoss } from './event-loss.ts';
import { type EventActs, eventsSetBy, noteUnitEnd } from './event-units.ts';
import { type EarlyRelease, giveBack, givePart, poison } from './give-back.ts';
import { doomedBy, endNode, type NodeEnd } from './graph.ts';
import type { Hold } from './limit-uses.ts';
import { passNodeEnded } from './passes.ts';
import { leaveQueues } from './queue-ends.ts';
import type { RunState } from './run-state.ts';
import { settleStep } from './settle-step.ts';
import { noteAct } from './waits.ts';

/** What is to be done with the coordinator before a node's end is told to what follows it. */
export interface Chores {
  readonly acts: EventActs;
  /** Events that may be lost by this end. */
  readonly mayLose: readonly string[];
  readonly release: readonly Hold[];
  /** Given back before their blocks end. */
  readonly early?: readonly EarlyRelease[] | undefined;
  /** Limits whose holder was lost. */
  readonly poison: readonly Hold[];
  readonly why: string;
}

/**
 * Ends a node after its chores: set, clear, lost events, then release. Without chores it ends at once. What has become
 * ready is started by the next `wake`; this calls it when the end came late.
 */
export function endAfter(state: RunState, id: NodeId, end: NodeEnd, chores: Chores): void {
  const { acts, mayLose, release, poison, early = [] } = chores;
  const counted =
    acts.set.length + acts.clear.length + mayLose.length + release.length + poison.length + early.length;
  if (counted === 0) {
    endNow(state, id, end);
    return;
  }
  const hold = release[0];
  const isRelease = counted === 1 && hold !== undefined;
  const work = isRelease ? giveBack(state, hold, id) : doChores(state, id, chores);
  if (work === undefined) endNow(state, id, end);
  else endBehind(state, id, end, work);
}

function endBehind(state: RunState, id: NodeId, end: NodeEnd, work: Promise<void>): void {
  state.ending.add(id);
  const finish = () => {
    state.ending.delete(id);
    endNow(state, id, end);
    state.wake();
  };
  work.then(finish, (error: unknown) => {
    state.recap.internalErrors.push(error instanceof Error ? error.message : String(error));
    finish();
  });
}

/** Ends a node: tells its edges, its block and who waits for what it can no longer do. */
export function endNow(state: RunState, id: NodeId, end: NodeEnd): void {
  const { graph } = state;
  const node = graph.nodes[id];
  state.active.delete(id);
  if (node === undefined || !endNode(graph, id, end)) return;
  if (state.endWatchers.size > 0) {
    noteAct(state, 'steps', '', id);
    for (const look of [...state.endWatchers]) look();
  }
  if (node.kind === 'item') state.itemEnded(node);
  passNodeEnded(state, node, end);
  if (state.queues.ofNode.has(id)) background(state, leaveQueues(state, id));
  noteStepEnd(state, node);
  if (state.includes.isUsed) state.includeNodeEnded(node, end);
  if (!state.coordinated) return;
  leaveMeeting(state, node);
  if (end === 'passed' || end === 'idle') return;
  for (const doomed of doomedBy(graph, id)) doom(state, doomed, id);
}

function noteStepEnd(state: RunState, node: PlanNode): void {
  if (node.kind === 'join' || node.kind === 'block' || node.kind === 'item') return;
  if (node.pass !== undefined) return;
  const left = (state.openInstances[node.step] ?? 0) - 1;
  state.openInstances[node.step] = left;
  if (left !== 0) return;
  const { success = [], failure = [] } = state.plan.steps[node.step]?.callbacks ?? {};
  for (const step of [...success, ...failure, node.step]) settleStep(state, step);
  if (node.kind !== 'consume') return;
  for (const step of stepsInside(state, node.block)) settleStep(state, step);
}

function stepsInside({ plan }: RunState, block: number): readonly number[] {
  const isInside = (index: number | undefined): boolean =>
    index !== undefined && (index === block || isInside(plan.blocks[index]?.parent));
  return plan.steps.filter((step) => isInside(step.block)).map((step) => step.index);
}

function doom(state: RunState, id: NodeId, cause: NodeId): void {
  const node = state.graph.nodes[id];
  if (node === undefined) return;
  noteUnitEnd(state.units, node, 'bad', describeNode(state, cause));
  for (const event of eventsSetBy(state.units, node)) background(state, checkLoss(state, event));
  leaveMeeting(state, node);
  if (state.queues.ofNode.has(id)) background(state, leaveQueues(state, id));
}

/** Takes a node's host out of the meetings that it can't come to any more. */
export function leaveMeeting(state: RunState, node: PlanNode): void {
  if (!('host' in node)) return;
  for (const meeting of meetingsBehind(state, node)) leave(state, meeting, node.host);
}

function leave(state: RunState, { opening, name, inPass }: Meeting, host: number): void {
  if (opening === undefined) return;
  background(state, state.options.coordinator.leaveBarrier(name, state.plan.hosts[host] ?? ''));
  if (inPass === undefined) return;
  inPass.present.delete(host);
  if (inPass.present.size === 0) state.barriers.meetings.delete(inPass.key);
}

/** Takes a host out of all open meetings of a play. */
export function leaveMeetings(state: RunState, play: number | undefined, host: number): void {
  for (const meeting of [...state.barriers.meetings.values()])
    if (play === undefined || meeting.play === play) leave(state, meeting, host);
}

async function doChores(state: RunState, id: NodeId, chores: Chores): Promise<void> {
  const { coordinator } = state.options;
  for (const event of chores.acts.set) {
    noteAct(state, 'event', event, id);
    await coordinator.setEvent(event);
  }
  for (const event of chores.acts.clear) await coordinator.clearEvent(event);
  for (const event of [...chores.mayLose, ...chores.acts.clear]) await checkLoss(state, event);
  for (const hold of chores.poison) await poison(state, hold, chores.why);
  for (const part of chores.early ?? []) await givePart(state, part, id);
  for (const hold of chores.release) await giveBack(state, hold, id);
}

function background(state: RunState, work: Promise<void>): void {
  work.catch((error: unknown) => {
    state.recap.internalErrors.push(error instanceof Error ? error.message : String(error));
  });
}
