import type { NodeId } from '../model/plan.ts';
import { childrenOf, nodeEnds, sourcesOf } from './node-ends.ts';
import type { NodeRecord, Recording, WaitRecord } from './recording.ts';
import { type PermitSaving, permitSavings } from './resimulate.ts';

/** A piece of the critical path, in milliseconds since the start of the run. */
export interface PathPart {
  readonly node: NodeId;
  /** For people: `"up" on web1`. */
  readonly label: string;
  /** `work`: it ran. `wait`: it waited for what no step of this run gave it. */
  readonly kind: 'work' | 'wait';
  readonly startMs: number;
  readonly endMs: number;
  /** What it waited for before: the part before this one is what let it through. */
  readonly waitedFor?: string | undefined;
}

/** Why a run took as long as it did. */
export interface CriticalPath {
  readonly totalMs: number;
  /** First to last. */
  readonly parts: readonly PathPart[];
  /** By step: how much later its last instance could have ended without the run ending later. */
  readonly slackMs: ReadonlyMap<number, number>;
  /** What one more permit would have saved, the most first; those that would save nothing are left out. */
  readonly savings: readonly PermitSaving[];
}

/**
 * Finds the chain of steps and waits that made a run as long as it was: from the step that ended last, each time back to
 * what it followed last, or to the holder whose end let it through. Pure; O(nodes + edges) and a simulation for each
 * limit that was waited for.
 */
export function criticalPath(recording: Recording): CriticalPath | undefined {
  const records = [...recording.records.values()];
  const last = records.reduce<NodeRecord | undefined>(
    (latest, one) => (latest === undefined || one.endMs > latest.endMs ? one : latest),
    undefined,
  );
  if (last === undefined) return undefined;
  const ends = nodeEnds(recording);
  return {
    totalMs: last.endMs,
    parts: walkBack(recording, ends, last),
    slackMs: slacks(recording, ends, last.endMs),
    savings: permitSavings(recording),
  };
}

function walkBack(recording: Recording, ends: readonly number[], last: NodeRecord): readonly PathPart[] {
  const children = childrenOf(recording);
  const parts: PathPart[] = [];
  const seen = new Set<NodeId>();
  let id: NodeId | undefined = last.id;
  let atMs = last.endMs;
  while (id !== undefined && !seen.has(id)) {
    seen.add(id);
    const record = recording.records.get(id);
    const through = record === undefined ? undefined : throughOf(record, atMs);
    if (record !== undefined) parts.push(...partsOf(record, atMs, through));
    atMs = Math.min(atMs, through?.endMs ?? record?.readyMs ?? atMs);
    id = through?.by ?? latest(sourcesOf(recording, id, children), ends);
  }
  return parts.reverse();
}

/** The last wait that somebody else's act ended. */
function throughOf({ id, waits }: NodeRecord, atMs: number): WaitRecord | undefined {
  return waits.findLast(
    (wait) => wait.by !== undefined && wait.by !== id && wait.waitedMs >= 1 && wait.endMs <= atMs,
  );
}

function partsOf(record: NodeRecord, atMs: number, through: WaitRecord | undefined): readonly PathPart[] {
  const { id: node, label } = record;
  const endMs = Math.min(record.endMs, atMs);
  const workMs = record.workMs - (record.endMs - endMs);
  const waitedFor = through?.what;
  const parts: PathPart[] = [];
  if (workMs > 0) parts.push({ node, label, kind: 'work', startMs: endMs - workMs, endMs, waitedFor });
  const alone = record.waits.filter(
    (wait) =>
      wait.by === undefined && wait.waitedMs >= 1 && wait.endMs <= atMs && wait.endMs > (through?.endMs ?? 0),
  );
  for (const wait of [...alone].reverse())
    parts.push({
      node,
      label: `${label} waits for ${wait.what}`,
      kind: 'wait',
      startMs: wait.endMs - wait.waitedMs,
      endMs: wait.endMs,
    });
  return parts;
}

function latest(ids: readonly NodeId[], ends: readonly number[]): NodeId | undefined {
  let found: NodeId | undefined;
  for (const id of ids) if (found === undefined || (ends[id] ?? 0) > (ends[found] ?? 0)) found = id;
  return found;
}

/** From the last to the first: a node has the slack of what follows it, and the time until that began. */
function slacks(recording: Recording, ends: readonly number[], totalMs: number): ReadonlyMap<number, number> {
  const { nodes, records } = recording;
  const children = childrenOf(recording);
  const slack = nodes.map((node) => totalMs - (ends[node.id] ?? 0));
  const lower = (source: NodeId, atMs: number, own: number) => {
    const gapMs = Math.max(0, atMs - (ends[source] ?? 0));
    slack[source] = Math.min(slack[source] ?? 0, gapMs + own);
  };
  // What follows ends no earlier; among those that ended at once, the later ones of the plan follow the earlier ones.
  const order = nodes.map((node) => node.id).sort((a, b) => (ends[b] ?? 0) - (ends[a] ?? 0) || b - a);
  for (const id of order) {
    const own = slack[id] ?? 0;
    const record = records.get(id);
    // What it waited for anyway came later than what it followed.
    const begunMs = record?.waits.findLast((wait) => wait.by !== undefined)?.endMs ?? record?.readyMs;
    for (const source of sourcesOf(recording, id, children)) lower(source, begunMs ?? ends[id] ?? 0, own);
    for (const wait of record?.waits ?? []) if (wait.by !== undefined) lower(wait.by, wait.endMs, own);
  }
  const bySteps = new Map<number, number>();
  for (const { id, step } of records.values())
    if (step !== undefined) bySteps.set(step, Math.min(bySteps.get(step) ?? totalMs, slack[id] ?? 0));
  return bySteps;
}
