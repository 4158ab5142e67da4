import { RunbookError } from '../model/diagnostic.ts';
import type { Growth, IncludedPart, IncludedSteps, IncludeSite } from '../model/include.ts';
import type { NodeId, PlanBlock, PlanNode, PlanStep } from '../model/plan.ts';
import type { Selection } from '../model/run-options.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { checkIncluded } from './check-included.ts';
import type { CompileTemplates } from './compile-input.ts';
import { consumePasses } from './consume-pass.ts';
import { type IncludedBlock, includedBlock } from './included-block.ts';
import type { NameReader } from './names-read.ts';
import { needResolver } from './needs.ts';
import { withIncludedTags } from './render-tags.ts';
import { tagFilter } from './select-tags.ts';
import { stampIncluded } from './stamp-included.ts';

/** Adds what steps include to the plan of a run. */
export interface Includer {
  /**
   * Compiles included steps and adds them to the plan, all or nothing. Hosts that include the same share the steps;
   * nodes are made for each.
   *
   * @throws RunbookError with everything that is wrong with the steps, by the codes that a compiled plan is refused with
   */
  include(site: IncludeSite, requests: readonly IncludedSteps[]): Growth;
}

/**
 * Makes the includer of a run.
 *
 * @param reader Finds what templates of included steps read of `state`, `queue` and `pool`, to refuse undeclared names.
 * @param engine Renders tags that are templates; without it they stay as they are.
 */
export function createIncluder(
  plan: RunPlan,
  selection: Pick<Selection, 'tags' | 'skipTags'>,
  reader?: NameReader,
  engine?: Pick<CompileTemplates, 'renderNative'>,
): Includer {
  const tags = tagFilter(selection);
  const blocks = new Map<string, IncludedBlock>();
  const blockOf = (site: IncludeSite, included: IncludedSteps): { block: IncludedBlock; isNew: boolean } => {
    const key = `${site.step.index} ${site.meets} ${included.key}`;
    const before = blocks.get(key);
    if (before !== undefined) return { block: before, isNew: false };
    const known = { by: site.step, included };
    const tagged = engine === undefined ? known : withIncludedTags(plan, site.step, included, engine);
    const block = withKnownHandlers(
      plan,
      includedBlock(plan, tagged.by, tagged.included, { tags, meets: site.meets }),
    );
    const errors = checkIncluded(plan, site.step, block, reader);
    if (errors.length > 0) throw new RunbookError(errors);
    add(plan, block);
    blocks.set(key, block);
    return { block, isNew: true };
  };
  return {
    include: (site, requests) => {
      const made = requests.map((included) => blockOf(site, included));
      const fresh = made.filter(({ isNew }) => isNew).map(({ block }) => block);
      const { nodes, parts } = stampAll(
        made.map(({ block }) => block),
        site,
      );
      return {
        steps: fresh.flatMap((one) => one.steps),
        blocks: fresh.flatMap((one) => one.blocks),
        handlers: fresh.flatMap((one) => one.handlers),
        nodes,
        parts,
      };
    },
  };
}

/** The blocks of all requests, one after another on each host. */
function stampAll(blocks: readonly IncludedBlock[], site: IncludeSite): Pick<Growth, 'nodes' | 'parts'> {
  const nodes: PlanNode[] = [];
  const parts = new Map<number, IncludedPart[]>(site.hosts.map((host) => [host, []]));
  let before: readonly NodeId[] = [];
  let nextId = site.firstId;
  for (const block of blocks) {
    if (block.block === undefined) continue;
    const stamped = stampIncluded(block, site, nextId, before);
    nodes.push(...stamped.nodes);
    nextId = stamped.nextId;
    before = stamped.parts.map(({ end }) => end);
    for (const [position, host] of site.hosts.entries()) {
      const part = stamped.parts[position];
      if (part !== undefined) parts.get(host)?.push(part);
    }
  }
  return { nodes, parts };
}

function add(plan: RunPlan, { steps, blocks, tree, handlers }: IncludedBlock): void {
  const passes = consumePasses([tree], needResolver([tree]));
  plan.steps.push(...steps);
  plan.blocks.push(...blocks.map((block) => withPass(block, passes.get(block.index))));
  const play = plan.plays[tree.index];
  if (play === undefined || handlers.length === 0) return;
  plan.plays[tree.index] = { ...play, handlers: [...play.handlers, ...handlers.map(({ index }) => index)] };
}

function withPass(block: PlanBlock, pass: readonly PlanNode[] | undefined): PlanBlock {
  return pass === undefined ? block : { ...block, pass };
}

/** A role that is included again brings no handler twice. */
function withKnownHandlers(plan: RunPlan, block: IncludedBlock): IncludedBlock {
  const placeOf = ({ at }: PlanStep) => `${at.file}:${at.line}:${at.column}`;
  const play = plan.plays[block.tree.index];
  const known = new Set((play?.handlers ?? []).flatMap((index) => plan.steps[index] ?? []).map(placeOf));
  return { ...block, handlers: block.handlers.filter((handler) => !known.has(placeOf(handler))) };
}
