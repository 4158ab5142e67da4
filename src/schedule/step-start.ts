import { CoordinationError } from '../coordinate/coordinator.ts';
import { stepLabel } from '../model/plan.ts';
import type { StepOutcome, StepWork } from '../model/step-run.ts';
import type { Active, StepAt } from './active.ts';
import { isUntroubled, refusalOf } from './admission.ts';
import { failureAround } from './block-runs.ts';
import { passGates } from './gates.ts';
import { liveHosts } from './host-states.ts';
import { isInclude as mayInclude } from './include-runs.ts';
import { include } from './includes.ts';
import { isLimitedLoop, wayKeywords, wayOwner } from './item-limits.ts';
import type { Hold } from './limit-uses.ts';
import type { ItemsWork } from './options.ts';
import { packageTurn } from './package-turn.ts';
import type { RunState } from './run-state.ts';
import { Control } from './step-control.ts';
import { endStep, refuseStep } from './step-end.ts';
import { heldAround, holdsAround } from './surrounding-holds.ts';
import { beginTaking } from './take-limits.ts';
import { hasWay } from './way.ts';

/** What is run once a step has passed its gates and has its limits. */
export type RunPassed = (state: RunState, active: Active, at: StepAt) => Promise<StepOutcome | undefined>;

/**
 * Starts a step on a host: through its gates, then its limits, then `run`. A step without either runs at once.
 * It ends by `endStep` in any case; where `run` resolves to undefined, something else ends it.
 */
export function startStep(state: RunState, at: StepAt, run: RunPassed): void {
  const { node, step, host } = at;
  const skip = 'skip' in node ? node.skip : undefined;
  // What it registers is set also where its condition is known to be false: then it takes nothing, and says so itself.
  if (skip !== undefined && step.keywords.register === undefined) {
    refuseStep(state, at, { end: 'skipped', msg: `condition is false: ${skip}` });
    return;
  }
  const name = state.plan.hosts[host] ?? '';
  const active: Active = {
    id: node.id,
    holder: { id: String(node.id), label: `step "${stepLabel(step)}" on ${name}` },
    at,
    phase: 'waiting',
    timed: false,
    readyMs: state.options.clock.nowMs(),
    runMs: 0,
    forkWaitMs: 0,
    holds: [],
  };
  state.active.set(node.id, active);
  if (skip === undefined && needsWay(state, at)) goThroughWay(state, active, at, run);
  else runPassed(state, active, at, run);
}

/** Carries the step out by the run's `runStep`. */
export const runPlainStep: RunPassed = (state, active, at) => {
  if (at.node.kind === 'items' || at.node.kind === 'consume') return Promise.resolve(undefined);
  const leases = leasesOf(state, at, active.holds);
  active.leases = leases;
  const work: StepWork = { ...workOf(state, at), node: at.node, ...(leases === undefined ? {} : { leases }) };
  const running = state.runStep(work, new Control(state, active));
  return mayInclude(state.plan, at.node) ? withIncludes(state, active, at, work, running) : running;
};

/** A step that includes others goes on with them. */
async function withIncludes(
  state: RunState,
  active: Active,
  at: StepAt,
  work: StepWork,
  running: Promise<StepOutcome>,
): Promise<StepOutcome | undefined> {
  const outcome = await running;
  return (outcome.includes ?? []).length === 0 ? outcome : include(state, active, at, { work, outcome });
}

/** Members of pools that the step, or a block or the play around it, holds; the innermost of a pool counts. */
function leasesOf(state: RunState, at: StepAt, own: readonly Hold[]): Active['leases'] {
  if (Object.keys(state.plan.declarations.pools).length === 0) return undefined;
  const holds = [...own, ...holdsAround(state, at)].reverse();
  const leases = holds.flatMap(({ lease }) =>
    lease === undefined ? [] : [[lease.pool, lease.member] as const],
  );
  return Object.fromEntries(leases);
}

/** What a step is told of its place in the run. */
export function workOf(state: RunState, at: StepAt): Omit<ItemsWork, 'node'> {
  const { plan, hosts } = state;
  const play = hosts.plays[at.node.play];
  const name = plan.hosts[at.host] ?? '';
  const live = (batch: number) => (play === undefined ? [] : liveHosts(plan, hosts, play, batch).names);
  const batchHosts = live(at.node.batch);
  const failure = failureAround(state.blocks, at.node, at.host);
  const locals = localsOf(state, at.node);
  const loop = at.node.kind === 'item' ? at.node.callback?.loop : undefined;
  const loopStep = loop === undefined ? undefined : plan.steps[loop];
  return {
    step: at.step,
    host: name,
    registerFor: at.node.kind === 'once' ? [...new Set([name, ...batchHosts])] : [name],
    playHosts: live(-1),
    batchHosts,
    allPlayHosts: play?.allNames ?? [],
    ...(failure === undefined ? {} : { failure }),
    ...(locals === undefined ? {} : { locals }),
    ...(loopStep === undefined ? {} : { loopStep }),
  };
}

/** What is registered for one item alone: of a parallel loop, else of a queue. */
function localsOf(state: RunState, node: StepAt['node']): StepWork['locals'] {
  if (node.kind === 'item') return state.loops.byParent.get(node.parent)?.locals[node.index];
  return node.pass === undefined ? undefined : state.passes.get(node.pass)?.locals;
}

function needsWay(state: RunState, at: StepAt): boolean {
  return hasWay(wayKeywords(state.plan, at)) || packageTurn(state, at) !== undefined;
}

function goThroughWay(state: RunState, active: Active, at: StepAt, run: RunPassed): void {
  const host = state.plan.hosts[at.host] ?? '';
  const way = {
    keywords: wayKeywords(state.plan, at),
    host,
    owner: wayOwner(at),
    heldAround: heldAround(state, at),
    turn: isLimitedLoop(at.node, at.step.keywords) ? undefined : at,
  };
  const taken = (failure: unknown) => {
    if (failure === undefined) runAdmitted(state, active, at, run);
    else failWait(state, active, at, failure);
  };
  passGates(state, active, way, (failure) => {
    if (failure === undefined) beginTaking(state, active, way, active, taken);
    else taken(failure);
  });
}

function failWait(state: RunState, active: Active, at: StepAt, failure: unknown): void {
  endFailedWait(state, active, at, failure);
  state.wake();
}

// While it waited, its host may have failed or the run may have been interrupted.
function runAdmitted(state: RunState, active: Active, at: StepAt, run: RunPassed): void {
  if (isCutOff(state, active)) return;
  const refusal = isUntroubled(state, at.node) ? undefined : refusalOf(state, at.node, at.host);
  if (refusal === undefined) {
    runPassed(state, active, at, run);
    return;
  }
  refuseStep(state, at, refusal, active);
  state.wake();
}

// A run that was killed has told the end of everything, and hears no more.
function isCutOff(state: RunState, { id }: Active): boolean {
  return state.graph.ends[id] !== undefined;
}

function endFailedWait(state: RunState, active: Active, at: StepAt, error: unknown): void {
  if (isCutOff(state, active)) return;
  const isKnown = error instanceof CoordinationError;
  if (isKnown && error.failure === 'cancelled') {
    const refusal = refusalOf(state, at.node, at.host) ?? { end: 'cancelled' as const, msg: error.message };
    refuseStep(state, at, refusal, active);
    return;
  }
  const msg = error instanceof Error ? error.message : String(error);
  if (!isKnown) state.recap.internalErrors.push(msg);
  const waitedMs = state.options.clock.nowMs() - active.readyMs;
  const outcome: StepOutcome = { outcome: 'failed', msg, notify: [] };
  endStep(state, at, outcome, { durationMs: 0, waitedMs }, active);
}

function runPassed(state: RunState, active: Active, at: StepAt, run: RunPassed): void {
  const { clock, emit } = state.options;
  active.phase = 'running';
  active.runMs = clock.nowMs();
  const host = state.plan.hosts[at.host] ?? '';
  if (at.node.kind !== 'items') emit({ type: 'step-started', node: at.node.id, step: at.step.index, host });
  const end = (outcome: StepOutcome | undefined) => {
    if (outcome === undefined || state.graph.ends[at.node.id] !== undefined) return;
    const totalMs = clock.nowMs() - active.runMs;
    const apartMs = active.forkWaitMs + (active.innerWaitMs ?? 0);
    const waitedMs = active.runMs - active.readyMs + apartMs;
    endStep(state, at, outcome, { durationMs: Math.max(0, totalMs - apartMs), waitedMs }, active);
    state.wake();
  };
  begin(run, state, active, at).then(end, (error: unknown) => end(bugOutcome(state, error)));
}

// A `run` that throws before its first await is as wrong as one that rejects.
function begin(
  run: RunPassed,
  state: RunState,
  active: Active,
  at: StepAt,
): Promise<StepOutcome | undefined> {
  try {
    return run(state, active, at);
  } catch (error) {
    return Promise.reject(error);
  }
}

function bugOutcome(state: RunState, error: unknown): StepOutcome {
  const message = error instanceof Error ? error.message : String(error);
  state.recap.internalErrors.push(message);
  return { outcome: 'failed', msg: `internal error (RB901): ${message}`, notify: [] };
}
