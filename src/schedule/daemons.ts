import type { PlanNode } from '../model/plan.ts';
import type { Keywords } from '../model/playbook.ts';
import { type Active, stopOf } from './active.ts';
import { surroundings } from './block-runs.ts';
import type { RunState } from './run-state.ts';

/** Whether a node lasts as long as the run: a daemon, or in the body of a block that is one. */
export function isDaemon(state: RunState, node: PlanNode): boolean {
  return state.hasDaemons && goesOn(state, node, (background) => background === 'daemon');
}

/** Whether a node goes on beside its lane: in the background or a daemon, or in the body of a block that is. */
export function isBackground(state: RunState, node: PlanNode): boolean {
  return state.hasBackground && goesOn(state, node, (background) => background !== undefined);
}

function goesOn(
  state: RunState,
  node: PlanNode,
  test: (background: Keywords['background']) => boolean,
): boolean {
  if (node.kind === 'join') return false;
  const own = node.kind === 'block' ? state.plan.blocks[node.block] : state.plan.steps[node.step];
  if (test(own?.keywords.background)) return true;
  const host = node.kind === 'once' ? (node.hosts[0] ?? 0) : node.host;
  return surroundings(state.blocks, node, host).some(
    ({ block, part }) => part === 'body' && test(state.plan.blocks[block]?.keywords.background),
  );
}

/** Whether it is a daemon that runs. */
export function isRunningDaemon(state: RunState, active: Active): boolean {
  return active.phase === 'running' && active.at !== undefined && isDaemon(state, active.at.node);
}

/**
 * Ends daemons once nothing else waits or runs: those of the step that started last first, on all its hosts, then those
 * of the one before. From then on no step of a daemon starts. To be called when nothing is ready.
 */
export function dismissDaemons(state: RunState): void {
  if (!state.hasDaemons) return;
  let last: Active | undefined;
  for (const active of state.active.values()) {
    const node = state.graph.nodes[active.id];
    if (node === undefined || !isDaemon(state, node)) return;
    last = active;
  }
  if (last === undefined || last.dismissed === true) return;
  state.dismissing = true;
  const source = sourceOf(state, last);
  for (const active of [...state.active.values()]) {
    if (active.dismissed === true || sourceOf(state, active) !== source) continue;
    active.dismissed = true;
    stopOf(active).abort();
  }
}

/** The step or block of which it is the instance. */
function sourceOf(state: RunState, active: Active): string {
  const node = state.graph.nodes[active.id];
  if (node === undefined || node.kind === 'join') return '';
  return node.kind === 'block' ? `block ${node.block}` : `step ${node.step}`;
}

/** Whether a daemon that is repeated may let somebody through with one of its next passes. */
export function mayRelease(state: RunState, active: Active): boolean {
  const node = state.graph.nodes[active.id];
  if (node === undefined || node.kind === 'join' || node.kind === 'once' || !isDaemon(state, node))
    return false;
  const own = node.kind === 'consume' || node.kind === 'block' ? [node.block] : [];
  const around = surroundings(state.blocks, node, node.host).map(({ block }) => block);
  const { waiting } = state.options.coordinator.graph();
  return [...own, ...around].some((block) => {
    if (state.plan.blocks[block]?.keywords.repeat === undefined) return false;
    const events = (state.units.byConsumer.get(block) ?? []).flatMap((unit) =>
      unit.set.map((act) => act.event),
    );
    return waiting.some(({ kind, name }) => (kind === 'event' ? events.includes(name) : kind === 'limit'));
  });
}
