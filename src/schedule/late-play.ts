import { RunbookError } from '../model/diagnostic.ts';
import type { JoinNode } from '../model/plan.ts';
import { grow, lateKnown } from './growth.ts';
import { beginPlay, replacePlay } from './host-states.ts';
import { newRun, waitForNode } from './includes.ts';
import { endNow } from './node-end.ts';
import { addHosts } from './recap.ts';
import type { RunState } from './run-state.ts';

/** Chooses the hosts of a play that were not known before, and adds its batches to the run. They end the node. */
export function openLatePlay(state: RunState, node: JoinNode): void {
  try {
    open(state, node);
  } catch (error) {
    if (!(error instanceof RunbookError)) throw error;
    state.recap.failed = true;
    state.options.emit({ type: 'notice', severity: 'warning', message: error.message });
    endNow(state, node.id, 'cancelled');
  }
  lateKnown(state);
}

function open(state: RunState, node: JoinNode): void {
  const { options, graph, plan, recap, hosts } = state;
  if ((graph.causes[node.id] ?? -1) >= 0 || options.openPlay === undefined) {
    endNow(state, node.id, 'cancelled');
    return;
  }
  const { nodes, end } = options.openPlay(node.play, graph.nodes.length);
  const play = plan.plays[node.play];
  const opened = play === undefined ? undefined : replacePlay(plan, hosts, play);
  addHosts(recap, plan.hosts.length);
  if (opened !== undefined) beginPlay(hosts, opened);
  options.emit({ type: 'play-started', play: node.play, hosts: opened?.allNames ?? [] });
  if (end === undefined) {
    endNow(state, node.id, 'passed');
    return;
  }
  waitForNode(
    state,
    newRun((worst) => endNow(state, node.id, worst)),
    end,
  );
  grow(state, node.id, { steps: [], blocks: [], handlers: [], nodes, parts: new Map() });
}
