import fc from 'fast-check';

/** A take of a lock (`a`, `b`) or of permits of the semaphore `s`, which has two. */
export interface TakeSpec {
  readonly limit: 'a' | 'b' | 's';
  readonly permits: 1 | 2;
}

/** What a step or block does besides its order. */
export interface ActsSpec {
  readonly takes: readonly TakeSpec[];
  readonly wait: 'e' | 'f' | undefined;
  readonly set: { readonly event: 'e' | 'f'; readonly first: boolean } | undefined;
  readonly barrier: boolean;
  /** `needs: []`: it follows nothing in its list. */
  readonly free: boolean;
}

/** A step. */
export interface StepSpec extends ActsSpec {
  readonly type: 'step';
  readonly once: boolean;
  /** In the background, and joined by a step right after where `join` says so. */
  readonly background: 'no' | 'plain' | 'joined';
}

/** A block. */
export interface BlockSpec extends ActsSpec {
  readonly type: 'block';
  readonly body: readonly MemberSpec[];
  /** Whether it has two passes. */
  readonly repeat: boolean;
}

/** What is done with the queue `q`: items put one after the other, a wait until all are done, or a consumer. */
export interface QueueSpec extends ActsSpec {
  readonly type: 'put' | 'drain' | 'consume';
  readonly items: number;
  /** What a consumer does with each item. */
  readonly body: readonly StepSpec[];
}

/** What stands in a list. */
export type MemberSpec = StepSpec | BlockSpec | QueueSpec;

/** A play. */
export interface PlaySpec {
  readonly hosts: 'all' | 'h1';
  readonly beside: boolean;
  readonly serial: boolean;
  readonly members: readonly MemberSpec[];
}

/** A playbook in small. */
export interface PlaybookSpec {
  readonly hosts: 1 | 2 | 3;
  /** Capacity of the queue `q`. */
  readonly capacity: number;
  readonly plays: readonly PlaySpec[];
}

/** Mostly undefined or false, so that a few things happen in each playbook. */
function seldom<T>(arbitrary: fc.Arbitrary<T>, weight: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const take: fc.Arbitrary<TakeSpec> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ limit: fc.constantFrom('a', 'b'), permits: fc.constant(1 as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      limit: fc.constant('s' as const),
      permits: fc.constantFrom<1 | 2>(1, 1, 2),
    }),
  },
);

const acts = {
  wait: seldom(fc.constantFrom('e', 'f'), 5),
  set: seldom(fc.record({ event: fc.constantFrom('e', 'f'), first: fc.boolean() }), 2),
  barrier: seldom(fc.constant(true), 7).map((value) => value === true),
  free: seldom(fc.constant(true), 4).map((value) => value === true),
};

const step: fc.Arbitrary<StepSpec> = fc.record({
  type: fc.constant('step'),
  ...acts,
  takes: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    {
      weight: 3,
      arbitrary: fc.uniqueArray(take, { maxLength: 2, minLength: 1, selector: (one) => one.limit }),
    },
  ),
  once: seldom(fc.constant(true), 10).map((value) => value === true),
  background: fc.oneof(
    { weight: 8, arbitrary: fc.constant('no' as const) },
    { weight: 1, arbitrary: fc.constantFrom('plain' as const, 'joined' as const) },
  ),
});

function blockOf(body: fc.Arbitrary<readonly MemberSpec[]>): fc.Arbitrary<BlockSpec> {
  return fc.record({
    type: fc.constant('block'),
    ...acts,
    takes: fc.uniqueArray(take, { maxLength: 2, minLength: 1, selector: (one) => one.limit }),
    body,
    repeat: fc.constant(false),
  });
}

const inner = fc.array(step, { minLength: 1, maxLength: 2 });
const block = blockOf(
  fc.oneof(
    { weight: 3, arbitrary: inner },
    { weight: 1, arbitrary: blockOf(fc.array(step, { minLength: 1, maxLength: 1 })).map((one) => [one]) },
  ),
);

/** What is set in a pass proves nothing, and each host goes through its passes by itself. */
const inPass: fc.Arbitrary<StepSpec> = step.map((one) => ({ ...one, set: undefined, once: false }));

const repeated: fc.Arbitrary<BlockSpec> = fc.record({
  type: fc.constant('block'),
  ...acts,
  set: fc.constant(undefined),
  takes: fc.uniqueArray(take, { maxLength: 1, selector: (one) => one.limit }),
  body: fc.oneof(
    { weight: 3, arbitrary: fc.array(inPass, { minLength: 1, maxLength: 2 }) },
    {
      weight: 1,
      arbitrary: blockOf(fc.array(inPass, { minLength: 1, maxLength: 1 })).map((one) => [
        { ...one, set: undefined },
      ]),
    },
  ),
  repeat: fc.constant(true),
});

const member: fc.Arbitrary<MemberSpec> = fc.oneof(
  { weight: 3, arbitrary: step },
  { weight: 3, arbitrary: block },
  { weight: 1, arbitrary: repeated },
);

const still = { takes: [], wait: undefined, set: undefined, barrier: false, free: false };

const consumed: fc.Arbitrary<StepSpec> = step.map((one) => ({
  ...one,
  ...{ set: undefined, barrier: false, free: false, once: false, background: 'no' },
}));

const queueMember: fc.Arbitrary<QueueSpec> = fc.record({
  type: fc.constantFrom('put', 'put', 'drain', 'consume', 'consume'),
  ...acts,
  wait: fc.constant(undefined),
  barrier: fc.constant(false),
  set: fc.constant(undefined),
  takes: fc.constant([]),
  items: fc.integer({ min: 1, max: 3 }),
  body: fc.array(consumed, { minLength: 1, maxLength: 1 }),
});

const lockedQueue: fc.Arbitrary<MemberSpec> = blockOf(
  fc.array(
    queueMember.filter(({ type }) => type !== 'consume'),
    { minLength: 1, maxLength: 1 },
  ),
).map((one) => ({ ...one, barrier: false }));

/** Random small playbooks of one queue with both its sides, and of locks and events around them. */
export const queueSpecs: fc.Arbitrary<PlaybookSpec> = fc
  .record({
    hosts: fc.constantFrom<1 | 2>(1, 1, 2),
    capacity: fc.integer({ min: 1, max: 2 }),
    plays: fc.array(
      fc.record({
        hosts: fc.constantFrom('all' as const, 'h1' as const),
        beside: fc.boolean(),
        serial: fc.constant(false),
        members: fc.array(
          fc.oneof(
            { weight: 4, arbitrary: queueMember },
            { weight: 1, arbitrary: lockedQueue },
            { weight: 2, arbitrary: step.map((one) => ({ ...one, barrier: false, once: false })) },
          ),
          { minLength: 1, maxLength: 3 },
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map((spec) => ({ ...spec, plays: [...spec.plays, ...missingSides(spec.plays)] }));

/** A queue of which only one side is written is refused by itself. */
function missingSides(plays: readonly PlaySpec[]): PlaySpec[] {
  const written = JSON.stringify(plays);
  return (['put', 'consume'] as const)
    .filter((side) => !written.includes(`"type":"${side}"`))
    .map((type) => ({
      ...{ hosts: 'h1', beside: true, serial: false },
      members: [{ type, ...still, items: 1, body: [] }],
    }));
}

/** Random small playbooks of events, locks, semaphores, barriers and joins over two or three hosts. */
export const playbookSpecs: fc.Arbitrary<PlaybookSpec> = fc.record({
  hosts: fc.constantFrom<2 | 3>(2, 2, 3),
  capacity: fc.constant(1),
  plays: fc.array(
    fc.record({
      hosts: fc.constantFrom('all' as const, 'all' as const, 'h1' as const),
      beside: fc.boolean(),
      serial: seldom(fc.constant(true), 6).map((value) => value === true),
      members: fc.array(member, { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

/** The events that something in a playbook sets, so that others are never waited for: that is refused by itself. */
export function eventsSet(spec: PlaybookSpec): ReadonlySet<string> {
  const text = JSON.stringify(spec);
  return new Set(['e', 'f'].filter((event) => text.includes(`"set":{"event":"${event}"`)));
}

/** What is held by the blocks around a member. */
export type Held = ReadonlySet<TakeSpec['limit']>;

/** The takes that a member writes: never a semaphore that a block around it holds, which is refused by itself. */
export function writtenTakes(spec: ActsSpec, held: Held): readonly TakeSpec[] {
  return spec.takes.filter(({ limit }) => limit !== 's' || !held.has('s'));
}

/** Whether a member writes a barrier: never under a semaphore or lock of many hosts, which is refused by itself. */
export function writesBarrier(spec: MemberSpec, held: Held): boolean {
  if (!spec.barrier || held.size > 0) return false;
  return spec.type === 'block' || (spec.type === 'step' && !spec.once && spec.background === 'no');
}

/** What is held inside a block. */
export function heldInside(spec: BlockSpec, held: Held): Held {
  return new Set([...held, ...spec.takes.map(({ limit }) => limit)]);
}
