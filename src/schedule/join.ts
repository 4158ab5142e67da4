import type { JoinNode } from '../model/plan.ts';
import { enterWhole, wholeActive } from './block-start.ts';
import { beginBatch, beginPlay, type PlayState } from './host-states.ts';
import { openLatePlay } from './late-play.ts';
import { endAfter, endNow } from './node-end.ts';
import type { RunState } from './run-state.ts';
import { hasWay } from './way.ts';

/** Takes a join: decides whether a play or batch may start, or ends with its sources. */
export function advanceJoin(state: RunState, node: JoinNode): void {
  const play = state.hosts.plays[node.play];
  if (play === undefined) {
    endPlainJoin(state, node);
    return;
  }
  switch (node.purpose) {
    case 'play-start':
      startPlay(state, node, play);
      return;
    case 'batch-start':
      startBatch(state, node, play);
      return;
    case 'late':
      openLatePlay(state, node);
      return;
    case 'play-end':
      endPlay(state, node);
      return;
    case 'batch-end':
    case 'linear':
    case 'all':
      endPlainJoin(state, node);
      return;
  }
}

function endPlainJoin(state: RunState, node: JoinNode): void {
  endNow(state, node.id, (state.graph.causes[node.id] ?? -1) >= 0 ? 'cancelled' : 'passed');
}

function startPlay(state: RunState, node: JoinNode, play: PlayState): void {
  const broken = beginPlay(state.hosts, play) ?? state.halt?.message;
  if (broken !== undefined) {
    cancelPlay(state, node, play, broken);
    return;
  }
  const { keywords, name } = play.play;
  if (!hasWay(keywords)) {
    openPlay(state, node);
    return;
  }
  const active = wholeActive(state, node.id, `play "${name}"`);
  void enterWhole(state, active, keywords, {
    host: '',
    owner: { kind: 'play', index: node.play },
    heldAround: new Set(),
    keeper: state.playHolds[node.play] ?? { holds: [] },
  }).then((stop) => {
    if (active.heldElsewhere === true) state.recap.heldElsewhere = true;
    if (stop !== undefined) cancelPlay(state, node, play, stop.failure, !stop.cancelled);
    else if (state.halt !== undefined) cancelPlay(state, node, play, state.halt.message);
    else openPlay(state, node);
    state.wake();
  });
}

function openPlay(state: RunState, node: JoinNode): void {
  // A late play is told when its hosts are known.
  if (state.plan.plays[node.play]?.late === undefined)
    state.options.emit({ type: 'play-started', play: node.play });
  endNow(state, node.id, 'passed');
}

/** A play that may not start is cancelled whole, and so is what is ordered behind it. */
function cancelPlay(
  state: RunState,
  node: JoinNode,
  play: PlayState,
  broken: string,
  isFailure = false,
): void {
  play.broken ??= broken;
  play.cancelled.add(-1);
  if (isFailure) {
    state.recap.failed = true;
    const message = `play "${play.play.name}" did not start: ${broken}`;
    state.options.emit({ type: 'notice', severity: 'warning', message });
  }
  endNow(state, node.id, 'cancelled');
}

function startBatch(state: RunState, node: JoinNode, play: PlayState): void {
  const broken = beginBatch(state.hosts, play, node.batch) ?? state.halt?.message;
  if (broken === undefined) {
    endPlainJoin(state, node);
    return;
  }
  play.cancelled.add(node.batch);
  endNow(state, node.id, 'cancelled');
}

function endPlay(state: RunState, node: JoinNode): void {
  const release = state.playHolds[node.play]?.holds ?? [];
  const chores = { acts: { set: [], clear: [] }, mayLose: [], release, poison: [], why: '' };
  endAfter(state, node.id, 'passed', chores);
}
