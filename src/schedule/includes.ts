import { type Diagnostic, RunbookError } from '../model/diagnostic.ts';
import type { IncludedName } from '../model/event.ts';
import type { Growth, IncludedPart, IncludedSteps } from '../model/include.ts';
import { formatPlace } from '../model/place.ts';
import type { NodeId, PlanNode } from '../model/plan.ts';
import type { StepOutcome, StepWork } from '../model/step-run.ts';
import type { Active, StepAt } from './active.ts';
import { blockRun, isRescued } from './block-runs.ts';
import { eventsSetBy, noteUnitEnd } from './event-units.ts';
import type { NodeEnd } from './graph.ts';
import { flushKnown, grow, includeKnown } from './growth.ts';
import { markFailed } from './host-changes.ts';
import { goesTogether, groupsOf, type IncludeArrival, isLockstep, type PassEnd } from './include-meeting.ts';
import { type IncludeRun, isFlush, isInclude, meetingKey } from './include-runs.ts';
import { endAfter } from './node-end.ts';
import type { RunState } from './run-state.ts';
import { endStep, type StepTimes, tellStep } from './step-end.ts';

/**
 * Adds what a step includes to the run. The step is told as ended, and its node ends when all that it brought has;
 * what cannot be read, or is refused, fails it.
 */
export async function include(
  state: RunState,
  active: Active,
  at: StepAt,
  { work, outcome }: { readonly work: StepWork; readonly outcome: StepOutcome },
): Promise<StepOutcome | undefined> {
  const { includer } = state.options;
  if (includer === undefined)
    throw new Error('a step that includes others was met, and nothing to read them with');
  let arrival: IncludeArrival;
  try {
    const loaded = await includer.load(work, outcome.includes ?? []);
    arrival = { active, at, outcome, loaded };
  } catch (error) {
    return refused(state, error, at, outcome);
  }
  return arrive(state, arrival);
}

/** A host has come to what it includes, and goes on by itself or with the others of its batch. */
export function arrive(state: RunState, arrival: IncludeArrival): undefined {
  const { at } = arrival;
  if (state.graph.ends[at.node.id] !== undefined) return undefined;
  // From here on it is what it brings that runs, and the others that are waited for.
  state.active.delete(at.node.id);
  if (goesTogether(state.plan, arrival)) {
    const key = meetingKey(at.node);
    const arrived = state.includes.arrived.get(key) ?? new Map();
    state.includes.arrived.set(key, arrived.set(at.node.id, arrival));
    goOnTogether(state, key);
  } else expand(state, [arrival], newCohort(1));
  state.wake();
  return undefined;
}

/** Heeds the end of a node: of an include, whose batch may wait for it, or of what an include waits for. */
export function includeNodeEnded(state: RunState, node: PlanNode, end: NodeEnd): void {
  const { includes, plan } = state;
  if (isInclude(plan, node)) {
    if (!includes.expanded.delete(node.id)) includeKnown(state, node.step);
    if (includes.arrived.has(meetingKey(node))) goOnTogether(state, meetingKey(node));
  }
  if (isFlush(plan, node)) flushKnown(state, node.play);
  const run = includes.byEnd.get(node.id);
  if (run === undefined) return;
  includes.byEnd.delete(node.id);
  run.open.delete(node.id);
  if (run.members.has(node.id) && rank[end] > rank[run.worst]) run.worst = end;
  if (run.open.size === 0) run.finish(run.worst);
}

const rank: Readonly<Record<NodeEnd, number>> = { idle: 0, passed: 0, cancelled: 1, failed: 2 };

/** Once every host of the batch has come or can't, those that include the same go on together. */
function goOnTogether(state: RunState, key: string): void {
  const { arrived, nodes } = state.includes;
  const here = arrived.get(key);
  const all = nodes.get(key) ?? [];
  if (
    here === undefined ||
    all.some((id) => !here.has(id) && state.graph.ends[id] === undefined && !state.includes.expanded.has(id))
  )
    return;
  arrived.delete(key);
  const inOrder = all
    .flatMap((id) => here.get(id) ?? [])
    .filter(({ at }) => state.graph.ends[at.node.id] === undefined);
  expandTogether(state, inOrder);
}

function expandTogether(state: RunState, arrivals: readonly IncludeArrival[]): void {
  const cohort = newCohort(arrivals.length);
  for (const group of groupsOf(arrivals)) expand(state, group, cohort);
}

/** Hosts that go through a pass of a block at the same time: their next pass begins when all have ended this one. */
interface Cohort {
  open: number;
  readonly ended: { readonly arrival: IncludeArrival; readonly pass: PassEnd }[];
}

function newCohort(open: number): Cohort {
  return { open, ended: [] };
}

function expand(state: RunState, group: readonly IncludeArrival[], cohort: Cohort): void {
  const [first] = group;
  if (first === undefined) return;
  const { at, loaded } = first;
  const { node, step } = at;
  const hosts = group.map((one) => one.at.host);
  let growth: Growth;
  try {
    const site = {
      step,
      hosts,
      batch: node.batch,
      priority: node.priority,
      pass: node.pass,
      meets: isLockstep(state.plan, step),
      firstId: state.graph.nodes.length,
    };
    growth = state.options.includer?.make(site, loaded) ?? nothing;
  } catch (error) {
    for (const one of group)
      endStep(
        state,
        one.at,
        refused(state, error, one.at, one.outcome),
        timesOf(state, one.active),
        one.active,
      );
    return;
  }
  for (const one of group) begin(state, one, growth, cohort);
  grow(state, node.id, growth);
  for (const one of group) if (one.series === undefined) includeKnown(state, one.at.step.index);
  for (const one of group)
    if ((growth.parts.get(one.at.host) ?? []).length === 0) partsEnded(state, one, 'passed', cohort);
}

const nothing: Growth = { steps: [], blocks: [], handlers: [], nodes: [], parts: new Map() };

function begin(state: RunState, arrival: IncludeArrival, growth: Growth, cohort: Cohort): void {
  const { at, active, outcome, loaded, series } = arrival;
  const labels = [...new Set(loaded.map(({ label }) => label))].join(', ');
  const included = loaded.flatMap((one) => includedName(state, at, one));
  const told = series === undefined ? { ...outcome, msg: `included ${labels}` } : outcome;
  // The first pass of a block tells of all.
  if (!state.includes.expanded.has(at.node.id)) tellStep(state, at, told, timesOf(state, active), included);
  state.includes.expanded.add(at.node.id);
  const parts = growth.parts.get(at.host) ?? [];
  const run = newRun((worst) => partsEnded(state, arrival, worst, cohort, parts));
  for (const part of parts) {
    blockRun(state.blocks, part.block, at.host, at.node.pass).lent = active.holds;
    run.members.add(part.end);
    for (const id of [part.end, ...part.background]) waitForNode(state, run, id);
  }
}

function includedName(
  { options }: RunState,
  at: StepAt,
  { source, item }: IncludedSteps,
): IncludedName | readonly [] {
  if (source === undefined) return [];
  return item === undefined ? source : { ...source, item: options.labelOf?.(at.step, item) ?? String(item) };
}

/** Lets a node end only when another has. */
export function waitForNode(state: RunState, run: IncludeRun, id: NodeId): void {
  run.open.add(id);
  state.includes.byEnd.set(id, run);
}

/** A node that ends as the worst of its members. */
export function newRun(finish: IncludeRun['finish']): IncludeRun {
  return { finish, open: new Set(), members: new Set(), worst: 'passed' };
}

/** What was added for a host has ended. Where a block has further passes, the hosts of the cohort go on when all have come. */
function partsEnded(
  state: RunState,
  arrival: IncludeArrival,
  end: NodeEnd,
  cohort: Cohort,
  parts: readonly IncludedPart[] = [],
): void {
  if (arrival.series === undefined) {
    finish(state, arrival, end);
    return;
  }
  const { node, host } = arrival.at;
  const failures = parts.flatMap(({ block }) => blockRun(state.blocks, block, host, node.pass).failure ?? []);
  cohort.ended.push({ arrival, pass: { end, failure: failures[0] } });
  cohort.open -= 1;
  if (cohort.open > 0) return;
  nextPasses(state, cohort).catch((error: unknown) => {
    state.recap.internalErrors.push(error instanceof Error ? error.message : String(error));
  });
}

async function nextPasses(state: RunState, { ended }: Cohort): Promise<void> {
  const asked = ended.map(async ({ arrival, pass }): Promise<IncludeArrival | readonly []> => {
    const { active, series } = arrival;
    state.active.set(active.id, active);
    const next = (await series?.next(pass)) ?? pass;
    state.active.delete(active.id);
    // A run that was killed has told the end of everything.
    if (state.graph.ends[active.id] !== undefined) return [];
    if ('steps' in next) return { ...arrival, loaded: [next] };
    finish(state, arrival, next.end);
    return [];
  });
  const further = (await Promise.all(asked)).flat();
  expandTogether(state, further);
  state.wake();
}

function finish(state: RunState, arrival: IncludeArrival, worst: NodeEnd): void {
  const { at, active, series } = arrival;
  const { node, step, host } = at;
  if (series !== undefined) includeKnown(state, step.index);
  if (node.kind === 'once' && worst === 'failed' && !isRescued(state.blocks, node, host))
    markFailed(state, at, node.hosts);
  const why = `what step "${step.name ?? step.id ?? step.index}" includes did not end well on ${state.plan.hosts[host] ?? ''}`;
  const acts = noteUnitEnd(state.units, node, worst === 'passed' ? 'done' : 'bad', why);
  const mayLose = eventsSetBy(state.units, node);
  endAfter(state, node.id, worst, { acts, mayLose, release: active.holds, poison: [], why });
}

/** What is wrong with what was to be included fails the step; in a play of Ansible no rescue takes up a mistake in it. */
function refused(state: RunState, error: unknown, { step }: StepAt, outcome: StepOutcome): StepOutcome {
  if (!(error instanceof RunbookError)) throw error;
  const isAnsible = state.plan.plays[step.play]?.dialect === 'ansible';
  const { hint } = error.diagnostics.find((one) => one.hint !== undefined) ?? {};
  return {
    outcome: 'failed',
    msg: error.diagnostics.map(inWords).join('\n'),
    hint,
    title: outcome.title,
    // A file that is not there may be what the rescue is for.
    isMistake: isAnsible && error.diagnostics.some(({ code }) => code !== 'RB101'),
    notify: [],
  };
}

function inWords({ at, message, code }: Diagnostic): string {
  return `${at === undefined ? '' : `${formatPlace(at)}: `}${message} (${code})`;
}

function timesOf({ options }: RunState, active: Active): StepTimes {
  const apartMs = active.forkWaitMs + (active.innerWaitMs ?? 0);
  const durationMs = Math.max(0, options.clock.nowMs() - active.runMs - apartMs);
  return { durationMs, waitedMs: active.runMs - active.readyMs + apartMs };
}
