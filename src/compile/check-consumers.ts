import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import { consumersOf } from './consume-pass.ts';
import { joinNeeds } from './join-needs.ts';
import type { BlockMember, Member, MemberList, PlayTree } from './play-tree.ts';

/**
 * Errors of blocks with `consume` or `repeat`: what can't be done for each item of a queue, or in each pass, by itself. In
 * a pass hosts may meet, and steps may go on in the background until it ends.
 */
export function checkConsumers(trees: readonly PlayTree[]): Diagnostic[] {
  return consumersOf(trees).flatMap(({ member }) => {
    const ids = new Set<string>();
    for (const inner of membersOf(member)) if (inner.id !== undefined) ids.add(inner.id);
    const own = ownProblem(member);
    const { repeat } = member.block.keywords;
    const beside = repeat === undefined ? besideItem : besidePass;
    return [
      ...own,
      ...membersOf(member).flatMap(({ member: inner }) => problemOf(inner, ids) ?? beside(inner) ?? []),
    ];
  });
}

function ownProblem({ block, background }: BlockMember): Diagnostic[] {
  const { repeat, consume, barrier } = block.keywords;
  if (consume !== undefined) {
    const found = background === undefined ? [] : [refusal(...onItself, block.at)];
    if (barrier !== undefined) found.push(refusal(...meetingItems, block.places?.['barrier'] ?? block.at));
    return found;
  }
  if (repeat === undefined || repeat.while !== undefined || repeat.max !== undefined) return [];
  if (background === 'daemon') return [];
  const hint = 'give it `while` or `max`, or make the block a daemon: `background: daemon`';
  return [errorDiagnostic('RB321', 'this block would be repeated without end', { at: repeat.at, hint })];
}

const meetingItems = [
  '"barrier"',
  'hosts come here as often as they get items',
  'meet behind the block',
] as const;

const onItself = [
  '"background"',
  'the consumer would go on beside its lane',
  'put the consumer into a play of its own with `needs: []`',
] as const;

function problemOf(member: Member, ids: ReadonlySet<string>): Diagnostic | undefined {
  if (member.type === 'flush')
    return refusal(
      '`meta: flush_handlers`',
      'handlers run once for the host, not once for each item',
      'move it behind the block',
      member.at,
    );
  const owner = member.type === 'step' ? member.step : member.block;
  const { places = {}, keywords, at } = owner;
  const joined = member.type === 'step' ? (joinNeeds(member.step) ?? []) : [];
  const outside = [...(member.needs ?? []), ...joined].find((need) => !ids.has(need.step));
  if (outside !== undefined)
    return refusal(
      `\`needs: ${outside.step}\``,
      'a step in the block can need or join steps of the same item or pass only',
      'let the block itself need it',
      outside.at,
    );
  if (keywords.consume !== undefined || keywords.repeat !== undefined)
    return refusal(
      keywords.repeat === undefined ? '"consume"' : '"repeat"',
      'such a block cannot stand in another',
      'put the items into the second queue, and consume that beside this block',
      places['consume'] ?? at,
    );
  if (keywords.runOnce !== true) return undefined;
  return refusal(
    '"run_once"',
    'each host goes through it by itself',
    'take it away',
    places['run_once'] ?? at,
  );
}

function besideItem(member: Member): Diagnostic | undefined {
  if (member.type === 'flush') return undefined;
  const { keywords, at, places = {} } = member.type === 'step' ? member.step : member.block;
  if (keywords.barrier !== undefined) return refusal(...meetingItems, places['barrier'] ?? at);
  if (keywords.background === undefined) return undefined;
  return refusal(
    '"background"',
    'an item is done when its block has ended',
    'work on more items at a time: `consume: {workers: N}`',
    places['background'] ?? at,
  );
}

/** What goes on in the background has ended when its pass has; what lasts as long as the run cannot. */
function besidePass(member: Member): Diagnostic | undefined {
  if (member.type === 'flush') return undefined;
  const { keywords, at, places = {} } = member.type === 'step' ? member.step : member.block;
  if (keywords.background !== 'daemon') return undefined;
  return refusal(
    '"background: daemon"',
    'a pass waits for what it has begun, and a daemon lasts as long as the run',
    'put the daemon before the block, or write `background: true`',
    places['background'] ?? at,
  );
}

function refusal(what: string, why: string, hint: string, at: Place): Diagnostic {
  return errorDiagnostic('RB321', `${what} is not possible in a block with "consume" or "repeat": ${why}`, {
    at,
    hint,
  });
}

interface Inner {
  readonly member: Member;
  readonly id: string | undefined;
}

function membersOf(block: BlockMember): Inner[] {
  return [block.body, block.rescue, block.always].flatMap((list) => inList(list));
}

function inList(list: MemberList): Inner[] {
  return list.members.flatMap((member): Inner[] => {
    if (member.type === 'flush') return [{ member, id: undefined }];
    if (member.type === 'step') return [{ member, id: member.step.id }];
    return [{ member, id: member.block.id }, ...membersOf(member)];
  });
}
