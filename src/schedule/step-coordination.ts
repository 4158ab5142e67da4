import { CoordinationError } from '../coordinate/coordinator.ts';
import { didYouMean } from '../lib/suggest.ts';
import type { StepCoordination } from '../model/step-coordination.ts';
import type { Active } from './active.ts';
import { closePart } from './queue-ends.ts';
import { partOf } from './queue-uses.ts';
import type { RunState } from './run-state.ts';
import { waitFor } from './waiting.ts';
import { noteAct } from './waits.ts';

/** What a running step may do with things that all hosts share. */
export function coordinationOf(state: RunState, active: Active): StepCoordination {
  const { coordinator } = state.options;
  const { at } = active;
  const host = state.plan.hosts[at?.host ?? -1] ?? '';
  const part = at === undefined ? '' : partOf(at.node, at.host);
  return {
    changeState: (changes, compare) => {
      const names = [...changes, ...compare].map(({ name }) => name);
      const unknown = names.find((name) => !Object.hasOwn(state.plan.declarations.state, name));
      if (unknown !== undefined) return refuse('state', unknown, Object.keys(state.plan.declarations.state));
      return told(coordinator.changeState(changes, compare));
    },
    put: (queue, value, { timeout, signal }) => {
      const use = state.queues.byName.get(queue);
      if (use === undefined) return refuse('queue', queue, state.queues.byName.keys());
      if (use.closedBy.has(part))
        return Promise.reject(new Error(`${host} has closed its part of queue "${queue}" before`));
      const wait = { kind: 'put', name: queue, what: `room in queue "${queue}"`, host, timeout } as const;
      if (at !== undefined) noteAct(state, 'get', queue, at.node.id);
      return told(waitFor(state, active, wait, (options) => coordinator.put(queue, value, options, signal)));
    },
    closeQueue: (queue) =>
      state.queues.byName.has(queue)
        ? closePart(state, queue, part)
        : refuse('queue', queue, state.queues.byName.keys()),
    joinQueue: (queue, { timeout, signal }) => {
      if (!state.queues.byName.has(queue)) return refuse('queue', queue, state.queues.byName.keys());
      const what = `queue "${queue}" to be worked off`;
      const wait = { kind: 'join', name: queue, what, host, timeout } as const;
      return told(waitFor(state, active, wait, (options) => coordinator.joinQueue(queue, options, signal)));
    },
  };
}

function refuse(kind: 'state' | 'queue', name: string, declared: Iterable<string>): Promise<never> {
  return Promise.reject(new Error(`${kind} "${name}" is not declared (RB212)${didYouMean(name, declared)}`));
}

/** Failures of coordination as errors whose message is all there is to say. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof CoordinationError ? new Error(error.message, { cause: error }) : error;
  }
}
