import { CoordinationError } from '../coordinate/coordinator.ts';
import { didYouMean } from '../lib/suggest.ts';
import type { StepCoordination } from '../model/step-coordination.ts';
import type { RunState } from './run-state.ts';

/** What a running step may do with things that all hosts share. */
export function coordinationOf(state: RunState): StepCoordination {
  const { coordinator } = state.options;
  return {
    changeState: (changes, compare) => {
      const names = [...changes, ...compare].map(({ name }) => name);
      const unknown = names.find((name) => !Object.hasOwn(state.plan.declarations.state, name));
      if (unknown !== undefined) return refuse(unknown, Object.keys(state.plan.declarations.state));
      return told(coordinator.changeState(changes, compare));
    },
  };
}

function refuse(name: string, declared: readonly string[]): Promise<never> {
  return Promise.reject(new Error(`state "${name}" is not declared (RB212)${didYouMean(name, declared)}`));
}

/** Failures of coordination as errors whose message is all there is to say. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof CoordinationError ? new Error(error.message, { cause: error }) : error;
  }
}
