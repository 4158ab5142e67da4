import type { RunEvent, StepFinished, StepInfo } from '../model/event.ts';
import type { Outcome } from '../model/outcome.ts';
import type { NodeId } from '../model/plan.ts';
import type { WaitKind } from '../model/wait.ts';

/** One wait inside a slice, in milliseconds since the start of the run. */
export interface SliceWait {
  readonly what: string;
  /** `fork`: for a free fork. */
  readonly kind: WaitKind | 'fork';
  readonly startMs: number;
  readonly endMs: number;
  /** The node whose act or end let it through. */
  readonly by?: NodeId | undefined;
}

/** What one step did on one host, from the moment when it could have begun to its end; times since the start of the run. */
export interface Slice {
  readonly node: NodeId;
  /** Undefined for a play, which waits as a whole. */
  readonly host: string | undefined;
  readonly title: string;
  readonly startMs: number;
  readonly endMs: number;
  /** In order and without overlap, inside the slice. */
  readonly waits: readonly SliceWait[];
  /** `waited`: a block or a play that waited before it began. `open`: under way when the run was broken off. */
  readonly state: Outcome | 'waited' | 'open';
  readonly info?: StepInfo | undefined;
  readonly finished?: StepFinished | undefined;
}

/** A run as slices of time. */
export interface Timeline {
  readonly started: Extract<RunEvent, { type: 'run-started' }> | undefined;
  /** Undefined when the run was broken off. */
  readonly finished: Extract<RunEvent, { type: 'run-finished' }> | undefined;
  readonly slices: readonly Slice[];
  /** The end of the last event. */
  readonly endMs: number;
}

/** What is shorter is the program's own time between two steps. */
const leastForkMs = 100;

interface Folding {
  startMs: number;
  endMs: number;
  readonly infos: Map<number, StepInfo>;
  readonly waits: Map<NodeId, SliceWait[]>;
  readonly slices: Slice[];
  /** Steps that have begun and not ended, and waits under way. */
  readonly open: Map<NodeId, Slice>;
}

/** Folds the events of a run, as they come, into slices. */
export function createTimeline(): { add(event: RunEvent, nowMs: number): void; timeline(): Timeline } {
  let started: Timeline['started'];
  let finished: Timeline['finished'];
  const folding: Folding = {
    startMs: 0,
    endMs: 0,
    infos: new Map(),
    waits: new Map(),
    slices: [],
    open: new Map(),
  };
  return {
    add(event, nowMs) {
      if (event.type === 'run-started') {
        started = event;
        folding.startMs = nowMs;
        for (const info of event.steps) folding.infos.set(info.index, info);
      }
      folding.endMs = Math.max(folding.endMs, nowMs - folding.startMs);
      if (event.type === 'run-finished') finished = event;
      else addToFolding(folding, event, nowMs - folding.startMs);
    },
    timeline() {
      const { endMs } = folding;
      const open = [...folding.open.values()].map((slice) => ({ ...slice, endMs }));
      return { started, finished, slices: [...folding.slices, ...open], endMs };
    },
  };
}

function addToFolding(folding: Folding, event: RunEvent, atMs: number): void {
  switch (event.type) {
    case 'step-waiting':
      if (!folding.open.has(event.node)) open(folding, event.node, event.step, event.host, event.who, atMs);
      return;
    case 'step-started':
      if (!folding.open.has(event.node)) open(folding, event.node, event.step, event.host, undefined, atMs);
      return;
    case 'wait-ended':
      noteWait(folding, event, atMs);
      return;
    case 'step-finished':
      folding.open.delete(event.node);
      folding.slices.push(finishedSlice(folding, event, atMs));
      return;
    default:
  }
}

function open(
  { infos, open: all }: Folding,
  node: NodeId,
  step: number | undefined,
  host: string | undefined,
  who: string | undefined,
  startMs: number,
): void {
  const info = step === undefined ? undefined : infos.get(step);
  const title = info?.title ?? who ?? '';
  all.set(node, { node, host, title, startMs, endMs: startMs, waits: [], state: 'open', info });
}

function noteWait(folding: Folding, event: Extract<RunEvent, { type: 'wait-ended' }>, endMs: number): void {
  const { node, for: what, kind, waitedMs, by, host } = event;
  const startMs = Math.max(0, endMs - waitedMs);
  const wait: SliceWait = { what, kind, startMs, endMs, by };
  if (event.step !== undefined) {
    folding.waits.set(node, [...(folding.waits.get(node) ?? []), wait]);
    return;
  }
  const title = folding.open.get(node)?.title ?? what;
  folding.open.delete(node);
  folding.slices.push({ node, host, title, startMs, endMs, waits: [wait], state: 'waited' });
}

function finishedSlice(folding: Folding, event: StepFinished, endMs: number): Slice {
  const { node, host, title, outcome, durationMs, waitedMs } = event;
  const startMs = Math.max(0, endMs - durationMs - waitedMs);
  const waits = folding.waits.get(node) ?? [];
  folding.waits.delete(node);
  const forkMs = waitedMs - waits.reduce((sum, wait) => sum + (wait.endMs - wait.startMs), 0);
  const forkEndMs = endMs - durationMs;
  const fork: SliceWait = {
    what: 'a free fork',
    kind: 'fork',
    startMs: forkEndMs - forkMs,
    endMs: forkEndMs,
  };
  const all = forkMs >= leastForkMs ? [...waits, fork] : waits;
  return {
    node,
    host,
    title,
    startMs,
    endMs,
    waits: within(all, startMs, endMs),
    state: outcome,
    info: folding.infos.get(event.step),
    finished: event,
  };
}

/** Waits cut to a slice, in order, none over another: clocks are read at different moments. */
function within(waits: readonly SliceWait[], startMs: number, endMs: number): SliceWait[] {
  const kept: SliceWait[] = [];
  let fromMs = startMs;
  for (const wait of [...waits].sort((a, b) => a.startMs - b.startMs)) {
    const begin = Math.max(fromMs, wait.startMs);
    const end = Math.min(endMs, wait.endMs);
    if (end <= begin) continue;
    kept.push({ ...wait, startMs: begin, endMs: end });
    fromMs = end;
  }
  return kept;
}
