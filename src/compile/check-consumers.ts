import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import { consumersOf } from './consume-pass.ts';
import type { BlockMember, Member, MemberList, PlayTree } from './play-tree.ts';

/** Errors of blocks with `consume`: what can't be done for each item of a queue by itself. */
export function checkConsumers(trees: readonly PlayTree[]): Diagnostic[] {
  return consumersOf(trees).flatMap(({ member }) => {
    const ids = new Set<string>();
    for (const inner of membersOf(member)) if (inner.id !== undefined) ids.add(inner.id);
    const own = ownProblem(member);
    return [...own, ...membersOf(member).flatMap(({ member: inner }) => problemOf(inner, ids) ?? [])];
  });
}

function ownProblem({ block, background }: BlockMember): Diagnostic[] {
  const { repeat, consume } = block.keywords;
  if (consume !== undefined) return background === undefined ? [] : [refusal(...onItself, block.at)];
  if (repeat === undefined || repeat.while !== undefined || repeat.max !== undefined) return [];
  if (background === 'daemon') return [];
  const hint = 'give it `while` or `max`, or make the block a daemon: `background: daemon`';
  return [errorDiagnostic('RB321', 'this block would be repeated without end', { at: repeat.at, hint })];
}

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
  const outside = member.needs?.find((need) => !ids.has(need.step));
  if (outside !== undefined)
    return refusal(
      `\`needs: ${outside.step}\``,
      'a step in the block can need steps of the same item only',
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
  const { runOnce, barrier, background } = keywords;
  const where = (key: string): Place => places[key] ?? at;
  if (runOnce === true)
    return refusal('"run_once"', 'each item goes to one host only anyway', 'take it away', where('run_once'));
  if (barrier !== undefined)
    return refusal(
      '"barrier"',
      'hosts come here as often as they get items',
      'meet behind the block',
      where('barrier'),
    );
  if (background !== undefined)
    return refusal(
      '"background"',
      'an item is done when its block has ended',
      'work on more items at a time: `consume: {workers: N}`',
      where('background'),
    );
  return undefined;
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
