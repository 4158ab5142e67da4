import { formatPlace } from '../model/place.ts';
import type { NodeId } from '../model/plan.ts';
import type { WriteReport } from './junit.ts';
import { hostLanes } from './lanes.ts';
import { printableLine } from './printable.ts';
import type { Reporter } from './reporter.ts';
import { toJson } from './result-text.ts';
import { createTimeline, type Slice, type SliceWait, type Timeline } from './timeline.ts';

/** Where a slice stands: a host is a process, a row of it a thread; both count from 1. */
interface Row {
  readonly pid: number;
  readonly tid: number;
}

/**
 * The run in the Trace Event Format, for Perfetto (ui.perfetto.dev) or chrome://tracing: a group for each host, a slice
 * for each step, the waits inside it, and an arrow from who let a wait through. Times are microseconds since the start.
 */
export function traceReporter(write: WriteReport): Reporter {
  const folding = createTimeline();
  return {
    event: (event) => folding.add(event, performance.now()),
    close: () => write(`${toJson(traceOf(folding.timeline()))}\n`),
  };
}

/** A timeline as a document in the Trace Event Format. */
export function traceOf({ started, finished, slices, endMs }: Timeline): unknown {
  const events: unknown[] = [];
  const placed = new Map<NodeId, Row & { readonly slice: Slice }>();
  for (const [index, { host, lanes }] of hostLanes(slices, started?.hosts ?? []).entries()) {
    const pid = index + 1;
    events.push(metadata('process_name', { pid, tid: 0 }, { name: printableLine(host ?? 'plays') }));
    events.push(metadata('process_sort_index', { pid, tid: 0 }, { sort_index: index }));
    for (const [row, lane] of lanes.entries()) {
      const tid = row + 1;
      events.push(metadata('thread_name', { pid, tid }, { name: row === 0 ? 'steps' : `beside ${row}` }));
      for (const slice of lane) {
        placed.set(slice.node, { pid, tid, slice });
        events.push(...sliceEvents(slice, { pid, tid }));
      }
    }
  }
  return {
    displayTimeUnit: 'ms',
    otherData: {
      runId: started?.runId,
      playbook: started?.playbook,
      startedAt: started === undefined ? undefined : new Date(started.atMs).toISOString(),
      outcome: finished?.outcome ?? 'broken off',
      exitCode: finished?.exitCode,
      durationMs: Math.round(finished?.durationMs ?? endMs),
    },
    traceEvents: [...events, ...arrows(slices, placed)],
  };
}

function metadata(name: string, { pid, tid }: Row, args: object): object {
  return { ph: 'M', name, pid, tid, args };
}

function micros(ms: number): number {
  return Math.round(ms * 1_000);
}

function span(startMs: number, endMs: number): { readonly ts: number; readonly dur: number } {
  // A difference of rounded times, so that neighbours never overlap.
  return { ts: micros(startMs), dur: micros(endMs) - micros(startMs) };
}

function sliceEvents({ title, startMs, endMs, waits, state, info, finished }: Slice, row: Row): object[] {
  const { rc, msg, ignored, rescued } = finished ?? {};
  const args = {
    outcome: state,
    id: info?.id,
    module: info?.module,
    at: info === undefined ? undefined : formatPlace(info.at),
    rc,
    msg: msg === undefined ? undefined : printableLine(msg),
    ignored,
    rescued,
  };
  const name = printableLine(title);
  return [
    { ph: 'X', cat: 'step', name, ...row, ...span(startMs, endMs), args },
    ...waits.map((wait) => ({
      ph: 'X',
      cat: 'wait',
      name: `waits for ${printableLine(wait.what)}`,
      ...row,
      ...span(wait.startMs, wait.endMs),
      args: { kind: wait.kind },
    })),
  ];
}

/** Arrows from the slice whose act or end let a wait through to the slice that waited. */
function arrows(
  slices: readonly Slice[],
  placed: ReadonlyMap<NodeId, Row & { readonly slice: Slice }>,
): object[] {
  const events: object[] = [];
  let id = 0;
  const draw = (wait: SliceWait, waiter: NodeId) => {
    const from = wait.by === undefined ? undefined : placed.get(wait.by);
    const to = placed.get(waiter);
    if (from === undefined || to === undefined || from.slice.node === waiter) return;
    const shared = { cat: 'hand-over', name: printableLine(wait.what), id: ++id };
    const { startMs, endMs } = from.slice;
    // The ends of an arrow are found by the slices around their times.
    const leftAt = Math.max(micros(startMs), Math.min(micros(endMs) - 1, micros(wait.endMs)));
    events.push({ ph: 's', ...shared, pid: from.pid, tid: from.tid, ts: leftAt });
    events.push({ ph: 'f', bp: 'e', ...shared, pid: to.pid, tid: to.tid, ts: micros(wait.endMs) });
  };
  for (const slice of slices) for (const wait of slice.waits) draw(wait, slice.node);
  return events;
}
