import type { Slice } from './timeline.ts';

/** The slices of one host, in as few rows as show none over another. */
export interface HostLanes {
  /** Undefined for plays, which wait as a whole. */
  readonly host: string | undefined;
  readonly lanes: readonly (readonly Slice[])[];
}

/**
 * Slices by host, in the order of `hosts` (plays first), and on each host in rows: what ran beside something else stands
 * one row below it. A host without a slice has one empty row. O(n log n) in slices, times the rows of a host.
 */
export function hostLanes(slices: readonly Slice[], hosts: readonly string[]): readonly HostLanes[] {
  const byHost = new Map<string | undefined, Slice[]>(hosts.map((host) => [host, []]));
  for (const slice of slices) {
    const list = byHost.get(slice.host);
    if (list === undefined) byHost.set(slice.host, [slice]);
    else list.push(slice);
  }
  const all = [...byHost].map(([host, list]) => ({ host, lanes: inLanes(list) }));
  return [...all.filter(({ host }) => host === undefined), ...all.filter(({ host }) => host !== undefined)];
}

function inLanes(slices: readonly Slice[]): readonly (readonly Slice[])[] {
  const lanes: { readonly slices: Slice[]; endMs: number }[] = [];
  const inOrder = [...slices].sort((a, b) => a.startMs - b.startMs || b.endMs - a.endMs);
  for (const slice of inOrder) {
    const free = lanes.find(({ endMs }) => endMs <= slice.startMs);
    if (free === undefined) lanes.push({ slices: [slice], endMs: slice.endMs });
    else {
      free.slices.push(slice);
      free.endMs = slice.endMs;
    }
  }
  return lanes.length === 0 ? [[]] : lanes.map((lane) => lane.slices);
}
