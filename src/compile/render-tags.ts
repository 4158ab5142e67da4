import { type Diagnostic, errorDiagnostic, RunbookError } from '../model/diagnostic.ts';
import { appliedKeywords, type IncludedSteps } from '../model/include.ts';
import type { Place } from '../model/place.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import type { Keywords, Play, Playbook, Step, StepAction } from '../model/playbook.ts';
import { Unsafe, type Value } from '../model/value.ts';
import type { CompileOptions, RawVariables } from './compile-input.ts';
import { isTemplate } from './is-template.ts';

interface Rendering {
  readonly options: { readonly engine: Pick<CompileOptions['engine'], 'renderNative'> };
  readonly found: Diagnostic[];
}

/**
 * The playbook with its tags rendered: with variables of the playbook, the play, the blocks around and the step itself,
 * and `-e`. RB323, told in `found`, for tags that read anything else: which steps are to run must be known before the
 * run.
 */
export function withRenderedTags(
  playbook: Playbook,
  options: Pick<CompileOptions, 'engine' | 'extraVars'>,
  found: Diagnostic[],
): Playbook {
  if (!playbook.plays.some(hasTemplate)) return playbook;
  const fixed: Record<string, Value> = Object.assign({}, ...options.extraVars.map(({ values }) => values));
  const above = { ...fixed, ...playbook.params };
  const plays = playbook.plays.map((play) =>
    hasTemplate(play) ? playWithTags(play, playbook, above, { options, found }) : play,
  );
  return { ...playbook, plays };
}

/**
 * Included steps with their tags rendered, and the step that includes them with those of its `apply`: with variables of
 * the playbook, the play, what is around the step and the step itself, and `-e`.
 *
 * @throws RunbookError RB323 for tags that read anything else
 */
export function withIncludedTags(
  plan: Plan,
  by: PlanStep,
  included: IncludedSteps,
  engine: Rendering['options']['engine'],
): { readonly by: PlanStep; readonly included: IncludedSteps } {
  const { action } = by;
  const apply = appliedKeywords(action);
  if (!included.steps.some(anyTagged) && !isTagged(apply)) return { by, included };
  const own = [...(plan.plays[by.play]?.layers ?? []), ...by.layers, ...included.layers];
  const below: RawVariables = Object.assign({}, ...[...plan.layers, ...own].map(({ values }) => values));
  const fixed = plan.layers.filter(({ source }) => source === 'extra-vars');
  const above: RawVariables = Object.assign({}, ...fixed.map(({ values }) => values));
  const rendering: Rendering = { options: { engine }, found: [] };
  const steps = included.steps.map((step) => stepWithTags(step, below, above, rendering));
  const keywords = keywordsWithTags(apply, by, { ...below, ...above }, rendering);
  if (rendering.found.length > 0) throw new RunbookError(rendering.found);
  const isApplied = action.type === 'module' && action.apply !== undefined;
  return {
    by: isApplied ? { ...by, action: { ...action, apply: keywords } } : by,
    included: { ...included, steps },
  };
}

function playWithTags(play: Play, { layers }: Playbook, above: RawVariables, rendering: Rendering): Play {
  const below: Record<string, Value> = {};
  for (const { values } of [...layers, ...play.layers]) Object.assign(below, values);
  const each = (steps: readonly Step[]) => steps.map((step) => stepWithTags(step, below, above, rendering));
  return {
    ...play,
    keywords: keywordsWithTags(play.keywords, play, { ...below, ...above }, rendering),
    preTasks: each(play.preTasks),
    steps: each(play.steps),
    postTasks: each(play.postTasks),
    handlers: each(play.handlers),
  };
}

function stepWithTags(step: Step, outer: RawVariables, above: RawVariables, rendering: Rendering): Step {
  const { action } = step;
  const reused = action.type === 'block' ? (action.reuse?.layers ?? []) : [];
  const inner: RawVariables = Object.assign(
    {},
    outer,
    ...reused.map(({ values }) => values),
    step.vars?.values,
  );
  return {
    ...step,
    keywords: keywordsWithTags(step.keywords, step, { ...inner, ...above }, rendering),
    action: actionWithTags(action, (one) => stepWithTags(one, inner, above, rendering)),
  };
}

function actionWithTags(action: StepAction, render: (step: Step) => Step): StepAction {
  if (action.type !== 'block') return action;
  const { body, rescue, always } = action;
  return { ...action, body: body.map(render), rescue: rescue.map(render), always: always.map(render) };
}

function keywordsWithTags(
  keywords: Keywords,
  owner: { readonly at: Place; readonly places: Readonly<Record<string, Place>> },
  variables: RawVariables,
  { options, found }: Rendering,
): Keywords {
  const { tags } = keywords;
  if (tags === undefined || !tags.some(isTemplate)) return keywords;
  try {
    const rendered = tags.flatMap((tag) =>
      isTemplate(tag) ? namesIn(options.engine.renderNative(tag, variables)) : tag,
    );
    return { ...keywords, tags: [...new Set(rendered)] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    found.push(
      errorDiagnostic('RB323', `the template in tags cannot be used: ${reason}`, {
        at: owner.places['tags'] ?? owner.at,
        hint: 'tags may read variables of the playbook, the play and the step, and -e',
      }),
    );
    return keywords;
  }
}

function namesIn(value: Value): string[] {
  if (value instanceof Unsafe) return namesIn(value.value);
  if (Array.isArray(value)) return value.flatMap((one: Value) => namesIn(one));
  if (value === null) return [];
  return String(value)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function hasTemplate(play: Play): boolean {
  const { keywords, preTasks, steps, postTasks, handlers } = play;
  return isTagged(keywords) || [preTasks, steps, postTasks, handlers].some((list) => list.some(anyTagged));
}

function anyTagged({ keywords, action }: Step): boolean {
  if (isTagged(keywords)) return true;
  return (
    action.type === 'block' &&
    [action.body, action.rescue, action.always].some((list) => list.some(anyTagged))
  );
}

function isTagged({ tags }: Keywords): boolean {
  return tags?.some(isTemplate) === true;
}
