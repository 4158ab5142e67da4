import type { Place } from '../model/place.ts';
import type { BlockPart, PlanBlock, PlanStep } from '../model/plan.ts';
import type { Need, Play } from '../model/playbook.ts';

/** A step that was selected, with its keywords folded. */
export interface StepMember {
  readonly type: 'step';
  readonly step: PlanStep;
  readonly needs?: readonly Need[] | undefined;
  readonly background?: 'wait' | 'daemon' | undefined;
}

/** A block of which something was selected. */
export interface BlockMember {
  readonly type: 'block';
  readonly block: PlanBlock;
  /** Of a block with `consume`: the step that stands for the consumer as a whole. */
  readonly head?: PlanStep | undefined;
  readonly needs?: readonly Need[] | undefined;
  readonly background?: 'wait' | 'daemon' | undefined;
  readonly body: MemberList;
  readonly rescue: MemberList;
  readonly always: MemberList;
}

/** `meta: flush_handlers`: a point at which notified handlers run. */
export interface FlushMember {
  readonly type: 'flush';
  readonly at: Place;
}

/** What stands in a list of steps. */
export type Member = StepMember | BlockMember | FlushMember;

/** A list of steps: a section of a play, or one part of a block. */
export interface MemberList {
  /** Undefined for a section of a play. */
  readonly part?: BlockPart | undefined;
  readonly members: readonly Member[];
}

/** Where an id was written: the blocks around it, and what it names unless the selection removed it. */
export interface NamedMember {
  readonly id: string;
  readonly at: Place;
  /** Written places of the blocks around it, outermost first. */
  readonly around: readonly Place[];
  readonly member?: StepMember | BlockMember | undefined;
  readonly list?: MemberList | undefined;
}

/** An event that a step sets although the selection left the step out. */
export interface LeftOutSet {
  readonly event: string;
  readonly at: Place;
  readonly because: 'tags' | 'start-at';
}

/** A play with everything inherited folded in and what was not selected left out. */
export interface PlayTree {
  readonly play: Play;
  readonly index: number;
  readonly preTasks: MemberList;
  readonly steps: MemberList;
  readonly postTasks: MemberList;
  readonly handlers: readonly PlanStep[];
  /** Set where steps may bring handlers in the run: the step that stands for those at each flush. */
  readonly flush?: PlanStep | undefined;
  readonly named: ReadonlyMap<string, NamedMember>;
  readonly leftOut: readonly LeftOutSet[];
}

/** Every selected step of a list, blocks entered, in order of writing. */
export function* stepsOf(list: MemberList): Generator<StepMember> {
  for (const member of list.members) {
    if (member.type === 'step') yield member;
    else if (member.type === 'block') {
      yield* stepsOf(member.body);
      yield* stepsOf(member.rescue);
      yield* stepsOf(member.always);
    }
  }
}

/** Every selected step of a play but its handlers, in order of writing. */
export function* stepsOfPlay(tree: PlayTree): Generator<StepMember> {
  yield* stepsOf(tree.preTasks);
  yield* stepsOf(tree.steps);
  yield* stepsOf(tree.postTasks);
}
