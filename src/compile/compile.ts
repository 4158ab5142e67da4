import type { Diagnostic } from '../model/diagnostic.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Plan, PlanBlock, PlanTexts } from '../model/plan.ts';
import type { Playbook } from '../model/playbook.ts';
import { hasBlockPasses, inOnePass } from './block-passes.ts';
import { checkDraft } from './check-draft.ts';
import { checkPasses } from './check-passes.ts';
import type { CompileOptions } from './compile-input.ts';
import { deepFreeze } from './deep-freeze.ts';
import { type Draft, draftPlan } from './draft.ts';
import { eventLinks } from './event-graph.ts';
import { knownLimitTexts } from './known-limit-texts.ts';
import { longestPaths } from './priorities.ts';
import { withRenderedTags } from './render-tags.ts';

/** What compiling gives: the plan, unless an error stands among the diagnostics. */
export interface CompileResult {
  readonly plan?: Plan | undefined;
  /** All errors and warnings; the warnings stand in the plan as well. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles a playbook for an inventory and a selection into the frozen DAG of everything that is to run. Nothing is
 * connected to, no lookup is evaluated. All problems are told at once.
 */
export function compile(playbook: Playbook, inventory: Inventory, options: CompileOptions): CompileResult {
  const unknownTags: Diagnostic[] = [];
  const tagged = withRenderedTags(playbook, options, unknownTags);
  const draft = draftPlan(tagged, inventory, options);
  const { texts, diagnostics: unknownTexts } = knownLimitTexts(draft, options);
  const found = [...checkOnePass(tagged, inventory, options), ...checkDraft(draft, options)];
  const once = hasBlockPasses(tagged) ? distinct(found) : found;
  const diagnostics = [...unknownTags, ...once, ...unknownTexts];
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) return { diagnostics };
  return { plan: finishPlan(draft, texts, diagnostics), diagnostics };
}

/** What can be said before the run of blocks that run more than once: what is wrong with one pass of them. */
function checkOnePass(playbook: Playbook, inventory: Inventory, options: CompileOptions): Diagnostic[] {
  if (!hasBlockPasses(playbook)) return [];
  const draft = draftPlan(inOnePass(playbook), inventory, options);
  return [...checkPasses(playbook), ...checkDraft(draft, options)];
}

function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const keyOf = ({ code, message, at }: Diagnostic) =>
    `${code} ${at?.file} ${at?.line} ${at?.column} ${message}`;
  return [...new Map(diagnostics.map((one) => [keyOf(one), one])).values()];
}

function finishPlan(draft: Draft, texts: PlanTexts, warnings: readonly Diagnostic[]): Plan {
  const { playbook, tables, nodes } = draft;
  setPriorities(nodes, longestPaths(draft.order, draft.settled, nodes.length));
  return deepFreeze({
    version: 1,
    name: playbook.name,
    file: playbook.file,
    dialect: playbook.dialect,
    hosts: draft.hosts,
    plays: draft.plays,
    steps: tables.steps,
    blocks: tables.blocks.map((block) => withPass(block, draft.passes)),
    nodes,
    declarations: playbook.declarations,
    eventLinks: eventLinks(draft.uses),
    layers: [...playbook.layers, ...draft.fixed],
    presetEvents: [...draft.preset],
    ...(Object.keys(texts).length > 0 && { texts }),
    warnings,
  });
}

function withPass(block: PlanBlock, passes: Draft['passes']): PlanBlock {
  const pass = passes.get(block.index);
  return pass === undefined ? block : { ...block, pass };
}

/** The nodes were made for this plan and are frozen after this, so that writing to them is still allowed. */
function setPriorities(nodes: Draft['nodes'], lengths: Uint32Array): void {
  for (const node of nodes as readonly { id: number; priority: number }[])
    node.priority = lengths[node.id] ?? 0;
}
