import { type Diagnostic, RunbookError } from '../model/diagnostic.ts';
import type { IncludedName } from '../model/event.ts';
import type { Growth, IncludedSteps } from '../model/include.ts';
import { formatPlace } from '../model/place.ts';
import type { NodeId, PlanNode } from '../model/plan.ts';
import type { StepOutcome, StepWork } from '../model/step-run.ts';
import type { Active, StepAt } from './active.ts';
import { blockRun, isRescued } from './block-runs.ts';
import { eventsSetBy, noteUnitEnd } from './event-units.ts';
import type { NodeEnd } from './graph.ts';
import { flushKnown, grow, includeKnown } from './growth.ts';
import { markFailed } from './host-changes.ts';
import { goesTogether, groupsOf, type IncludeArrival, isLockstep } from './include-meeting.ts';
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
  if (state.graph.ends[at.node.id] !== undefined) return undefined;
  // From here on it is what it brings that runs, and the others that are waited for.
  state.active.delete(at.node.id);
  if (goesTogether(state.plan, arrival)) {
    const key = meetingKey(at.node);
    const arrived = state.includes.arrived.get(key) ?? new Map();
    state.includes.arrived.set(key, arrived.set(at.node.id, arrival));
    goOnTogether(state, key);
  } else expand(state, [arrival]);
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
  for (const group of groupsOf(inOrder)) expand(state, group);
}

function expand(state: RunState, group: readonly IncludeArrival[]): void {
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
  for (const one of group) begin(state, one, growth);
  grow(state, node.id, growth);
  for (const one of group) includeKnown(state, one.at.step.index);
  for (const one of group)
    if ((growth.parts.get(one.at.host) ?? []).length === 0) finish(state, one, 'passed');
}

const nothing: Growth = { steps: [], blocks: [], handlers: [], nodes: [], parts: new Map() };

function begin(state: RunState, arrival: IncludeArrival, growth: Growth): void {
  const { at, active, outcome, loaded } = arrival;
  const labels = [...new Set(loaded.map(({ label }) => label))].join(', ');
  const included = loaded.map((one) => includedName(state, at, one));
  tellStep(state, at, { ...outcome, msg: `included ${labels}` }, timesOf(state, active), included);
  state.includes.expanded.add(at.node.id);
  const run = newRun((worst) => finish(state, arrival, worst));
  for (const part of growth.parts.get(at.host) ?? []) {
    blockRun(state.blocks, part.block, at.host, at.node.pass).lent = active.holds;
    run.members.add(part.end);
    for (const id of [part.end, ...part.background]) waitForNode(state, run, id);
  }
}

function includedName({ options }: RunState, at: StepAt, { source, item }: IncludedSteps): IncludedName {
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

function finish(state: RunState, { at, active }: IncludeArrival, worst: NodeEnd): void {
  const { node, step, host } = at;
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
