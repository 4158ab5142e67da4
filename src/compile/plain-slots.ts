import type { LaneSlot } from '../model/plan.ts';
import type { OutsideNeed, Slot } from './lane.ts';

/** Slots as data: what they need outside of their lane is named by the slots of that step, on all hosts. */
export function plainSlots(slots: readonly Slot[]): readonly LaneSlot[] {
  const exits = (needs: readonly OutsideNeed[]) =>
    needs.flatMap(({ member, kind }) => {
      const slot = exitOf(slots, member);
      return slot === undefined ? [] : [{ slot, kind }];
    });
  return slots.map(({ kind, step, block, part, deps, meets, outside, joins }) => ({
    kind,
    step,
    block,
    part,
    deps,
    meets,
    everywhere: exits(outside),
    ...(joins !== undefined && {
      joins: { slots: exits(joins.needs).map(({ slot }) => slot), isTimed: joins.isTimed },
    }),
  }));
}

function exitOf(slots: readonly Slot[], member: OutsideNeed['member']): number | undefined {
  const step = member.type === 'step' ? member.step : member.head;
  const isExit = (slot: Slot) =>
    step !== undefined
      ? slot.step === step.index
      : member.type === 'block' && slot.block === member.block.index && slot.part === 'end';
  const found = slots.findIndex(isExit);
  return found === -1 ? undefined : found;
}
