import fc from 'fast-check';
import type { BlockPart, NodeId, Plan } from '../../src/model/plan.ts';
import type { Keywords } from '../../src/model/playbook.ts';
import { type After, act, blockOn, PlanBuilder, somewhere, use, waitFor } from './plan-builder.ts';

/** What a random step does with coordination. */
interface StepSpec {
  readonly limit: 'none' | 'lock' | 'lock2' | 'semaphore' | 'throttle';
  readonly wait: boolean;
  readonly set: 'none' | 'all' | 'first';
  readonly barrier: boolean;
  readonly fatal: boolean;
  readonly free: boolean;
}

/** A member of a lane. */
type MemberSpec =
  | { readonly type: 'step'; readonly step: StepSpec }
  | { readonly type: 'once' }
  | {
      readonly type: 'block';
      readonly lock: boolean;
      readonly body: readonly StepSpec[];
      readonly rescue: readonly StepSpec[] | undefined;
      readonly always: readonly StepSpec[] | undefined;
    };

/** A random playbook in small. */
export interface PlanSpec {
  readonly hosts: number;
  readonly plays: readonly {
    readonly serial: boolean;
    readonly beside: boolean;
    readonly handler: boolean;
    readonly forceHandlers: boolean;
    readonly members: readonly MemberSpec[];
  }[];
}

const step: fc.Arbitrary<StepSpec> = fc.record({
  limit: fc.oneof(
    { weight: 3, arbitrary: fc.constant('none' as const) },
    fc.constantFrom('lock' as const, 'lock2' as const, 'semaphore' as const, 'throttle' as const),
  ),
  wait: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  set: fc.oneof(
    { weight: 3, arbitrary: fc.constant('none' as const) },
    fc.constantFrom('all' as const, 'first' as const),
  ),
  barrier: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
  fatal: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  free: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
});

const steps = fc.array(step, { minLength: 1, maxLength: 2 });

const member: fc.Arbitrary<MemberSpec> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('step' as const), step }) },
  { weight: 1, arbitrary: fc.constant({ type: 'once' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('block' as const),
      lock: fc.boolean(),
      body: steps,
      rescue: fc.option(steps, { nil: undefined }),
      always: fc.option(steps, { nil: undefined }),
    }),
  },
);

/** Random small playbooks. */
export const planSpecs: fc.Arbitrary<PlanSpec> = fc.record({
  hosts: fc.integer({ min: 1, max: 4 }),
  plays: fc.array(
    fc.record({
      serial: fc.boolean(),
      beside: fc.boolean(),
      handler: fc.boolean(),
      forceHandlers: fc.boolean(),
      members: fc.array(member, { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

/** Builds the plan of a spec, in the shape that the compiler gives. */
export function randomPlan(spec: PlanSpec): Plan {
  const builder = new PlanBuilder(Array.from({ length: spec.hosts }, (_, index) => `h${index}`));
  builder.declarations = {
    events: { e: { external: false, at: somewhere } },
    locks: {},
    queues: {},
    pools: {},
    state: {},
    semaphores: { s: { permits: 2, scope: 'run', at: somewhere } },
  };
  const ends: NodeId[] = [];
  for (const play of spec.plays) ends.push(addPlay(builder, play, ends));
  return builder.build();
}

function addPlay(builder: PlanBuilder, spec: PlanSpec['plays'][number], before: readonly NodeId[]): NodeId {
  const all = builder.hosts.map((_, host) => host);
  const batches = spec.serial ? all.map((host) => [host]) : [all];
  const follows = spec.beside ? [] : before.map((_, index) => index);
  builder.play({ batches, follows, forceHandlers: spec.forceHandlers });
  const start = builder.join('play-start', spec.beside ? [] : before.map((id): After => [id, 'end', 'play']));
  const lanes = spec.members.map((one) => declare(builder, one));
  const handler = spec.handler ? builder.handler('handler') : undefined;
  let previous: NodeId | undefined;
  for (const [batch, hosts] of batches.entries()) {
    const opens: After[] = previous === undefined ? [start] : [start, [previous, 'end', 'batch']];
    const open = builder.join('batch-start', opens, batch);
    previous = addBatch(builder, lanes, { batch, hosts, open, handler, forced: spec.forceHandlers });
  }
  return builder.join('play-end', [[previous ?? start, 'end', 'play']], batches.length - 1);
}

type Declared = {
  readonly spec: MemberSpec;
  readonly step?: number;
  readonly block?: number;
  readonly parts?: Parts;
};
type Parts = Readonly<Partial<Record<BlockPart, readonly number[]>>>;

function declare(builder: PlanBuilder, spec: MemberSpec): Declared {
  const name = () => `s${builder.steps.length}`;
  if (spec.type === 'once') return { spec, step: builder.step(name(), { runOnce: true }) };
  if (spec.type === 'step') return { spec, step: builder.step(name(), keywordsOf(spec.step)) };
  const limits = spec.lock ? { limits: [use('lock', 'l')] } : {};
  const block = builder.block(`b${builder.blocks.length}`, limits, { hasRescue: spec.rescue !== undefined });
  const part = (list: readonly StepSpec[] | undefined, which: BlockPart) =>
    list?.map((one) =>
      builder.step(
        name(),
        { ...keywordsOf(one), barrier: undefined, wait: undefined },
        { block, part: which },
      ),
    );
  const rescue = part(spec.rescue, 'rescue');
  const always = part(spec.always, 'always');
  const parts = { body: part(spec.body, 'body') ?? [], ...(rescue && { rescue }), ...(always && { always }) };
  return { spec, block, parts };
}

function keywordsOf(spec: StepSpec): Keywords {
  const limits = {
    none: {},
    lock: { limits: [use('lock', 'l')] },
    lock2: { limits: [use('lock', 'm'), use('lock', 'l')] },
    semaphore: { limits: [use('semaphore', 's')] },
    throttle: { throttle: 1 },
  };
  return {
    ...limits[spec.limit],
    ...(spec.wait ? { wait: [waitFor('e', { timeout: '20s' })] } : {}),
    ...(spec.set === 'none' ? {} : { set: [act('e', spec.set)] }),
    ...(spec.barrier ? { barrier: 'meet' } : {}),
    ...(spec.fatal ? { anyErrorsFatal: true } : {}),
  };
}

interface BatchSpec {
  readonly batch: number;
  readonly hosts: readonly number[];
  readonly open: NodeId;
  readonly handler: number | undefined;
  readonly forced: boolean;
}

function addBatch(builder: PlanBuilder, lanes: readonly Declared[], spec: BatchSpec): NodeId {
  const last = new Map<number, readonly NodeId[]>(spec.hosts.map((host) => [host, [spec.open]]));
  for (const lane of lanes) {
    if (lane.spec.type === 'once') addOnce(builder, lane.step ?? 0, spec, last);
    else for (const host of spec.hosts) addToLane(builder, lane, host, spec, last);
  }
  const ends: After[] = [];
  for (const [host, nodes] of last) {
    ends.push(...nodes.map((node): After => [node, 'end']));
    if (spec.handler === undefined) continue;
    const after = nodes.map((node): After => [node, spec.forced ? 'end' : 'ok', 'handlers']);
    ends.push([builder.node({ kind: 'handler', step: spec.handler, host }, after, spec.batch), 'end']);
  }
  return builder.join('batch-end', ends, spec.batch);
}

function addToLane(
  builder: PlanBuilder,
  lane: Declared,
  host: number,
  spec: BatchSpec,
  last: Map<number, readonly NodeId[]>,
): void {
  const before = last.get(host) ?? [];
  const free = lane.spec.type === 'step' && lane.spec.step.free;
  const after = free ? [spec.open] : before;
  const node = addMember(builder, lane, builder.hosts[host] ?? '', after, spec.batch);
  last.set(host, free ? [...before, node] : [node]);
}

function addMember(
  builder: PlanBuilder,
  lane: Declared,
  host: string,
  after: readonly After[],
  batch: number,
): NodeId {
  if (lane.block === undefined) return builder.on(host, lane.step ?? 0, after, batch);
  const first = builder.nodes.length;
  const { end } = blockOn(builder, host, lane.block, lane.parts ?? {}, after);
  for (let id = first; id < builder.nodes.length; id++) {
    const node = builder.nodes[id];
    if (node !== undefined) builder.nodes[id] = { ...node, batch };
  }
  return end;
}

function addOnce(
  builder: PlanBuilder,
  step: number,
  spec: BatchSpec,
  last: Map<number, readonly NodeId[]>,
): void {
  const after = [...last.values()].flat().map((node): After => [node, 'end', 'run_once']);
  const id = builder.node({ kind: 'once', step, hosts: spec.hosts }, after, spec.batch);
  for (const [host, nodes] of last) last.set(host, [...nodes.filter((node) => node !== spec.open), id]);
}
