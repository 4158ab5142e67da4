import type { NodeId } from '../model/plan.ts';
import type { Awaited } from './active.ts';
import { nodeInWords } from './admission.ts';
import { openSetters } from './event-units.ts';
import type { RunState } from './run-state.ts';

const mostNamed = 10;

/** Who holds what is waited for, or has to act before it comes: in words, the first ten. */
export function holdersOf(state: RunState, { kind, name, holders = [] }: Awaited): readonly string[] {
  const { coordinator } = state.options;
  switch (kind) {
    case 'limit':
      return coordinator.holdersOf(name, mostNamed).map((holder) => holder.label);
    case 'event':
      return openSetters(state.units, name).slice(0, mostNamed);
    case 'barrier':
      return coordinator.missingAt(name, mostNamed);
    case 'put':
    case 'join':
      return named(state, state.queues.byName.get(name)?.consumers);
    case 'get':
      return named(state, state.queues.byName.get(name)?.producers);
    case 'elsewhere':
      return holders;
    case 'external':
    case 'steps':
      return [];
  }
}

function named(state: RunState, ids: Iterable<NodeId> = []): readonly string[] {
  const labels: string[] = [];
  for (const id of ids) {
    if (labels.length >= mostNamed) break;
    labels.push(nodeInWords(state, id));
  }
  return labels;
}
