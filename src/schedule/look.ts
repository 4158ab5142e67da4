import type { ActivityLook } from '../model/run-look.ts';
import type { Active } from './active.ts';
import type { ScheduleLook } from './options.ts';
import type { RunState } from './run-state.ts';
import { holdersOf } from './who-holds.ts';

/** What runs and what waits at this moment, and who holds what is waited for. */
export function lookAt(state: RunState): ScheduleLook {
  const { graph, plan, options } = state;
  const total = graph.nodes.length;
  const declared = Object.entries(plan.declarations.events);
  return {
    ended: total - graph.open,
    total,
    activities: [...state.active.values()].map((active) => activityOf(state, active)),
    events: declared.map(([name, { external }]) => ({
      name,
      external,
      set: options.coordinator.isEventSet(name),
      waiting: options.coordinator.eventWaiters(name),
    })),
  };
}

function activityOf(state: RunState, active: Active): ActivityLook {
  const nowMs = state.options.clock.nowMs();
  const node = state.graph.nodes[active.id];
  const host = active.at?.host ?? (node !== undefined && 'host' in node ? node.host : undefined);
  return {
    what: active.holder.label,
    ...(host === undefined ? {} : { host: state.plan.hosts[host] }),
    ...(active.phase === 'running' ? { runningMs: nowMs - active.runMs } : {}),
    waits: [...(active.waits ?? [])].map((wait) => ({
      what: wait.what,
      kind: wait.kind,
      holders: holdersOf(state, wait),
      waitedMs: nowMs - wait.sinceMs,
    })),
  };
}
