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
}

/** What stands in a list. */
export type MemberSpec = StepSpec | BlockSpec;

/** A play. */
export interface PlaySpec {
  readonly hosts: 'all' | 'h1';
  readonly beside: boolean;
  readonly serial: boolean;
  readonly members: readonly MemberSpec[];
}

/** A playbook in small. */
export interface PlaybookSpec {
  readonly hosts: 2 | 3;
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
  });
}

const inner = fc.array(step, { minLength: 1, maxLength: 2 });
const block = blockOf(
  fc.oneof(
    { weight: 3, arbitrary: inner },
    { weight: 1, arbitrary: blockOf(fc.array(step, { minLength: 1, maxLength: 1 })).map((one) => [one]) },
  ),
);

const member: fc.Arbitrary<MemberSpec> = fc.oneof(step, block);

/** Random small playbooks of events, locks, semaphores, barriers and joins over two or three hosts. */
export const playbookSpecs: fc.Arbitrary<PlaybookSpec> = fc.record({
  hosts: fc.constantFrom<2 | 3>(2, 2, 3),
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

/** What is held by the blocks around a member. */
export type Held = ReadonlySet<TakeSpec['limit']>;

/** The takes that a member writes: never a semaphore that a block around it holds, which is refused by itself. */
export function writtenTakes(spec: ActsSpec, held: Held): readonly TakeSpec[] {
  return spec.takes.filter(({ limit }) => limit !== 's' || !held.has('s'));
}

/** Whether a member writes a barrier: never under a semaphore or lock of many hosts, which is refused by itself. */
export function writesBarrier(spec: MemberSpec, held: Held): boolean {
  return (
    spec.barrier && held.size === 0 && (spec.type === 'block' || (!spec.once && spec.background === 'no'))
  );
}

/** What is held inside a block. */
export function heldInside(spec: BlockSpec, held: Held): Held {
  return new Set([...held, ...spec.takes.map(({ limit }) => limit)]);
}
