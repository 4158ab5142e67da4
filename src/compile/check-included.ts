import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Plan, PlanBlock, PlanStep } from '../model/plan.ts';
import type { Keywords } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import { checkConsumers } from './check-consumers.ts';
import { limitProblems } from './check-limits.ts';
import { checkSharedReads, type SharedRoot, sharedKinds } from './check-shared-reads.ts';
import { digraph, indegrees, settle } from './graph.ts';
import type { IncludedBlock } from './included-block.ts';
import { isTemplate } from './is-template.ts';
import { batchStart } from './lane.ts';
import type { NameReader } from './names-read.ts';
import { checkNeeds } from './needs.ts';
import { answersTo } from './notified-handlers.ts';
import { bringsSteps } from './runtime-names.ts';

/** How deep includes may lie in each other. */
export const deepestInclude = 64;

/**
 * What is wrong with included steps, by the rules for those that a plan has from the start.
 *
 * @param reader Finds what templates read; without it that is not looked at.
 */
export function checkIncluded(
  plan: Plan,
  by: PlanStep,
  block: IncludedBlock,
  reader: NameReader | undefined,
): readonly Diagnostic[] {
  const owners = [...block.steps, ...block.blocks];
  const found = [
    ...checkDepth(by),
    ...checkNeeds([block.tree]),
    ...checkConsumers([block.tree]),
    ...checkOrder(block, by),
    ...limitProblems(plan.declarations, owners),
    ...owners.flatMap((owner) => checkNames(plan, owner)),
    ...owners.flatMap((owner) => checkKnown(owner)),
    ...checkNotified(plan, block),
    ...(reader === undefined ? [] : checkShared(plan, block, reader)),
  ];
  return found.filter(({ severity }) => severity === 'error');
}

function checkDepth(by: PlanStep): Diagnostic[] {
  if ((by.depth ?? 0) < deepestInclude) return [];
  const message = `includes lie in each other more than ${deepestInclude} deep`;
  const hint = 'does the file include itself? let a `when` end it';
  return [errorDiagnostic('RB113', message, { at: by.at, hint })];
}

function checkOrder({ slots }: IncludedBlock, by: PlanStep): Diagnostic[] {
  const from: number[] = [];
  const to: number[] = [];
  for (const [index, { deps }] of slots.entries())
    for (const dep of deps) {
      if (dep.slot === batchStart) continue;
      from.push(dep.slot);
      to.push(index);
    }
  const graph = digraph(slots.length, from, to);
  if (settle(graph, indegrees(graph)).order.length === graph.size) return [];
  return [errorDiagnostic('RB302', 'the included steps wait for each other', { at: by.at })];
}

function checkNames({ declarations }: Plan, { keywords }: PlanStep | PlanBlock): Diagnostic[] {
  const { events, queues } = declarations;
  const uses = [...(keywords.wait ?? []), ...(keywords.set ?? []), ...(keywords.clear ?? [])];
  const found = uses.flatMap(({ event, at }) => undeclared('event', event, events, at));
  const { consume } = keywords;
  return consume === undefined
    ? found
    : [...found, ...undeclared('queue', consume.queue, queues, consume.at)];
}

/**
 * What of these is declared nowhere may come from the inventory, of which nothing is known here; a name that is declared at
 * all is the author's own only where the playbook says so too.
 */
function checkShared(plan: Plan, { steps }: IncludedBlock, reader: NameReader): Diagnostic[] {
  const layers = [plan, ...plan.plays, ...steps].flatMap((one) => one.layers);
  const own = new Set([
    ...layers.flatMap(({ values }) => Object.keys(values)),
    ...[...plan.steps, ...steps]
      .flatMap(({ keywords }) => [keywords.register ?? [], keywords.loopControl?.loopVar ?? []])
      .flat(),
  ]);
  const isOwn = (name: SharedRoot) =>
    own.has(name) || Object.keys(plan.declarations[sharedKinds[name]]).length === 0;
  return checkSharedReads({ declarations: plan.declarations, steps, reader, isOwn });
}

function undeclared(kind: string, name: string, declared: object, at: Place): Diagnostic[] {
  if (Object.hasOwn(declared, name)) return [];
  const message = `${kind} "${name}" is not declared${didYouMean(name, Object.keys(declared))}`;
  return [errorDiagnostic('RB212', message, { at, hint: 'declare it at the root of the playbook' })];
}

/** What has to be known before the run, and is not for steps that come in it. */
function checkKnown({ keywords, at, places }: PlanStep | PlanBlock): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (keywords.barrier !== undefined)
    found.push(
      errorDiagnostic('RB314', 'hosts cannot meet in an included file: which of them come is not known', {
        at: places?.['barrier'] ?? at,
        hint: 'put the barrier before or behind the include',
      }),
    );
  for (const text of textsOf(keywords))
    found.push(
      errorDiagnostic('RB323', `"${String(text)}" has to be known before the run`, {
        at,
        hint: 'in an included file, keys and timeouts of locks and events are written without templates',
      }),
    );
  return found;
}

function textsOf({ limits = [], wait = [] }: Keywords): readonly Value[] {
  const texts = [...limits.flatMap((use) => [use.key, use.timeout]), ...wait.map((one) => one.timeout)];
  return texts.filter((text): text is string => typeof text === 'string' && isTemplate(text));
}

function checkNotified(plan: Plan, { steps, handlers, tree }: IncludedBlock): Diagnostic[] {
  if (steps.some(bringsSteps) || tree.play.dialect === 'ansible') return [];
  const own = (plan.plays[tree.index]?.handlers ?? []).flatMap((index) => plan.steps[index] ?? []);
  const all = [...own, ...handlers];
  // A role that is included later may still bring it, and a templated name may come to be any.
  if (all.some(({ name }) => isTemplate(name ?? ''))) return [];
  const names = all.flatMap(({ name, keywords }) => [name ?? [], keywords.listen ?? []].flat());
  return steps.flatMap((step) =>
    (step.keywords.notify ?? [])
      .filter((name) => !isTemplate(name) && !all.some((handler) => answersTo(handler, name)))
      .map((name) =>
        errorDiagnostic('RB304', `no handler is named "${name}"${didYouMean(name, names)}`, {
          at: step.places['notify'] ?? step.at,
        }),
      ),
  );
}
