import { noCounts } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';
import type { RunStep } from '../model/step-run.ts';
import { stopOf } from './active.ts';
import { advance } from './advance.ts';
import { cutOff } from './cut-off.ts';
import { dismissDaemons } from './daemons.ts';
import { includeNodeEnded } from './includes.ts';
import { itemEnded } from './item-end.ts';
import { lookAt } from './look.ts';
import { owedHandlers } from './notifications.ts';
import type { ScheduleOptions, ScheduleResult } from './options.ts';
import { hasFailed, type Recap, runOutcome } from './recap.ts';
import { leftItems, openQueues } from './run-queues.ts';
import { initialState, type RunState } from './run-state.ts';
import { createStallWatch } from './stall.ts';

/**
 * Carries out a plan. A node starts when all its sources have ended, in time O(nodes + edges) for the whole run; a step
 * then goes through its gates, takes its limits in one order, and runs. A step holds a fork only while it asks for
 * one. Resolves when every node has ended; at once when `killSignal` is aborted. Never rejects for what steps do.
 */
export async function schedule(
  plan: Plan,
  runStep: RunStep,
  options: ScheduleOptions,
): Promise<ScheduleResult> {
  const state = initialState(plan, runStep, options);
  const stall = createStallWatch(state);
  for (const event of plan.presetEvents ?? []) await options.coordinator.setEvent(event);
  if (options.assumeExternal === true) await setExternalEvents(state);
  await openQueues(state);
  const finished = new Promise<void>((resolve) => {
    let draining = false;
    state.wake = () => {
      if (draining) return;
      draining = true;
      drain(state);
      dismissDaemons(state);
      draining = false;
      if (state.graph.open === 0) resolve();
    };
  });
  state.itemEnded = (node) => itemEnded(state, node);
  state.includeNodeEnded = (node, end) => includeNodeEnded(state, node, end);
  state.watchStall = stall.watch;
  options.observe?.(() => lookAt(state));
  const unlisten = [
    onAbort(options.signal, () => interrupt(state)),
    onAbort(options.killSignal, () => cutOff(state)),
  ];
  state.wake();
  await finished;
  stall.stop();
  for (const stop of unlisten) stop();
  return resultOf(state);
}

function drain(state: RunState): void {
  const { ready } = state.graph;
  for (let next = 0; next < ready.length; next++) {
    const id = ready[next];
    if (id !== undefined) advance(state, id);
    if (next === 4_095) {
      ready.splice(0, next + 1);
      next = -1;
    }
  }
  ready.length = 0;
}

function interrupt(state: RunState): void {
  state.halt ??= { why: 'interrupted', message: 'the run was interrupted' };
  for (const active of [...state.active.values()]) stopOf(active).abort();
  state.wake();
}

function onAbort(signal: AbortSignal | undefined, run: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) run();
  else signal.addEventListener('abort', run, { once: true });
  return () => signal.removeEventListener('abort', run);
}

function resultOf(state: RunState): ScheduleResult {
  const { recap, plan } = state;
  const interrupted = state.halt !== undefined && state.halt.why !== 'stalled';
  return {
    outcome: runOutcome(recap, interrupted),
    hosts: Object.fromEntries(plan.hosts.map((host, index) => [host, recap.byHost[index] ?? noCounts])),
    changed: recap.changed,
    failed: hasFailed(recap),
    unreachable: recap.unreachableOn.size > 0,
    unknown: recap.unknown,
    heldElsewhere: recap.heldElsewhere,
    internalErrors: recap.internalErrors,
    interrupted,
    waitedMs: waitedByHost(plan, recap),
    owedHandlers: owedHandlers(plan, state.notifications),
    leftItems: leftItems(state),
  };
}

async function setExternalEvents({ plan, options }: RunState): Promise<void> {
  for (const [name, { external }] of Object.entries(plan.declarations.events))
    if (external) await options.coordinator.setEvent(name);
}

function waitedByHost(plan: Plan, { waitedMs }: Recap): Readonly<Record<string, number>> {
  const waited = plan.hosts.map((host, index): [string, number] => [host, Math.round(waitedMs[index] ?? 0)]);
  return Object.fromEntries(waited.filter(([, ms]) => ms > 0));
}
