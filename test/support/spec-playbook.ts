import type { Play, Playbook, Step } from '../../src/model/playbook.ts';
import {
  type Held,
  heldInside,
  type MemberSpec,
  type PlaybookSpec,
  writesBarrier,
  writtenTakes,
} from './coordination-specs.ts';
import { place, play, playbook, step } from './playbook-builder.ts';
import { isOnce } from './spec-program.ts';

/** The playbook of a spec, as validating gives it. */
export function playbookOf(spec: PlaybookSpec): Playbook {
  return playbook({
    locks: ['a', 'b'],
    semaphores: { s: 2 },
    events: { e: {}, f: {} },
    plays: spec.plays.map(
      (one, index): Play =>
        play({
          id: `p${index}`,
          hosts: one.hosts,
          steps: listOf(one.members, new Set(), `${index}`),
          ...(one.beside ? { needs: [] } : {}),
          ...(one.serial ? { serial: [1] } : {}),
        }),
    ),
  });
}

function listOf(members: readonly MemberSpec[], held: Held, path: string): Step[] {
  return members.flatMap((member, index) => stepsOf(member, held, `${path}.${index}`));
}

function stepsOf(member: MemberSpec, held: Held, path: string): Step[] {
  const id = `s${path.replaceAll('.', '_')}`;
  const limits = writtenTakes(member, held).map(({ limit, permits }) => ({
    kind: limit === 's' ? ('semaphore' as const) : ('lock' as const),
    name: limit,
    permits,
    at: place(),
  }));
  const background = member.type === 'step' && member.background !== 'no' && held.size === 0;
  const written = step({
    id,
    ...(member.wait === undefined ? {} : { wait: [member.wait] }),
    ...(member.set === undefined
      ? {}
      : { set: [{ event: member.set.event, after: member.set.first ? 'first' : 'all' }] }),
    ...(writesBarrier(member, held) ? { barrier: 'meet' } : {}),
    ...(member.free ? { needs: [] } : {}),
    ...(member.type === 'step' && isOnce(member, held) ? { runOnce: true } : {}),
    ...(background ? { background: 'wait' } : {}),
    ...(member.type === 'block' ? { body: listOf(member.body, heldInside(member, held), path) } : {}),
  });
  const whole = { ...written, keywords: { ...written.keywords, ...(limits.length > 0 && { limits }) } };
  if (!background || member.background !== 'joined') return [whole];
  return [whole, step({ id: `${id}_join`, module: 'join', params: { steps: [id] } })];
}
