import type { Declarations } from '../model/playbook.ts';
import type { SharedValues } from '../model/step-coordination.ts';
import { asDatum } from '../template/datum.ts';
import { LazyMapping } from '../template/lazy-mapping.ts';

/** The magic variable `state`: what all hosts share, as it is at the moment it is read. */
export function sharedMagic(
  { state }: Declarations,
  shared: SharedValues | undefined,
): Readonly<Record<string, () => LazyMapping>> {
  if (shared === undefined) return {};
  const names = Object.keys(state);
  return names.length === 0 ? {} : { state: () => stateMapping(names, shared) };
}

function stateMapping(names: readonly string[], shared: SharedValues): LazyMapping {
  return new LazyMapping({
    live: true,
    get: (name) => {
      const value = names.includes(name) ? shared.state(name) : undefined;
      return value === undefined ? undefined : asDatum(value);
    },
    keys: () => names,
    has: (name) => names.includes(name),
  });
}
