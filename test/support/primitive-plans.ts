import type { NodeId, Plan } from '../../src/model/plan.ts';
import type { EventSet, EventWait, Keywords, LimitUse } from '../../src/model/playbook.ts';
import { type After, act, blockOn, PlanBuilder, somewhere, use, waitFor } from './plan-builder.ts';
import type { Random } from './seeds.ts';

/** The things that steps coordinate by. */
export const primitives = ['event', 'semaphore', 'lock', 'barrier', 'state', 'keyed lock', 'pool'] as const;

export type Primitive = (typeof primitives)[number];

/** A random small plan in which steps and blocks of two to four hosts use one primitive. Some of them deadlock. */
export function primitivePlan(primitive: Primitive, random: Random): Plan {
  const builder = new PlanBuilder(['h0', 'h1', 'h2', 'h3'].slice(0, 2 + random.next(3)));
  const at = somewhere;
  builder.declarations = {
    events: { e: { external: false, at }, f: { external: false, at } },
    semaphores: { s: { permits: 3, scope: 'run', at, onLost: 'poison' } },
    locks: { l: { scope: 'run', onLost: 'poison', at }, m: { scope: 'run', onLost: 'release', at } },
    queues: {},
    pools: { p: { members: ['p0', 'p1'], at } },
    state: { count: { value: 0, at } },
  };
  builder.play();
  const start = builder.join('play-start');
  const open = builder.join('batch-start', [start]);
  const lanes = new Map<string, NodeId>(builder.hosts.map((host) => [host, open]));
  for (let count = 2 + random.next(3); count > 0; count--) addMember(builder, primitive, random, lanes);
  const ends = [...lanes.values()].map((node): After => [node, 'end']);
  builder.join('play-end', [[builder.join('batch-end', ends), 'end']]);
  return builder.build();
}

function addMember(
  builder: PlanBuilder,
  primitive: Primitive,
  random: Random,
  lanes: Map<string, NodeId>,
): void {
  const name = `s${builder.steps.length}`;
  if (random.next(3) > 0 || primitive === 'barrier') {
    const step = builder.step(name, keywordsOf(primitive, random));
    for (const [host, last] of lanes) lanes.set(host, builder.on(host, step, [last]));
    return;
  }
  const keywords = primitive === 'event' ? {} : keywordsOf(primitive, random);
  const hasRescue = random.next(2) === 0;
  const block = builder.block(`b${builder.blocks.length}`, keywords, { hasRescue });
  const held = new Set(keywords.limits?.map((one) => one.name));
  const part = (which: 'body' | 'rescue' | 'always') => {
    const own = keywordsOf(primitive, random);
    const limits = own.limits?.filter((one) => !held.has(one.name) || one.kind === 'lock');
    return [builder.step(`${which} of ${name}`, { ...own, limits }, { block, part: which })];
  };
  const parts = {
    body: [...part('body'), ...part('body')],
    ...(hasRescue && { rescue: part('rescue') }),
    ...(random.next(2) === 0 && { always: part('always') }),
  };
  for (const [host, last] of lanes) lanes.set(host, blockOn(builder, host, block, parts, [last]).end);
}

function keywordsOf(primitive: Primitive, random: Random): Keywords {
  switch (primitive) {
    case 'event':
      return eventKeywords(random);
    case 'semaphore':
      return { limits: [use('semaphore', 's', { permits: 1 + random.next(3), ...timeoutOf(random) })] };
    case 'lock':
      return { limits: random.pick([['l'], ['m'], ['l', 'm']]).map((name) => use('lock', name)) };
    case 'keyed lock':
      return { limits: [use('lock', 'l', { key: 'k', ...timeoutOf(random) })] };
    case 'pool':
      return { limits: [use('pool', 'p')] };
    case 'barrier':
      return random.next(3) === 0 ? {} : { barrier: 'meet' };
    case 'state':
      return {};
  }
}

function timeoutOf(random: Random): Partial<LimitUse> {
  return random.next(4) === 0 ? { timeout: '1s' } : {};
}

function eventKeywords(random: Random): Keywords {
  const event = random.pick(['e', 'f']);
  const after = random.pick<EventSet['after']>(['all', 'first']);
  switch (random.next(5)) {
    case 0:
      return { wait: [waitFor(event)] };
    case 1:
      return {
        wait: [
          waitFor(event, {
            timeout: '2s',
            onTimeout: random.pick<EventWait['onTimeout']>(['fail', 'continue']),
          }),
        ],
      };
    case 2:
      return { clear: [act(event, after)] };
    case 3:
      return { set: [act(event, after)], clear: random.next(3) === 0 ? [act(event, after)] : [] };
    default:
      return { set: [act(event, after)] };
  }
}
