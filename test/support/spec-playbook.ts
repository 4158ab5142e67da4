import type { Play, Playbook, Step } from '../../src/model/playbook.ts';
import {
  eventsSet,
  type Held,
  heldInside,
  type MemberSpec,
  type PlaybookSpec,
  type QueueSpec,
  writesBarrier,
  writtenTakes,
} from './coordination-specs.ts';
import { place, play, playbook, type StepText, step } from './playbook-builder.ts';
import { isOnce } from './spec-program.ts';

/** The playbook of a spec, as validating gives it. */
export function playbookOf(spec: PlaybookSpec): Playbook {
  const events = eventsSet(spec);
  const book = playbook({
    locks: ['a', 'b'],
    semaphores: { s: 2 },
    events: { e: {}, f: {} },
    plays: spec.plays.map(
      (one, index): Play =>
        play({
          id: `p${index}`,
          hosts: one.hosts,
          steps: listOf(one.members, new Set(), `${index}`, events),
          ...(one.beside ? { needs: [] } : {}),
          ...(one.serial ? { serial: [1] } : {}),
        }),
    ),
  });
  const queues = { q: { capacity: spec.capacity, at: place() } };
  return { ...book, declarations: { ...book.declarations, queues } };
}

type Events = ReadonlySet<string>;

function listOf(members: readonly MemberSpec[], held: Held, path: string, events: Events): Step[] {
  return members.flatMap((member, index) => stepsOf(member, held, `${path}.${index}`, events));
}

function stepsOf(member: MemberSpec, held: Held, path: string, events: Events): Step[] {
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
    ...(member.wait !== undefined && events.has(member.wait) ? { wait: [member.wait] } : {}),
    ...(member.set === undefined
      ? {}
      : { set: [{ event: member.set.event, after: member.set.first ? 'first' : 'all' }] }),
    ...(writesBarrier(member, held) ? { barrier: 'meet' } : {}),
    ...(member.free ? { needs: [] } : {}),
    ...(member.type === 'step' && isOnce(member, held) ? { runOnce: true } : {}),
    ...(background ? { background: 'wait' } : {}),
    ...(member.type === 'block' ? { body: listOf(member.body, heldInside(member, held), path, events) } : {}),
    ...(member.type === 'block' && member.repeat ? { repeat: { max: 2, at: place() } } : {}),
    ...(member.type === 'put' || member.type === 'drain' || member.type === 'consume'
      ? queueText(member, held, path, events)
      : {}),
  });
  const whole = { ...written, keywords: { ...written.keywords, ...(limits.length > 0 && { limits }) } };
  if (!background || member.background !== 'joined') return [whole];
  return [whole, step({ id: `${id}_join`, module: 'join', params: { steps: [id] } })];
}

function queueText(member: QueueSpec, held: Held, path: string, events: Events): StepText {
  const at = place();
  if (member.type === 'drain') return { module: 'queue', params: { join: 'q' } };
  if (member.type === 'put') {
    const value = Array.from({ length: member.items }, (_, index) => index);
    return { module: 'queue', params: { put: '{{ item }}', to: 'q' }, loop: { form: 'loop', value, at } };
  }
  const consume = { queue: 'q', as: 'job', workers: 1, retries: 0, at };
  const body = member.body.length === 0 ? [step('work')] : listOf(member.body, held, path, events);
  return { body, consume };
}
