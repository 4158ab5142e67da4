import { type BlockItem, type BlockSeries, delayAfter } from '../model/block-series.ts';
import { RunbookError } from '../model/diagnostic.ts';
import type { IncludedSteps } from '../model/include.ts';
import type { Place } from '../model/place.ts';
import { stepLabel } from '../model/plan.ts';
import type { Condition, PassesAction, Step } from '../model/playbook.ts';
import type { StepProgress } from '../model/step-run.ts';
import { Secret, Unsafe, type Value } from '../model/value.ts';
import type { Active, StepAt } from './active.ts';
import { refusalOf } from './admission.ts';
import { noteInBlock } from './block-runs.ts';
import type { PassEnd, PassSeries } from './include-meeting.ts';
import type { ConditionWork } from './options.ts';
import { rest } from './rest.ts';
import type { RunState } from './run-state.ts';

/** A block that runs more than once, on one host. */
export interface Passes {
  readonly state: RunState;
  readonly active: Active;
  readonly at: StepAt;
  readonly action: PassesAction;
  readonly work: ConditionWork;
}

/** The first pass, how it goes on, and what is told of all. */
export interface FirstPass {
  readonly pass: IncludedSteps;
  readonly series: PassSeries;
  readonly msg: string;
}

type Series<Kind extends BlockSeries['kind']> = Extract<BlockSeries, { readonly kind: Kind }>;

/** A pass for each item for which the block's condition holds, until one ends badly; undefined where there is none. */
export async function itemsOf(
  passes: Passes,
  { items, pauseMs }: Series<'items'>,
): Promise<FirstPass | undefined> {
  const { keywords } = passes.at.step;
  let index = 0;
  const upcoming = async (): Promise<IncludedSteps | undefined> => {
    for (; index < items.length; index++) {
      const item = items[index];
      if (item === undefined || !(await holdsFor(passes, item, keywords.when ?? []))) continue;
      index += 1;
      return itemPass(passes, item, index);
    }
    return undefined;
  };
  const next = async ({ end, failure }: PassEnd): Promise<IncludedSteps | PassEnd> => {
    if (end === 'failed' || end === 'cancelled') return { end, failure };
    const done = items[index - 1];
    const { breakWhen = [] } = keywords.loopControl ?? {};
    if (done !== undefined && breakWhen.length > 0 && (await holdsFor(passes, done, breakWhen)))
      return { end };
    if (index < items.length && pauseMs > 0) await rest(passes.state, passes.active, pauseMs);
    return refusedEnd(passes) ?? (await upcoming()) ?? { end };
  };
  const pass = await upcoming();
  if (pass === undefined) return undefined;
  const count = items.length === 1 ? '1 item' : `${items.length} items`;
  return {
    pass,
    series: { next: orFailing(passes, next) },
    msg: `${count}: ${labels(items)}`,
  };
}

const mostLabels = 10;

function labels(items: readonly BlockItem[]): string {
  const shown = items.slice(0, mostLabels).map(({ label }) => label);
  return [...shown, ...(items.length > mostLabels ? ['...'] : [])].join(', ');
}

/** Passes until one does not fail, `retries` further ones at most. In check mode there is one. */
export function attemptsOf(passes: Passes, series: Series<'attempts'>): FirstPass {
  const { state, active, at } = passes;
  const retries = state.options.singlePass === true ? 0 : series.retries;
  let attempt = 1;
  const next = async (ended: PassEnd): Promise<IncludedSteps | PassEnd> => {
    if (ended.end === 'passed' || ended.end === 'idle') return ended;
    if (attempt > retries) return ended;
    const isOut = state.hosts.plays[at.node.play]?.failed.has(at.host) === true;
    if (ended.end === 'cancelled' || isOut || refusedEnd(passes) !== undefined) return givenUp(passes, ended);
    tell(passes, { type: 'retry', attempt, of: retries, msg: failureText(ended) });
    const delayMs = delayAfter(series, attempt);
    if (delayMs > 0) await rest(state, active, delayMs);
    const refused = refusedEnd(passes);
    if (refused !== undefined) return givenUp(passes, { ...ended, ...refused });
    attempt += 1;
    return attemptPass(passes, attempt, retries);
  };
  const msg = `${retries + 1} ${retries === 0 ? 'attempt' : 'attempts'} at most`;
  return { pass: attemptPass(passes, attempt, retries), series: { next }, msg };
}

/** The blocks around hear of an attempt only where no further one takes up its failure. */
function givenUp({ state, at }: Passes, ended: PassEnd): PassEnd {
  noteInBlock(state.blocks, at.node, at.host, ended.end, ended.failure);
  return ended;
}

/** Why no further pass begins: how the whole ends then. */
function refusedEnd({ state, at }: Passes): PassEnd | undefined {
  const { node, host } = at;
  if (node.kind === 'consume' || node.kind === 'item') return undefined;
  const refusal = refusalOf(state, node, host);
  if (refusal === undefined) return undefined;
  return { end: refusal.end === 'cancelled' || refusal.end === 'failed' ? 'cancelled' : 'passed' };
}

function holdsFor(passes: Passes, item: BlockItem, conditions: readonly Condition[]): Promise<boolean> {
  const { work, state } = passes;
  if (conditions.length === 0) return Promise.resolve(true);
  const locals = new Map([...(work.locals ?? []), ...Object.entries(item.variables)]);
  return state.options.holds?.({ ...work, locals }, conditions) ?? Promise.resolve(true);
}

function itemPass({ action, work }: Passes, { variables, label }: BlockItem, number: number): IncludedSteps {
  return {
    // A secret is written as a mask, so that two of them would look the same.
    key: `${holdsSecret(variables) ? work.host : ''} ${number} ${JSON.stringify(variables, plain)}`,
    label,
    steps: [action.pass],
    handlers: [],
    layers: [
      { source: 'include-params', label: 'variables of the loop', values: variables, templated: false },
    ],
  };
}

function attemptPass({ action, state }: Passes, attempt: number, retries: number): IncludedSteps {
  const { pass, until } = action;
  const body = pass.action.type === 'block' ? pass.action.body : [pass];
  // In check mode nothing has been done that could make it hold.
  const last = until === undefined || state.options.singlePass === true ? [] : [until];
  return {
    key: `attempt ${attempt} ${attempt <= retries}`,
    label: `attempt ${attempt} of ${retries + 1}`,
    steps: [...body, ...last],
    handlers: [],
    layers: [],
    isRetried: attempt <= retries,
  };
}

/** What goes wrong between two passes fails as the one step of a pass of its own. */
function orFailing(passes: Passes, next: PassSeries['next']): PassSeries['next'] {
  return async (ended) => {
    try {
      return await next(ended);
    } catch (error) {
      if (!(error instanceof RunbookError)) throw error;
      return failingPass(passes.at.step.at, error);
    }
  };
}

function failingPass(at: Place, { message }: RunbookError): IncludedSteps {
  const params = { msg: new Unsafe(message) };
  const step: Step = {
    name: 'the next item',
    at,
    action: { type: 'module', module: 'fail', written: 'fail', params, at },
    keywords: {},
    places: {},
  };
  return { key: `failing ${message}`, label: 'the next item', steps: [step], handlers: [], layers: [] };
}

function failureText({ failure }: PassEnd): string {
  return failure === undefined ? 'the block failed' : `step "${stepLabel(failure.step)}" failed`;
}

function tell({ state, at }: Passes, progress: StepProgress): void {
  const host = state.plan.hosts[at.host] ?? '';
  state.options.emit({ type: 'step-progress', node: at.node.id, step: at.step.index, host, progress });
}

function holdsSecret(value: Value | Readonly<Record<string, Value>>): boolean {
  if (value instanceof Secret) return true;
  if (value instanceof Unsafe) return holdsSecret(value.value);
  if (typeof value !== 'object' || value === null) return false;
  const parts: readonly Value[] =
    value instanceof Map ? [...value.keys(), ...value.values()] : Object.values(value);
  return parts.some(holdsSecret);
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Map ? [...value] : value;
}
