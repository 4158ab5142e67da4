import type { PlanBlock, PlanStep } from '../../model/plan.ts';
import type { Keywords } from '../../model/playbook.ts';
import type { Draft } from '../draft.ts';
import { nodeAt, type PlayLayout } from '../layout.ts';
import type { LimitIdentities } from './limit-identities.ts';

/** The most hosts that are looked at, whatever their number. */
const mostHosts = 16;

/**
 * Chooses hosts that stand for all: of the hosts that go the same way (the same plays, the same steps decided before
 * the run, the same keys), as many as can matter.
 *
 * @param wanted How many of one class can matter.
 * @returns host indexes, each with the name of its class.
 */
export function hostClasses(
  draft: Draft,
  identities: LimitIdentities,
  wanted: number,
): ReadonlyMap<number, string> {
  const ways = new Map<string, Map<string, number[]>>();
  const slots = draft.shapes.map((_, play) => slotsThatMatter(draft, play));
  for (let host = 0; host < draft.hosts.length; host++) {
    const { way, details } = signatureOf(draft, identities, slots, host);
    const classes = ways.get(way) ?? new Map<string, number[]>();
    ways.set(way, classes);
    const members = classes.get(details) ?? [];
    classes.set(details, members);
    if (members.length < wanted) members.push(host);
  }
  return choose(ways);
}

/** Takes turns: first one class of each way, then the next one of each, while there is room. */
function choose(
  ways: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>,
): ReadonlyMap<number, string> {
  const chosen = new Map<number, string>();
  const lists = [...ways].map(([way, classes]) =>
    [...classes].map(([details, hosts]) => ({ name: `${way} ${details}`, hosts })),
  );
  const deepest = Math.max(0, ...lists.map((classes) => classes.length));
  for (let turn = 0; turn < deepest; turn++)
    for (const classes of lists) {
      const next = classes[turn];
      for (const host of next?.hosts ?? []) if (chosen.size < mostHosts) chosen.set(host, next?.name ?? '');
    }
  return chosen;
}

interface MatteringSlot {
  readonly slot: number;
  readonly owner: PlanStep | PlanBlock;
}

function slotsThatMatter({ shapes, tables }: Draft, play: number): MatteringSlot[] {
  const found: MatteringSlot[] = [];
  for (const [slot, { step, block, part }] of (shapes[play]?.slots ?? []).entries()) {
    const owner = block >= 0 ? tables.blocks[block] : tables.steps[step];
    if (owner !== undefined && (block < 0 || part === 'begin') && coordinates(owner.keywords))
      found.push({ slot, owner });
  }
  return found;
}

/** Whether a step or block waits for, holds or sets anything. */
export function coordinates({ wait, set, limits, barrier }: Keywords): boolean {
  return wait !== undefined || set !== undefined || limits !== undefined || barrier !== undefined;
}

function signatureOf(
  draft: Draft,
  identities: LimitIdentities,
  slots: readonly (readonly MatteringSlot[])[],
  host: number,
): { readonly way: string; readonly details: string } {
  const name = draft.hosts[host] ?? '';
  let way = '';
  let details = '';
  for (const play of draft.layout.plays) {
    const place = play.positions.get(host);
    if (place === undefined) continue;
    way += `${play.play},`;
    details += `;${place.batch.batch}`;
    for (const { slot, owner } of slots[play.play] ?? []) {
      if (isSkipped(draft, play, slot, host)) details += ',-';
      if (owner.keywords.limits === undefined) continue;
      const uses = identities.usesOf(owner, name);
      details += `,${uses.map((use) => commonLabel(identities, use.limit, name)).join('+')}`;
    }
  }
  return { way, details };
}

function isSkipped(draft: Draft, play: PlayLayout, slot: number, host: number): boolean {
  const place = play.positions.get(host);
  if (place === undefined) return true;
  const node = draft.nodes[nodeAt(place.batch, play.shape, slot, place.position)];
  return node !== undefined && 'skip' in node && node.skip !== undefined;
}

/** A limit of which every host has its own is the same for all of them, as far as they are alike. */
function commonLabel(identities: LimitIdentities, limit: number, host: string): string {
  const label = identities.limits[limit]?.label ?? '';
  return label.endsWith(` of ${host}`) ? label.slice(0, -host.length) : label;
}
