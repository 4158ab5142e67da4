import type {
  Condition,
  Keywords,
  PassesAction,
  Play,
  Playbook,
  Step,
  StepAction,
} from '../model/playbook.ts';

type BlockAction = Extract<StepAction, { readonly type: 'block' }>;

/** Whether keywords make a block run more than once: for each item of a loop, or until it does well. */
export function isInPasses({ loop, until, retries }: Keywords): boolean {
  return loop !== undefined || until !== undefined || retries !== undefined;
}

/**
 * A block that runs more than once, as the plan has it: a block with what goes for it as a whole (gates, limits, what its
 * steps inherit), and in it one step that brings its passes into the run. A `when` is asked for each item. `rescue` and
 * `always` stand behind the last attempt; with a loop on the same block they are part of each item.
 */
export function asPasses(step: Step): Step {
  const { action, keywords } = step;
  if (action.type !== 'block' || !isInPasses(keywords)) return step;
  return keywords.loop === undefined ? inAttempts(step, action) : overItems(step, action);
}

function overItems(step: Step, action: BlockAction): Step {
  const { loop, loopControl, until, retries, delay, backoff, when, ...whole } = step.keywords;
  const pass: Step = {
    at: step.at,
    action,
    keywords: written({ until, retries, delay, backoff }),
    places: step.places,
  };
  const head = headOf(step, { type: 'passes', pass }, written({ loop, loopControl, when }));
  return { ...step, action: { ...action, body: [head], rescue: [], always: [] }, keywords: whole };
}

function inAttempts(step: Step, action: BlockAction): Step {
  const { until, retries, delay, backoff, ...whole } = step.keywords;
  const { at, places } = step;
  const pass: Step = { at, action: { ...action, rescue: [], always: [] }, keywords: {}, places };
  const check = until === undefined ? {} : { until: untilStep(step, until) };
  const head = headOf(step, { type: 'passes', pass, ...check }, written({ retries, delay, backoff }));
  return { ...step, action: { ...action, body: [head] }, keywords: whole };
}

function headOf({ name, id, at, places }: Step, action: PassesAction, keywords: Keywords): Step {
  return { name: name ?? id ?? 'block', at, action, keywords, places };
}

/** What fails an attempt after which `until` does not hold. */
function untilStep({ places, at }: Step, conditions: readonly Condition[]): Step {
  const params = {
    that: conditions,
    quiet: true,
    fail_msg: `until does not hold: ${conditions.join(' and ')}`,
  };
  return {
    name: 'until',
    at: places['until'] ?? at,
    action: { type: 'module', module: 'assert', written: 'assert', params, at },
    keywords: {},
    places: {},
  };
}

function written(keywords: Keywords): Keywords {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));
}

/** Every step in a list, blocks and what they hold, in order of writing. */
export function* writtenSteps(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    const { action } = step;
    if (action.type === 'passes') yield* writtenSteps([action.pass]);
    if (action.type !== 'block') continue;
    for (const list of [action.body, action.rescue, action.always]) yield* writtenSteps(list);
  }
}

/** Every step of a play, handlers too, as written. */
export function* writtenInPlay({ preTasks, steps, postTasks, handlers }: Play): Generator<Step> {
  for (const list of [preTasks, steps, postTasks, handlers]) yield* writtenSteps(list);
}

/** Whether a playbook has a block that runs more than once. */
export function hasBlockPasses(playbook: Playbook): boolean {
  return playbook.plays.some((play) =>
    [...writtenInPlay(play)].some(({ action, keywords }) => action.type === 'block' && isInPasses(keywords)),
  );
}

/**
 * A playbook in which such blocks run once: what is wrong with its order, its limits and its names is wrong with a pass of
 * them, and is found before the run.
 */
export function inOnePass(playbook: Playbook): Playbook {
  const plays = playbook.plays.map((play) => ({
    ...play,
    preTasks: play.preTasks.map(once),
    steps: play.steps.map(once),
    postTasks: play.postTasks.map(once),
  }));
  return { ...playbook, plays };
}

function once(step: Step): Step {
  const { action } = step;
  if (action.type !== 'block') return step;
  const { loop: _loop, until, retries, delay: _delay, backoff: _backoff, ...keywords } = step.keywords;
  const last = until === undefined ? [] : [untilStep(step, until)];
  const body = [...action.body.map(once), ...last];
  const whole = { ...action, body, rescue: action.rescue.map(once), always: action.always.map(once) };
  return { ...step, action: whole, keywords: isInPasses(step.keywords) ? keywords : step.keywords };
}
