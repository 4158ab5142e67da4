import { includes } from '../model/include.ts';
import type { PlanBlock, PlanStep } from '../model/plan.ts';
import type { LoopControl, Playbook, Step } from '../model/playbook.ts';
import { writtenInPlay, writtenSteps } from './block-passes.ts';
import { isTemplate } from './is-template.ts';
import { refreshesInventory } from './refreshes.ts';

/** What the steps of a playbook define while they run. */
export interface RuntimeNames {
  /** Names of `register` and `set_fact`. */
  readonly written: ReadonlySet<string>;
  /** Loop variables, loop indexes and items of queues. */
  readonly loop: ReadonlySet<string>;
  /** Whether names that nobody can list may be defined: `include_vars`, templated `vars_files`, included steps. */
  readonly isOpen: boolean;
  /** Whether hosts and groups may change: `add_host`, `group_by`, `meta: refresh_inventory`. */
  readonly changesInventory: boolean;
}

/** Collects the names that steps (handlers too) define. */
export function runtimeNames(
  playbook: Playbook,
  steps: readonly PlanStep[],
  blocks: readonly PlanBlock[],
): RuntimeNames {
  const written = new Set<string>();
  const loop = new Set<string>(['item', 'ansible_loop_var']);
  for (const { keywords } of blocks) if (keywords.consume !== undefined) loop.add(keywords.consume.as);
  for (const { keywords, action } of playbook.plays.flatMap((play) => [...writtenInPlay(play)]))
    if (action.type === 'block' && keywords.loopControl !== undefined)
      addLoopNames(keywords.loopControl, loop);
  let isOpen = playbook.plays.some((play) => (play.dynamicVarsFiles ?? []).length > 0);
  let changesInventory = false;
  for (const step of steps) {
    for (const name of namesWritten(step)) written.add(name);
    if (step.callbacks !== undefined) loop.add('result');
    if (step.keywords.loopControl !== undefined) addLoopNames(step.keywords.loopControl, loop);
    if (mayDefineAnything(step)) isOpen = true;
    if (changesHosts(step)) changesInventory = true;
  }
  return { written, loop, isOpen, changesInventory };
}

function addLoopNames({ loopVar, indexVar }: LoopControl, names: Set<string>): void {
  names.add(loopVar);
  if (indexVar !== undefined) names.add(indexVar);
}

/** Whether a step may define names that are not written in it: what it reads, gathers or gives to hosts it adds. */
function mayDefineAnything(step: PlanStep): boolean {
  if (bringsSteps(step) || hasOpenFacts(step)) return true;
  if (step.action.type !== 'module') return false;
  if (refreshesInventory(step.action)) return true;
  const { module } = step.action;
  return (
    module === undefined || module === 'include_vars' || module === 'add_host' || module.endsWith('_facts')
  );
}

/** Whether a step adds hosts or groups to the inventory, or reads it again. */
function changesHosts({ action }: Pick<PlanStep | Step, 'action'>): boolean {
  if (action.type === 'passes') return [...writtenSteps([action.pass])].some(changesHosts);
  if (action.type !== 'module') return false;
  return action.module === 'add_host' || action.module === 'group_by' || refreshesInventory(action);
}

/** The variables that a step writes for its host: `register`, and the names of `set_fact`. */
export function namesWritten(step: PlanStep): string[] {
  const names: string[] = [];
  if (step.keywords.register !== undefined) names.push(step.keywords.register);
  if (step.action.type === 'module' && step.action.module === 'set_fact')
    for (const name of Object.keys(step.action.params)) if (name !== 'cacheable') names.push(name);
  return names;
}

function hasOpenFacts(step: PlanStep): boolean {
  if (step.action.type !== 'module' || step.action.module !== 'set_fact') return false;
  const names = Object.keys(step.action.params);
  return step.action.paramsTemplate !== undefined || names.some(isTemplate);
}

/** Whether a step may add steps to the run, which are not known before. */
export function bringsSteps(step: PlanStep): boolean {
  return includes(step.action);
}
