import { CoordinationError, type WaitOptions } from '../coordinate/coordinator.ts';
import { formatDuration, parseDurationMs } from '../lib/duration.ts';
import type { EventWait, Keywords } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import { type Active, controllerOf } from './active.ts';
import { type Meeting, meetingOf } from './barriers.ts';
import { lossOf } from './event-units.ts';
import { isLive } from './host-states.ts';
import { type Hold, limitTakes } from './limit-uses.ts';
import type { RunState } from './run-state.ts';

/** How long a wait takes at most where the author gives no limit. */
export const defaultDeadlineMs = 3_600_000;
const externalNoticeMs = 60_000;

/** Where a way through gates and limits leads: for whom, and what is held around it. */
export interface Way {
  readonly keywords: Keywords;
  readonly host: string;
  readonly heldAround: ReadonlySet<string>;
}

/**
 * Waits for the events of `wait` in list order, each latched once passed, then meets at the barrier.
 * Rejects with a `CoordinationError` whose message is for people.
 */
export async function passGates(state: RunState, active: Active, way: Way): Promise<void> {
  for (const wait of way.keywords.wait ?? []) await passEvent(state, active, wait, way.host);
  const node = state.graph.nodes[active.id];
  const meeting = node === undefined ? undefined : meetingOf(state.barriers, node);
  if (meeting !== undefined) await meet(state, active, meeting, way.host);
}

/** Takes the limits of a step, block or play, in order of scope, name and key; what was taken is in `holds`. */
export async function takeLimits(state: RunState, active: Active, way: Way, holds: Hold[]): Promise<void> {
  const { renderKey } = state.options;
  const step = active.at?.step;
  const takes = limitTakes(
    state.plan,
    {
      keywords: way.keywords,
      step,
      host: way.host,
      renderKey: (key) => renderKey?.(key, step, way.host) ?? key,
    },
    way.heldAround,
  );
  for (const { request, timeout, poisonable } of takes) {
    const options = waitOptions(state, active, request.limit, way.host, timeout);
    const grant = await waited(request.limit, options, () =>
      state.options.coordinator.acquire(request, options, controllerOf(active).signal),
    );
    holds.push({ grant, poisonable });
  }
}

/** Whether a step or block has gates or limits of its own. */
export function hasWay(keywords: Keywords): boolean {
  const { wait, limits, throttle, barrier } = keywords;
  return (
    (wait?.length ?? 0) > 0 || (limits?.length ?? 0) > 0 || throttle !== undefined || barrier !== undefined
  );
}

async function passEvent(state: RunState, active: Active, wait: EventWait, host: string): Promise<void> {
  const { coordinator, clock } = state.options;
  const { event, timeout, onTimeout } = wait;
  const what = `event "${event}"`;
  const external = state.plan.declarations.events[event]?.external ?? false;
  if (!external) await checkLoss(state, event);
  const base = waitOptions(state, active, what, host, timeout);
  const options = external && timeout === undefined ? { ...base, deadlineMs: undefined } : base;
  active.timed = external || timeout !== undefined;
  const stopNotices = external ? noticeEachMinute(state, what, active.holder.label, clock.after) : undefined;
  try {
    await waited(what, options, () => coordinator.waitEvent(event, options, controllerOf(active).signal));
  } catch (error) {
    const over = error instanceof CoordinationError && error.failure === 'timeout';
    if (!over || onTimeout !== 'continue') throw error;
  } finally {
    stopNotices?.();
    active.timed = false;
  }
}

/** Marks an event as lost where nothing can set it any more. */
export async function checkLoss(state: RunState, event: string): Promise<void> {
  const { coordinator } = state.options;
  if (state.plan.declarations.events[event]?.external === true || coordinator.isEventSet(event)) return;
  const loss = lossOf(state.units, event);
  if (loss !== undefined) await coordinator.loseEvent(event, `event "${event}" was lost (RB401): ${loss}`);
}

/** Meets at a barrier once more; undefined for a step that meets nobody. */
export function laterMeetings(state: RunState, active: Active): (() => Promise<void>) | undefined {
  const { at } = active;
  const meeting = at === undefined ? undefined : meetingOf(state.barriers, at.node);
  if (at === undefined || meeting === undefined) return undefined;
  return () => meet(state, active, meeting, state.plan.hosts[at.host] ?? '');
}

async function meet(state: RunState, active: Active, meeting: Meeting, host: string): Promise<void> {
  const { coordinator } = state.options;
  const options = waitOptions(state, active, meeting.name, host, undefined);
  meeting.opening ??= openMeeting(state, meeting);
  await meeting.opening;
  await waited(meeting.name, options, () =>
    coordinator.arrive(meeting.name, host, options, controllerOf(active).signal),
  );
}

/** The parties of a meeting are the hosts of its batch that can still come. */
function openMeeting(state: RunState, meeting: Meeting): Promise<void> {
  const play = state.hosts.plays[meeting.play];
  const parties = meeting.nodes.filter(
    (node) =>
      state.graph.ends[node.id] === undefined &&
      (state.graph.causes[node.id] ?? -1) < 0 &&
      (play === undefined || isLive(state.hosts, play, node.host)),
  );
  const names = parties.map((node) => state.plan.hosts[node.host] ?? '');
  return state.options.coordinator.openBarrier(meeting.name, names);
}

/** A wait of a step for something that others do. */
export interface StepWait {
  /** What is waited for, in words. */
  readonly what: string;
  readonly host: string;
  /** A duration as the author wrote it; undefined: 1 h. */
  readonly timeout: Value | undefined;
}

/** Waits with a deadline, told to reports and to the watch for stalls. Rejects with a `CoordinationError`. */
export async function waitFor<T>(
  state: RunState,
  active: Active,
  { what, host, timeout }: StepWait,
  wait: (options: WaitOptions) => Promise<T>,
): Promise<T> {
  const options = waitOptions(state, active, what, host, timeout);
  active.timed = timeout !== undefined;
  try {
    return await waited(what, options, () => wait(options));
  } finally {
    active.timed = false;
  }
}

async function waited<T>(what: string, options: WaitOptions, wait: () => Promise<T>): Promise<T> {
  try {
    return await wait();
  } catch (error) {
    if (!(error instanceof CoordinationError) || error.failure !== 'timeout') throw error;
    const time = formatDuration(options.deadlineMs ?? 0);
    throw new CoordinationError('timeout', `waited ${time} for ${what} (RB403)`);
  }
}

function waitOptions(
  state: RunState,
  active: Active,
  what: string,
  host: string,
  timeout: Value | undefined,
): WaitOptions {
  const onQueued = () => {
    state.watchStall();
    if (active.at === undefined) return;
    const step = active.at.step.index;
    state.options.emit({ type: 'step-waiting', node: active.id, step, host, for: what });
  };
  const deadlineMs =
    timeout === undefined ? defaultDeadlineMs : (parseDurationMs(timeout) ?? defaultDeadlineMs);
  return { holder: active.holder, deadlineMs, onQueued };
}

function noticeEachMinute(
  state: RunState,
  what: string,
  who: string,
  after: (delayMs: number, run: () => void) => () => void,
): () => void {
  let stop: () => void = () => undefined;
  const next = (): void => {
    stop = after(externalNoticeMs, () => {
      state.options.emit({ type: 'notice', severity: 'info', message: `${who} still waits for ${what}` });
      next();
    });
  };
  next();
  return () => stop();
}
