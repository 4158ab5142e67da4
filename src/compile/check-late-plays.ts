import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Draft } from './draft.ts';

/** Errors of needs that lead into or out of a play whose hosts are not known before the run. */
export function checkLatePlays({ selected, shapes, trees, tables }: Draft): Diagnostic[] {
  const isLate = (play: number) => selected.plays[play]?.late !== undefined;
  return shapes.flatMap(({ slots }, play) =>
    slots.flatMap(({ outside, joins, step, block }) =>
      [...outside, ...(joins?.needs ?? [])].flatMap((need) => {
        if (need.play === play || !(isLate(play) || isLate(need.play))) return [];
        const owner = step === -1 ? tables.blocks[block] : tables.steps[step];
        const other = trees[isLate(play) ? play : need.play]?.play;
        return [
          errorDiagnostic('RB323', 'the hosts of one of the two plays are known only when it is reached', {
            at: owner?.places?.['needs'] ?? owner?.at,
            ...(other !== undefined && {
              related: [{ at: other.hostsAt, note: 'earlier plays may add hosts here' }],
            }),
            hint: 'let an event stand between the two plays',
          }),
        ];
      }),
    ),
  );
}
