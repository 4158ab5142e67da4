import type { PlanStep } from '../model/plan.ts';
import type { Keywords, Play } from '../model/playbook.ts';
import type { CompileOptions } from './compile-input.ts';
import { inheritable } from './fold-keywords.ts';
import { stepsOfPasses } from './fold-passes.ts';
import type { StepTables } from './folding.ts';
import { isTemplate } from './is-template.ts';
import { type NameReader, templatesOf } from './names-read.ts';
import { type PlayTree, stepsOfPlay } from './play-tree.ts';
import type { TagFilter } from './select-tags.ts';
import type { VariableIndex } from './variable-index.ts';

/** Where and for which hosts facts are gathered, by play. */
export interface FactPlan {
  /** The step that gathers; undefined where the play gathers nothing. */
  readonly step: PlanStep | undefined;
  /** Indexes of the hosts that no earlier play gathered for. */
  readonly hosts: ReadonlySet<number>;
  /** Of a play whose hosts are known late: indexes of hosts that an earlier play gathered for. */
  readonly served?: readonly number[] | undefined;
}

/** What decides about facts. */
export interface FactContext {
  readonly trees: readonly PlayTree[];
  readonly tables: StepTables;
  readonly reader: NameReader;
  readonly index: VariableIndex;
  readonly options: CompileOptions;
  readonly tags: TagFilter;
  /** Names of hosts by index. */
  readonly names: readonly string[];
  /** By play: host indexes of all batches. */
  readonly hosts: readonly (readonly number[])[];
  /** By play: all plays that it is ordered behind, directly or not. */
  readonly behind: readonly ReadonlySet<number>[];
  /** Whether the hosts of a play are known only when it is reached. */
  isLate(play: number): boolean;
}

/**
 * Plans the gathering of facts: as the first step of a play, where it asks for facts or reads one, and once for each
 * host: what a play gathered serves all plays ordered behind it.
 */
export function planFacts(context: FactContext): FactPlan[] {
  const plans: FactPlan[] = context.trees.map(() => ({ step: undefined, hosts: new Set() }));
  const seesOthers = context.trees.some((tree) => readsFactsOfOthers(context, tree));
  // A play is visited after all that it is ordered behind: those have fewer plays before them.
  const inOrder = [...context.trees].sort(
    (a, b) => sizeAt(context, a.index) - sizeAt(context, b.index) || a.index - b.index,
  );
  for (const tree of inOrder) {
    if (!isGathered(context, tree, seesOthers)) continue;
    if (context.isLate(tree.index)) {
      const all = [...new Set(context.hosts.flat())];
      const served = all.filter((host) => isServed(context, plans, tree, host));
      plans[tree.index] = { step: addFactStep(context.tables, tree), hosts: new Set(), served };
      continue;
    }
    const missing = (context.hosts[tree.index] ?? []).filter((host) => !isServed(context, plans, tree, host));
    if (missing.length === 0) continue;
    plans[tree.index] = { step: addFactStep(context.tables, tree), hosts: new Set(missing) };
  }
  return plans;
}

function sizeAt(context: FactContext, play: number): number {
  return context.behind[play]?.size ?? 0;
}

function isServed(context: FactContext, plans: readonly FactPlan[], tree: PlayTree, host: number): boolean {
  if (context.options.hasFacts?.(context.names[host] ?? '') === true) return true;
  const before = [...(context.behind[tree.index] ?? [])].filter((other) => plans[other]?.hosts.has(host));
  // A play that looks into another folder puts its local facts over those of the plays before it.
  const isLast = (play: number) =>
    before.every(
      (other) => sameFolder(context, other, tree.index) || context.behind[play]?.has(other) === true,
    );
  return before.some((other) => {
    const play = context.trees[other]?.play;
    return play !== undefined && servesFor(play, tree.play) && isLast(other);
  });
}

function sameFolder(context: FactContext, play: number, other: number): boolean {
  return context.trees[play]?.play.factPath === context.trees[other]?.play.factPath;
}

/** Whether what one play gathers is all that another asks for. */
function servesFor(play: Play, other: Play): boolean {
  return (
    play.factPath === other.factPath &&
    (play.gatherSubset === undefined || sameSubset(play.gatherSubset, other.gatherSubset))
  );
}

function sameSubset(a: readonly string[], b: readonly string[] | undefined): boolean {
  return b !== undefined && JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}

function isGathered(context: FactContext, tree: PlayTree, seesOthers: boolean): boolean {
  const { gatherFacts } = tree.play;
  // A play without steps that is to gather does so for those who read its hosts' facts.
  const isEmpty = stepsOfPlay(tree).next().done === true;
  if (gatherFacts === false || (isEmpty && gatherFacts !== true)) return false;
  if (!context.tags(factTags(tree.play))) return false;
  return gatherFacts === true || seesOthers || readsFacts(context, tree);
}

function factTags(play: Play): string[] {
  return [...new Set([...(play.keywords.tags ?? []), 'always'])];
}

/** The steps of a play, and those that come into the run with the passes of its blocks. */
function stepsToRead(tree: PlayTree): readonly PlanStep[] {
  return [...stepsOfPlay(tree)].flatMap(({ step }) => [step, ...stepsOfPasses(step)]);
}

function readsFacts(context: FactContext, tree: PlayTree): boolean {
  for (const step of [...stepsToRead(tree), ...tree.handlers]) {
    const module = step.action.type === 'module' ? (step.action.module ?? '') : '';
    if (context.options.modules.get(module)?.readsFacts === true) return true;
    const names = new Set(context.reader.ofStep(step));
    const isTold = module !== 'template' || addTemplateFile(context, step, names);
    if (!isTold || hasFact(context.index.closure(names))) return true;
    if (templatesOf(step).some((text) => /\b(?:lookup|query|q)\(\s*['"]template/.test(text))) return true;
  }
  return false;
}

/** Adds what a step's template file reads. False where the file cannot be looked at, so that it may read anything. */
function addTemplateFile(context: FactContext, step: PlanStep, names: Set<string>): boolean {
  const src = step.action.type === 'module' ? step.action.params['src'] : undefined;
  if (typeof src !== 'string' || isTemplate(src)) return false;
  const text = context.options.readTemplate?.(src, step.origin?.folders ?? []);
  // A file that includes others, or sets its own delimiters, is not read further.
  if (text === undefined || /\{%[-+]?\s*(?:include|import|from|extends)\b|#jinja2:/.test(text)) return false;
  for (const name of context.reader.ofTemplate(text)) names.add(name);
  return true;
}

/** Another host's facts are read through `hostvars`; which host's is not known before the run. */
function readsFactsOfOthers(context: FactContext, tree: PlayTree): boolean {
  return stepsToRead(tree).some((step) => {
    const texts = [...templatesOf(step), ...context.reader.conditionsOf(step)];
    return texts.some((text) => typeof text === 'string' && text.includes('hostvars') && namesFact(text));
  });
}

function namesFact(text: string): boolean {
  return (text.match(/\bansible_\w+/g) ?? []).some(isFactName);
}

function hasFact(names: Iterable<string>): boolean {
  for (const name of names) if (isFactName(name)) return true;
  return false;
}

/** Names that begin like facts and are settings of the connection, or tell about the run. */
const notFacts =
  /^ansible_(host|port|user|connection|password|private_key_file|host_key_checking|timeout|managed|check_mode|diff_mode|verbosity|version|forks|limit|loop|loop_var|index_var|run_tags|skip_tags|search_path|config_file|failed_task|failed_result|inventory_sources|collection_name|parent_role_names|parent_role_paths|dependent_role_names|python_interpreter)$|^ansible_(ssh|scp|sftp|become|sudo|su|shell|play|playbook|role|async|no)_|^ansible_(become|pipelining)$/;

/** Whether a name is a gathered fact: `ansible_facts`, or `ansible_` and a fact's name. */
export function isFactName(name: string): boolean {
  return name.startsWith('ansible_') && !notFacts.test(name);
}

function addFactStep(tables: StepTables, tree: PlayTree): PlanStep {
  const { play } = tree;
  const keywords: Keywords = { ...inheritable(play.keywords), tags: factTags(play) };
  const { gatherSubset, gatherTimeout, factPath } = play;
  const params = {
    ...(gatherSubset !== undefined && { gather_subset: gatherSubset }),
    ...(gatherTimeout !== undefined && { gather_timeout: gatherTimeout }),
    ...(factPath !== undefined && { fact_path: factPath }),
  };
  const at = play.places['gather_facts'] ?? play.at;
  const step: PlanStep = {
    index: tables.steps.length,
    play: tree.index,
    name: 'Gathering Facts',
    at,
    section: 'facts',
    action: { type: 'module', module: 'setup', written: 'setup', params, at },
    keywords,
    layers: [],
    rescuable: false,
    places: {},
  };
  tables.steps.push(step);
  return step;
}
