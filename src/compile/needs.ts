import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import { formatPlace, type Place } from '../model/place.ts';
import type { Need } from '../model/playbook.ts';
import { isTimedJoin, joinNeeds } from './join-needs.ts';
import type { BlockMember, MemberList, NamedMember, PlayTree, StepMember } from './play-tree.ts';

/** A need whose step was found and is selected. */
export interface ResolvedNeed {
  /** Index of the play that holds the step. */
  readonly play: number;
  readonly member: StepMember | BlockMember;
  readonly list: MemberList;
  readonly hosts: 'same' | 'all';
  readonly kind: 'ok' | 'end';
  /** Whether the step stands in the play that needs it. */
  readonly isLocal: boolean;
}

/** Finds what the needs of a step in a play name; needs that the selection removed are dropped. */
export type ResolveNeeds = (tree: PlayTree, needs: readonly Need[]) => readonly ResolvedNeed[];

/** A resolver over all plays. Needs that name nothing were told by `checkNeeds` and are dropped as well. */
export function needResolver(trees: readonly PlayTree[]): ResolveNeeds {
  return (tree, needs) => {
    const resolved: ResolvedNeed[] = [];
    for (const need of needs) {
      const found = findNamed(trees, tree, need.step);
      if (found?.named.member === undefined || found.named.list === undefined) continue;
      resolved.push({
        play: found.tree.index,
        member: found.named.member,
        list: found.named.list,
        hosts: need.hosts,
        kind: need.accept === 'ended' ? 'end' : 'ok',
        isLocal: found.tree === tree,
      });
    }
    return resolved;
  };
}

/** Errors of needs: a step that does not exist, one inside a block named from outside, a daemon that never ends. */
export function checkNeeds(trees: readonly PlayTree[]): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const tree of trees) {
    const sections = [tree.preTasks, tree.steps, tree.postTasks];
    for (const list of sections) checkList(trees, tree, list, [], diagnostics);
  }
  return diagnostics;
}

function checkList(
  trees: readonly PlayTree[],
  tree: PlayTree,
  list: MemberList,
  around: readonly Place[],
  diagnostics: Diagnostic[],
): void {
  for (const member of list.members) {
    if (member.type === 'flush') continue;
    const joined = member.type === 'step' ? (joinNeeds(member.step) ?? []) : [];
    for (const need of [...(member.needs ?? []), ...joined]) {
      const isTimed = joined.includes(need) && member.type === 'step' && isTimedJoin(member.step);
      const problem = problemOf(trees, tree, need, { around, isTimed });
      if (problem !== undefined) diagnostics.push(problem);
    }
    if (member.type !== 'block') continue;
    const inside = [...around, member.block.at];
    for (const part of [member.body, member.rescue, member.always])
      checkList(trees, tree, part, inside, diagnostics);
  }
}

function problemOf(
  trees: readonly PlayTree[],
  tree: PlayTree,
  need: Need,
  { around, isTimed }: { readonly around: readonly Place[]; readonly isTimed: boolean },
): Diagnostic | undefined {
  const found = findNamed(trees, tree, need.step);
  if (found === undefined) return unknownStep(trees, tree, need);
  const { named } = found;
  if (named.around.some((block) => !around.includes(block))) {
    return errorDiagnostic(
      'RB303',
      `step "${need.step}" stands inside a block and can only be needed from inside it`,
      {
        at: need.at,
        related: [{ at: named.at, note: 'the step' }],
        hint: 'give the block an id and need the block',
      },
    );
  }
  // Who waits for a limited time only may wait for a daemon.
  if (named.member?.background === 'daemon' && !isTimed) {
    return errorDiagnostic(
      'RB302',
      `step "${need.step}" is a daemon, which ends only after everything else`,
      {
        at: need.at,
        related: [{ at: named.at, note: 'the daemon' }],
        hint: 'let the daemon set an event and wait for that',
      },
    );
  }
  return undefined;
}

function unknownStep(trees: readonly PlayTree[], tree: PlayTree, need: Need): Diagnostic {
  const elsewhere = trees
    .filter((other) => other !== tree && other.play.id !== undefined)
    .flatMap((other) => [...other.named.keys()].map((id) => `${other.play.id}.${id}`));
  const names = [...tree.named.keys(), ...elsewhere];
  const owner = elsewhere.find((name) => name.endsWith(`.${need.step}`));
  const hint =
    owner === undefined
      ? 'needs names the id of a step of this play, or play-id.step-id'
      : `a step of another play is named ${owner}`;
  return errorDiagnostic('RB303', `no step has the id "${need.step}"${didYouMean(need.step, names)}`, {
    at: need.at,
    hint,
  });
}

interface Found {
  readonly tree: PlayTree;
  readonly named: NamedMember;
}

function findNamed(trees: readonly PlayTree[], tree: PlayTree, name: string): Found | undefined {
  const own = tree.named.get(name);
  if (own !== undefined) return { tree, named: own };
  for (const other of trees) {
    const { id } = other.play;
    if (id === undefined || !name.startsWith(`${id}.`)) continue;
    const named = other.named.get(name.slice(id.length + 1));
    if (named !== undefined) return { tree: other, named };
  }
  return undefined;
}

/** The order of plays. */
export interface PlayOrder {
  /** By play: the plays that it follows directly. */
  readonly follows: readonly (readonly number[])[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Needs of plays: which plays each one follows directly, and errors of those that do not exist. */
export function orderPlays(trees: readonly PlayTree[]): PlayOrder {
  const diagnostics: Diagnostic[] = [];
  const byId = new Map(trees.map((tree) => [tree.play.id, tree.index]));
  const follows: number[][] = [];
  let frontier: number[] = [];
  const followed = new Set<number>();
  for (const { play, index } of trees) {
    const targets = play.needs === undefined ? frontier.filter((other) => !followed.has(other)) : [];
    for (const need of play.needs ?? []) {
      const target = byId.get(need.play);
      if (target !== undefined) targets.push(target);
      else diagnostics.push(unknownPlay(need, trees));
    }
    for (const target of targets) followed.add(target);
    follows.push(targets);
    frontier = [...frontier.filter((other) => !followed.has(other)), index];
  }
  return { follows, diagnostics };
}

function unknownPlay(need: { play: string; at: Place }, trees: readonly PlayTree[]): Diagnostic {
  const ids = trees.flatMap((tree) => tree.play.id ?? []);
  const named = trees.find((tree) => tree.play.name === need.play);
  const hint =
    named === undefined
      ? 'needs of a play names the id of another play'
      : `the play of that name (${formatPlace(named.play.at)}) has no such id: give it \`id: ${need.play}\``;
  return errorDiagnostic('RB303', `no play has the id "${need.play}"${didYouMean(need.play, ids)}`, {
    at: need.at,
    hint,
  });
}
