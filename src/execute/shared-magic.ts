import type { Declarations } from '../model/playbook.ts';
import type { SharedValues } from '../model/step-coordination.ts';
import { asDatum } from '../template/datum.ts';
import { LazyMapping } from '../template/lazy-mapping.ts';

/** The magic variables `state` and `queue`: what all hosts share, as it is at the moment it is read. */
export function sharedMagic(
  { state, queues }: Declarations,
  shared: SharedValues | undefined,
): Readonly<Record<string, () => LazyMapping>> {
  if (shared === undefined) return {};
  const magic: Record<string, () => LazyMapping> = {};
  if (Object.keys(state).length > 0) magic['state'] = () => stateMapping(Object.keys(state), shared);
  if (Object.keys(queues).length > 0) magic['queue'] = () => queueMapping(Object.keys(queues), shared);
  return magic;
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

function queueMapping(names: readonly string[], shared: SharedValues): LazyMapping {
  return new LazyMapping({
    live: true,
    get: (name) => {
      const size = shared.queueSize(name);
      return size === undefined ? undefined : asDatum({ size });
    },
    keys: () => names,
    has: (name) => names.includes(name),
  });
}
