import { CoordinationError } from '../coordinate/coordinator.ts';
import type { IncludedName } from '../model/event.ts';
import type { Outcome } from '../model/outcome.ts';
import { type PlanStep, stepLabel, titleInPass } from '../model/plan.ts';
import type { StepOutcome } from '../model/step-run.ts';
import type { Value } from '../model/value.ts';
import type { Active, StepAt } from './active.ts';
import { describeNode, type Refusal } from './admission.ts';
import { barRescues, isRescued, noteInBlock } from './block-runs.ts';
import { isDaemon } from './daemons.ts';
import { actsOnEvents, type EventActs, eventsSetBy, noteUnitEnd, type UnitEnd } from './event-units.ts';
import { type EarlyRelease, earlyReleases } from './give-back.ts';
import type { NodeEnd } from './graph.ts';
import { followMeta, markDown, markFailed, markFatal } from './host-changes.ts';
import { recordItem } from './item-end.ts';
import type { Hold } from './limit-uses.ts';
import { type Chores, endAfter, endNow } from './node-end.ts';
import { notifyHandlers } from './notifications.ts';
import { countEnd, countWait } from './recap.ts';
import type { RunState } from './run-state.ts';
import { holdsAround } from './surrounding-holds.ts';

/** How long a step ran and waited. */
export interface StepTimes {
  readonly durationMs: number;
  readonly waitedMs: number;
}

const noTimes: StepTimes = { durationMs: 0, waitedMs: 0 };

/** Ends a step that did not start. One that was not needed is in no report. */
export function refuseStep(state: RunState, at: StepAt, refusal: Refusal, active?: Active): void {
  if (refusal.end === 'idle') {
    noteUnitEnd(state.units, at.node, 'skipped', '');
    endNow(state, at.node.id, 'idle');
    return;
  }
  const waitedMs = active === undefined ? 0 : state.options.clock.nowMs() - active.readyMs;
  const outcome: StepOutcome = { outcome: refusal.end, msg: refusal.msg, notify: [] };
  endStep(state, at, outcome, { ...noTimes, waitedMs }, active);
}

/**
 * Ends a step: counts and reports it, draws the consequences for its hosts, block and handlers, then does its chores
 * (set, clear, release) and tells what follows it.
 */
export function endStep(
  state: RunState,
  at: StepAt,
  given: StepOutcome,
  times: StepTimes,
  active: Active | undefined,
): void {
  const noted = notifyAll(state, at, ownEnd(given, active));
  const { outcome, early } = giveBackEarly(state, at, noted);
  const ignored = outcome.ignored === true && outcome.outcome !== 'unknown';
  const hosts = at.node.kind === 'once' ? at.node.hosts : [at.host];
  const isFailure = outcome.outcome === 'failed' && !ignored;
  if (isFailure && outcome.isMistake === true)
    for (const host of hosts) barRescues(state.blocks, at.node, host);
  const hasRescue = isRescued(state.blocks, at.node, at.host);
  const rescued = isFailure && hasRescue;
  const passedOver = outcome.outcome === 'cancelled' && hasRescue;
  countEnd(state.recap, at.host, outcome.outcome, { ignored, rescued, passedOver });
  countWait(state.recap, at.host, times.waitedMs);
  if (isFailure && !rescued && active?.heldElsewhere === true) state.recap.heldElsewhere = true;
  report(state, at, outcome, times, { ignored, rescued, passedOver });
  const end = nodeEnd(outcome.outcome, ignored);
  const failure = end === 'failed' ? { step: at.step, result: outcome.result ?? null } : undefined;
  for (const host of hosts) noteInBlock(state.blocks, at.node, host, end, failure);
  drawConsequences(state, at, outcome, { ignored, rescued, hosts });
  if (at.node.kind === 'item') recordItem(state, at.node, outcome, end);
  endAfter(state, at.node.id, end, choresOf(state, at, outcome, active, early));
}

/** Counts and reports a step whose node goes on: what it has included ends it. */
export function tellStep(
  state: RunState,
  at: StepAt,
  outcome: StepOutcome,
  times: StepTimes,
  included: readonly IncludedName[],
): void {
  const flags = { ignored: false, rescued: false };
  countEnd(state.recap, at.host, outcome.outcome, flags);
  countWait(state.recap, at.host, times.waitedMs);
  report(state, at, outcome, times, { ...flags, included });
}

function giveBackEarly(
  state: RunState,
  at: StepAt,
  outcome: StepOutcome,
): { readonly outcome: StepOutcome; readonly early: readonly EarlyRelease[] } {
  const given = earlyReleases(state, at, outcome);
  if ('early' in given) return { outcome, early: given.early };
  return { outcome: { ...outcome, outcome: 'failed', msg: given.failure }, early: [] };
}

function drawConsequences(
  state: RunState,
  at: StepAt,
  { outcome, meta }: StepOutcome,
  { ignored, rescued, hosts }: { ignored: boolean; rescued: boolean; hosts: readonly number[] },
): void {
  if (outcome === 'unknown') markDown(state, at.host, 'unknown');
  if (!ignored && outcome === 'unreachable') markDown(state, at.host, 'unreachable');
  // A daemon's failure is told, and cancels nothing.
  const isFailure = !ignored && !rescued && outcome === 'failed' && !isDaemon(state, at.node);
  if (isFailure) markFailed(state, at, hosts);
  const isBad = isFailure || (!ignored && outcome === 'unreachable');
  if (isBad && isTrue(at.step.keywords.anyErrorsFatal)) markFatal(state, at);
  if (meta !== undefined) followMeta(state, at, meta);
}

// A daemon that we ended did all that it was to do. A step that waited for others in a stall was not cancelled by anybody.
function ownEnd(outcome: StepOutcome, active: Active | undefined): StepOutcome {
  const reason: unknown = active?.stop?.reason;
  if (outcome.outcome === 'cancelled' && reason instanceof CoordinationError && reason.failure === 'stalled')
    return { ...outcome, outcome: 'failed', msg: reason.message };
  if (active?.dismissed !== true || active.phase !== 'running') return outcome;
  return outcome.outcome === 'cancelled' || outcome.outcome === 'failed'
    ? { ...outcome, outcome: 'ok', msg: 'ended, as all else has ended' }
    : outcome;
}

/** Notifies what a changed step names; a name that no handler has makes the step a failed one. */
function notifyAll(state: RunState, at: StepAt, outcome: StepOutcome): StepOutcome {
  if (outcome.notify.length === 0) return outcome;
  const unknown = notifyHandlers(state.notifications, at.node.play, at.host, outcome.notify);
  if (unknown.length === 0 || twinsNotified(state, at) >= unknown.length) return outcome;
  const names = unknown.map((name) => `"${name}"`).join(', ');
  // Scripts around Ansible's playbooks look for its own words.
  const isAnsible = state.plan.plays[at.node.play]?.dialect === 'ansible';
  const msg = isAnsible
    ? unknown.map((name) => `ERROR! The requested handler '${name}' was not found (RB304)`).join('\n')
    : `no handler is named ${names} or listens to it (RB304)`;
  return { ...outcome, outcome: 'failed', msg };
}

/** Notifies the handlers that are named by the very templates of the step's `notify`; tells how many there are. */
function twinsNotified(state: RunState, { node, step, host }: StepAt): number {
  const templates = (step.keywords.notify ?? []).filter((name) => name.includes('{{'));
  const { length } = notifyHandlers(state.notifications, node.play, host, templates);
  return templates.length - length;
}

function report(
  state: RunState,
  at: StepAt,
  outcome: StepOutcome,
  times: StepTimes,
  flags: {
    readonly ignored: boolean;
    readonly rescued: boolean;
    readonly passedOver?: boolean;
    readonly included?: readonly IncludedName[];
  },
): void {
  const host = state.plan.hosts[at.host] ?? '';
  const {
    notify: _notify,
    meta: _meta,
    includes: _includes,
    leftOut: _leftOut,
    isMistake: _isMistake,
    title,
    ignored: _ignored,
    ...shown
  } = outcome;
  state.options.emit({
    type: 'step-finished',
    node: at.node.id,
    step: at.step.index,
    title: titleInPass(at.step, title ?? state.options.titleOf?.(at.step, host)),
    host,
    ...(at.node.kind === 'item' ? { item: labelOf(state, at.step, at.node.item) } : {}),
    ...shown,
    durationMs: times.durationMs,
    waitedMs: times.waitedMs,
    ...(flags.included === undefined ? {} : { included: flags.included }),
    ...(flags.ignored ? { ignored: true } : {}),
    ...(flags.rescued ? { rescued: true } : {}),
    ...(flags.passedOver === true ? { passedOver: true } : {}),
  });
}

function labelOf({ options }: RunState, step: PlanStep, item: Value): Value {
  return options.labelOf?.(step, item) ?? item;
}

const noEvents: readonly string[] = [];
const noHolds: readonly Hold[] = [];

function choresOf(
  state: RunState,
  at: StepAt,
  outcome: StepOutcome,
  active: Active | undefined,
  early: readonly EarlyRelease[],
): Chores {
  const noted = state.coordinated ? noteEnd(state, at, outcome) : noActs;
  const isStill = state.options.singlePass === true && at.node.pass !== undefined;
  const acts = isStill ? { ...noted, clear: [] } : noted;
  const own = active?.holds ?? noHolds;
  const mayLose = state.coordinated ? eventsSetBy(state.units, at.node) : noEvents;
  if (outcome.outcome !== 'unknown') return { acts, mayLose, release: own, early, poison: noHolds, why: '' };
  const host = state.plan.hosts[at.host] ?? '';
  return {
    acts,
    mayLose,
    release: own.filter((hold) => !hold.take.poisonable),
    early,
    poison: [...own, ...holdsAround(state, at)].filter((hold) => hold.take.poisonable),
    why: `the outcome of step "${stepLabel(at.step)}" on ${host} is unknown`,
  };
}

const noActs: EventActs = { set: [], clear: [] };

function noteEnd(state: RunState, at: StepAt, { outcome, ignored, leftOut }: StepOutcome): EventActs {
  if (!actsOnEvents(state.units, at.node)) return noActs;
  const host = state.plan.hosts[at.host] ?? '';
  const what = `step "${stepLabel(at.step)}" on ${host}`;
  const cause = state.graph.causes[at.node.id] ?? -1;
  const isCancelled = outcome === 'cancelled';
  const why = isCancelled && cause >= 0 ? describeNode(state, cause) : `${what} ${endWords[outcome]}`;
  const end = leftOut === true ? 'done' : unitEnd(outcome, ignored === true);
  return noteUnitEnd(state.units, at.node, end, why);
}

const endWords: Readonly<Record<Outcome, string>> = {
  ok: 'is ok',
  changed: 'is ok',
  skipped: 'was skipped',
  failed: 'failed',
  unreachable: 'was unreachable',
  unknown: 'is unknown',
  cancelled: 'was cancelled',
};

function unitEnd(outcome: Outcome, ignored: boolean): UnitEnd {
  if (ignored) return 'bad';
  if (outcome === 'ok' || outcome === 'changed') return 'done';
  return outcome === 'skipped' ? 'skipped' : 'bad';
}

function nodeEnd(outcome: Outcome, ignored: boolean): NodeEnd {
  if (ignored || outcome === 'ok' || outcome === 'changed' || outcome === 'skipped') return 'passed';
  return outcome === 'failed' ? 'failed' : 'cancelled';
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && /^(true|yes|on|1)$/i.test(value.trim()));
}
