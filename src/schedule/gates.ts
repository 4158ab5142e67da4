import { type Active, stopOf } from './active.ts';
import { type Meeting, mayStillCome, meetingOf } from './barriers.ts';
import { passEvents } from './event-gate.ts';
import { isLive } from './host-states.ts';
import type { RunState } from './run-state.ts';
import { waitFor } from './waiting.ts';
import { noteAct } from './waits.ts';
import type { Told, Way } from './way.ts';

/**
 * Waits for the events of `wait` in list order, each latched once passed, then meets at the barrier. Tells `passed`, at
 * once where nothing has to be waited for; a failure is a `CoordinationError` whose message is for people.
 */
export function passGates(state: RunState, active: Active, way: Way, passed: Told): void {
  const node = state.graph.nodes[active.id];
  const meeting = node === undefined ? undefined : meetingOf(state, node);
  if (meeting === undefined) {
    passEvents(state, active, way, passed);
    return;
  }
  passEvents(state, active, way, (failure) => {
    if (failure === undefined)
      meet(state, active, meeting, way.host)
        .then(() => passed(undefined))
        .catch(passed);
    else passed(failure);
  });
}

/** Meets at a barrier once more; undefined for a step that meets nobody. */
export function laterMeetings(state: RunState, active: Active): (() => Promise<void>) | undefined {
  const { at } = active;
  const meeting = at === undefined ? undefined : meetingOf(state, at.node);
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

/** The parties of a meeting are the hosts of its batch that can still come, to that of a pass those not past it. */
function openMeeting(state: RunState, meeting: Meeting): Promise<void> {
  const play = state.hosts.plays[meeting.play];
  const parties = meeting.nodes.filter(
    (node) =>
      state.graph.ends[node.id] === undefined &&
      (state.graph.causes[node.id] ?? -1) < 0 &&
      mayStillCome(state.barriers, meeting, node) &&
      (play === undefined || isLive(state.hosts, play, node.host)),
  );
  for (const { host } of parties) meeting.inPass?.present.add(host);
  const names = parties.map((node) => state.plan.hosts[node.host] ?? '');
  return state.options.coordinator.openBarrier(meeting.name, names);
}
