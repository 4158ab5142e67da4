import { CoordinationError } from '../coordinate/coordinator.ts';
import { plannedText } from '../model/plan.ts';
import type { EventWait, Keywords } from '../model/playbook.ts';
import { type Active, type StepAt, stopOf } from './active.ts';
import { type Meeting, meetingOf } from './barriers.ts';
import { lossOf } from './event-units.ts';
import { noticeExternalWait } from './external-waits.ts';
import { isLive } from './host-states.ts';
import type { RunState } from './run-state.ts';
import { waitFor } from './waiting.ts';
import { noteAct } from './waits.ts';

/** Where a way through gates and limits leads: for whom, and what is held around it. */
export interface Way {
  readonly keywords: Keywords;
  readonly host: string;
  /** Whose keywords they are, as `Plan.texts` has it. */
  readonly owner: string;
  readonly heldAround: ReadonlySet<string>;
  /** The step whose turn at the packages of its host is taken last, where it needs one. */
  readonly turn?: StepAt | undefined;
}

/**
 * Waits for the events of `wait` in list order, each latched once passed, then meets at the barrier.
 * Rejects with a `CoordinationError` whose message is for people; undefined where all is passed at once.
 */
export function passGates(state: RunState, active: Active, way: Way): Promise<void> | undefined {
  const { coordinator } = state.options;
  const waits = way.keywords.wait ?? noWaits;
  let passed = 0;
  for (const { event } of waits) {
    if (!coordinator.isEventSet(event)) break;
    passed += 1;
  }
  const node = state.graph.nodes[active.id];
  const meeting = node === undefined ? undefined : meetingOf(state.barriers, node);
  if (passed === waits.length && meeting === undefined) return undefined;
  return passRest(state, active, way, waits.slice(passed), meeting);
}

const noWaits: readonly EventWait[] = [];

async function passRest(
  state: RunState,
  active: Active,
  way: Way,
  waits: readonly EventWait[],
  meeting: Meeting | undefined,
): Promise<void> {
  for (const wait of waits) await passEvent(state, active, wait, way);
  if (meeting !== undefined) await meet(state, active, meeting, way.host);
}

/** Whether a step or block has gates or limits of its own. */
export function hasWay(keywords: Keywords): boolean {
  const { wait, limits, throttle, barrier } = keywords;
  return (
    (wait?.length ?? 0) > 0 || (limits?.length ?? 0) > 0 || throttle !== undefined || barrier !== undefined
  );
}

async function passEvent(
  state: RunState,
  active: Active,
  gate: EventWait,
  { host, owner }: Pick<Way, 'host' | 'owner'>,
): Promise<void> {
  const { coordinator } = state.options;
  const { event, onTimeout } = gate;
  const timeout =
    typeof gate.timeout === 'string' ? plannedText(state.plan, owner, gate.timeout, host) : gate.timeout;
  if (coordinator.isEventSet(event)) return;
  const what = `event "${event}"`;
  const external = state.plan.declarations.events[event]?.external ?? false;
  if (!external) await checkLoss(state, event);
  const wait = { kind: external ? 'external' : 'event', name: event, what, host, timeout } as const;
  const stopNotices = external ? noticeExternalWait(state, event, active.holder.label) : undefined;
  try {
    await waitFor(state, active, wait, (options) => coordinator.waitEvent(event, options, stopOf(active)));
  } catch (error) {
    const over = error instanceof CoordinationError && error.failure === 'timeout';
    if (!over || onTimeout !== 'continue') throw error;
  } finally {
    stopNotices?.();
  }
}

/** Marks an event as lost where nothing can set it any more. */
export async function checkLoss(state: RunState, event: string): Promise<void> {
  const { coordinator } = state.options;
  if (state.plan.declarations.events[event]?.external === true || coordinator.isEventSet(event)) return;
  // What an include brings may set it.
  const loss = state.includes.open > 0 ? undefined : lossOf(state.units, event);
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
  const { name } = meeting;
  const wait = {
    kind: 'barrier',
    name,
    what: `the others at ${meeting.title}`,
    host,
    timeout: undefined,
  } as const;
  meeting.opening ??= openMeeting(state, meeting);
  await meeting.opening;
  noteAct(state, 'barrier', name, active.id);
  await waitFor(state, active, wait, (options) => coordinator.arrive(name, host, options, stopOf(active)));
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
