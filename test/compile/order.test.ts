import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile/compile.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Step } from '../../src/model/playbook.ts';
import {
  compileOptions,
  inventory,
  play,
  playbook,
  type StepText,
  step,
} from '../support/playbook-builder.ts';
import { seeded } from '../support/seeds.ts';

interface StepShape {
  readonly kind: 'plain' | 'once' | 'background' | 'daemon' | 'block' | 'items' | 'flush';
  /** How far back the needed step is; 0: `needs: []`; undefined: no `needs`. */
  readonly back: number | undefined;
  readonly all: boolean;
  readonly notifies: boolean;
  readonly inner: readonly StepShape[];
  readonly rescue: readonly StepShape[];
  readonly always: readonly StepShape[];
}

const loop = { form: 'loop', value: [1, 2], at: { file: 'f', line: 1, column: 1, length: 1 } } as const;

const leaf = (inner: fc.Arbitrary<StepShape[]>): fc.Arbitrary<StepShape> =>
  fc.record({
    kind: fc.constantFrom(
      'plain',
      'plain',
      'plain',
      'once',
      'background',
      'daemon',
      'block',
      'items',
      'flush',
    ),
    back: fc.option(fc.nat({ max: 3 }), { nil: undefined, freq: 2 }),
    all: fc.boolean(),
    notifies: fc.boolean(),
    inner,
    rescue: inner,
    always: inner,
  });

const shapes = fc.array(leaf(fc.array(leaf(fc.constant([])), { maxLength: 3 })), { maxLength: 5 });

const plays = fc.array(
  fc.record({
    pre: shapes,
    main: shapes,
    strategy: fc.constantFrom<('free' | 'linear')[]>('free', 'linear'),
    serial: fc.constantFrom<number[][]>([], [1], [2]),
    forced: fc.boolean(),
    parallel: fc.boolean(),
    facts: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3 },
);

/** Turns shapes into steps whose ids tell their place. */
function build(list: readonly StepShape[], prefix: string): Step[] {
  const ids: string[] = [];
  return list.map((shape, i) => {
    if (shape.kind === 'flush' || (shape.kind === 'block' && shape.inner.length === 0))
      return step({ module: 'meta', params: { action: 'flush_handlers' } });
    const id = `${prefix}-${i}`;
    const made = step({ id, ...needsOf(shape, ids), ...keywordsOf(shape), ...partsOf(shape, id) });
    // A daemon cannot be needed.
    if (shape.kind !== 'daemon') ids.push(id);
    return made;
  });
}

function needsOf({ back, all }: StepShape, ids: readonly string[]): Partial<StepText> {
  if (back === undefined) return {};
  const target = back === 0 ? undefined : ids.at(-back);
  return { needs: target === undefined ? [] : [{ step: target, hosts: all ? 'all' : 'same' }] };
}

function keywordsOf({ kind, notifies }: StepShape): Partial<StepText> {
  const keywords: Record<StepShape['kind'], Partial<StepText>> = {
    plain: {},
    block: {},
    flush: {},
    once: { runOnce: true },
    background: { background: 'wait' },
    daemon: { background: 'daemon' },
    items: { loop, parallel: 2 },
  };
  return { ...keywords[kind], ...(notifies && { notify: ['h'] }) };
}

function partsOf({ kind, inner, rescue, always }: StepShape, id: string): Partial<StepText> {
  if (kind !== 'block') return {};
  return { body: build(inner, `${id}b`), rescue: build(rescue, `${id}r`), always: build(always, `${id}w`) };
}

const hosts = inventory(['h1', 'h2', 'h3']);

function compiled(shape: typeof plays extends fc.Arbitrary<infer List> ? List : never): Plan {
  const book = playbook({
    plays: shape.map((one, i) =>
      play({
        id: `p${i}`,
        strategy: one.strategy,
        serial: one.serial,
        forceHandlers: one.forced,
        gatherFacts: one.facts,
        ...(one.parallel && { needs: [] }),
        preTasks: build(one.pre, `p${i}pre`),
        steps: build(one.main, `p${i}main`),
        handlers: [step({ name: 'h' }), step({ name: 'other', listen: ['h'] })],
      }),
    ),
  });
  const { plan, diagnostics } = compile(book, hosts, compileOptions());
  if (plan === undefined) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return plan;
}

/** For each node, all nodes before it, by following edges. */
function ancestorsOf(plan: Plan): Set<number>[] {
  const found: (Set<number> | undefined)[] = [];
  const visit = (id: number, open: ReadonlySet<number>): Set<number> => {
    if (open.has(id)) throw new Error('cycle');
    const known = found[id];
    if (known !== undefined) return known;
    const all = new Set<number>();
    const inside = new Set([...open, id]);
    for (const edge of plan.nodes[id]?.after ?? []) {
      all.add(edge.from);
      for (const before of visit(edge.from, inside)) all.add(before);
    }
    found[id] = all;
    return all;
  };
  return plan.nodes.map((node) => visit(node.id, new Set()));
}

describe('random playbooks', () => {
  test('compile to plans without cycles whose nodes stand between the start and the end of their batch', () => {
    fc.assert(
      fc.property(plays, (shape) => {
        const plan = compiled(shape);
        const before = ancestorsOf(plan);
        const join = (purpose: string, playIndex: number, batch: number) =>
          plan.nodes.find(
            (n) => n.kind === 'join' && n.purpose === purpose && n.play === playIndex && n.batch === batch,
          )?.id ?? -1;
        for (const node of plan.nodes) {
          expect(plan.nodes[node.id]).toBe(node);
          if (node.kind === 'join') continue;
          expect(before[node.id]?.has(join('batch-start', node.play, node.batch))).toBe(true);
          const isDaemon = 'step' in node && plan.steps[node.step]?.keywords.background === 'daemon';
          if (!isDaemon) expect(before[join('batch-end', node.play, node.batch)]?.has(node.id)).toBe(true);
        }
      }),
      seeded(40),
    );
  });

  test('keep the order of writing between neighbours without needs, on each host', () => {
    fc.assert(
      fc.property(plays, (shape) => {
        const plan = compiled(shape);
        const before = ancestorsOf(plan);
        for (const { index } of plan.plays)
          for (const [first, second] of listsOf(plan, index).flatMap(impliedOrder))
            expectOrdered(plan, before, first, second);
      }),
      seeded(40),
    );
  });

  test('give every node a priority above all that follow it', () => {
    fc.assert(
      fc.property(plays, (shape) => {
        const plan = compiled(shape);
        for (const node of plan.nodes)
          for (const edge of node.after)
            expect(plan.nodes[edge.from]?.priority).toBeGreaterThan(node.priority);
      }),
      seeded(40),
    );
  });
});

/** The steps of a play that stand directly in one list, by section or block part. */
function listsOf(plan: Plan, playIndex: number): Plan['steps'][] {
  const lists = new Map<string, Plan['steps'][number][]>();
  for (const s of plan.steps) {
    if (s.play !== playIndex || s.section === 'facts' || s.section === 'handlers') continue;
    const key = `${s.section} ${s.block} ${s.part}`;
    lists.set(key, [...(lists.get(key) ?? []), s]);
  }
  return [...lists.values()];
}

/** Pairs of steps of which the second has no `needs` and so comes after the first. */
function impliedOrder(list: Plan['steps']): [number, number][] {
  return list.flatMap((second, i) => {
    if (second.keywords.needs !== undefined) return [];
    const earlier = list.slice(0, i).filter((first) => first.keywords.background === undefined);
    return earlier.map((first): [number, number] => [first.index, second.index]);
  });
}

function expectOrdered(plan: Plan, before: readonly Set<number>[], first: number, second: number): void {
  for (const later of plan.nodes) {
    if (later.kind === 'join' || later.kind === 'block' || later.step !== second) continue;
    const sources = plan.nodes.filter(
      (n) =>
        n.kind !== 'join' &&
        n.kind !== 'block' &&
        n.step === first &&
        n.batch === later.batch &&
        (!('host' in later) || !('host' in n) || n.host === later.host),
    );
    for (const source of sources) expect(before[later.id]?.has(source.id)).toBe(true);
  }
}
