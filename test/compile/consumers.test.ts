import { describe, expect, test } from 'vitest';
import { expand } from '../../src/compile/expand.ts';
import type { ConsumeNode, Plan } from '../../src/model/plan.ts';
import type { Playbook, Step } from '../../src/model/playbook.ts';
import { planOf, problemsOf, two } from '../support/compile-plan.ts';
import { inventory, place, play, playbook, step } from '../support/playbook-builder.ts';
import { consume, queueOf } from '../support/queue-run.ts';

const put = () => step({ id: 'put', module: 'queue', params: { put: 1, to: 'jobs' } });

function bookOf(block: Step, ...before: Step[]): Playbook {
  const plays = [play({ id: 'fill', steps: [put()] }), play({ needs: [], steps: [...before, block] })];
  return { ...playbook({ plays }), declarations: queueOf(3) };
}

const repeat = { max: 2, at: place() };

const consumers = (plan: Plan) => plan.nodes.filter((node): node is ConsumeNode => node.kind === 'consume');

describe('a block with consume', () => {
  const block = step({
    id: 'worker',
    consume: consume(),
    body: [step('a'), step('b')],
    rescue: [step('r')],
    always: [step('z')],
  });

  test('is one node for each host, in the order of its lane', () => {
    const plan = planOf(bookOf(block, step('before')), two);
    const [node] = consumers(plan);
    expect(consumers(plan).map(({ host }) => plan.hosts[host])).toEqual(['h1', 'h2']);
    const before = plan.nodes[node?.after[0]?.from ?? -1];
    expect(before?.kind === 'instance' && plan.steps[before.step]?.id).toBe('before');
    expect(plan.nodes.filter((one) => one.kind === 'block')).toEqual([]);
  });

  test('expands for an item into its own nodes, numbered and placed, the last one its end', () => {
    const plan = planOf(bookOf(block), two);
    const node = consumers(plan)[1];
    if (node === undefined) throw new Error('no consumer');
    const { nodes, ends } = expand(plan, node, { items: ['x'], firstId: 1000 });
    const names = nodes.map((one) =>
      one.kind === 'block' ? one.part : 'step' in one ? plan.steps[one.step]?.id : one.kind,
    );
    expect(names).toEqual(['begin', 'a', 'b', 'rescue', 'r', 'always', 'z', 'end']);
    expect(nodes.map(({ id }) => id)).toEqual(nodes.map((_, index) => 1000 + index));
    expect(ends).toEqual([1007]);
    for (const one of nodes) {
      expect(one).toMatchObject({ host: node.host, play: node.play, pass: 1000 });
      for (const edge of one.after) expect(edge.from).toBeGreaterThanOrEqual(1000);
    }
    expect(nodes[0]?.after).toEqual([]);
    expect(nodes[1]?.after).toEqual([{ from: 1000, kind: 'ok', why: 'block' }]);
  });

  test('consumes nothing on a host where its condition is known to be false', () => {
    const chosen = step({ consume: consume(), body: [step('a')], when: ["inventory_hostname == 'h1'"] });
    const hosts = inventory({ h1: { inventory_hostname: 'h1' }, h2: { inventory_hostname: 'h2' } });
    const plan = planOf(bookOf(chosen), hosts);
    expect(consumers(plan).map(({ skip }) => skip === undefined)).toEqual([true, false]);
  });

  test('knows the name of its item', () => {
    const reads = step({ module: 'debug', params: { msg: '{{ job }}' } });
    expect(problemsOf(bookOf(step({ consume: consume(), body: [reads] })), two)).toEqual([]);
  });

  test.each<[string, Step, string]>([
    ['needs of a step outside', step({ needs: ['before'] }), '`needs: before`'],
    ['run_once', step({ runOnce: true }), '"run_once"'],
    ['a barrier', step({ barrier: 'b' }), '"barrier"'],
    ['a step in the background', step({ background: 'wait' }), '"background"'],
    [
      'a flush of handlers',
      step({ module: 'meta', params: { action: 'flush_handlers' } }),
      '`meta: flush_handlers`',
    ],
    ['another consumer', step({ consume: consume(), body: [step('x')] }), '"consume"'],
  ])('refuses %s', (_what, inner, named) => {
    const book = bookOf(step({ consume: consume(), body: [step('a'), inner] }), step('before'));
    const told = problemsOf(book, two).filter((problem) => problem.startsWith('RB321'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`${named} is not possible in a block with "consume"`);
  });

  test('refuses a barrier of its own, and to join what is outside', () => {
    const meeting = step({ consume: consume(), barrier: 'b', body: [step('a')] });
    expect(problemsOf(bookOf(meeting), two).join()).toContain('"barrier" is not possible in a block');
    const join = step({ module: 'join', params: { steps: ['before'] } });
    const joining = step({ consume: consume(), body: [step('a'), join] });
    expect(problemsOf(bookOf(joining, step('before')), two).join()).toContain(
      '`needs: before` is not possible',
    );
  });

  test('may order its own steps', () => {
    const body = [step({ id: 'a' }), step({ id: 'b', needs: [] }), step({ id: 'c', needs: ['a', 'b'] })];
    expect(problemsOf(bookOf(step({ consume: consume(), body })), two)).toEqual([]);
  });
});

describe('a block with repeat', () => {
  const bookOfSteps = (...steps: Step[]) => playbook({ locks: ['l'], plays: [play({ steps })] });

  test('may meet and go on in the background in its passes, which wait for that and may join it', () => {
    const body = [
      step({ id: 'a', background: 'wait' }),
      step({ id: 'b', barrier: 'all' }),
      step({ id: 'c', module: 'join', params: { steps: ['a'] } }),
    ];
    const plan = planOf(bookOfSteps(step({ repeat, body })), two);
    const node = consumers(plan)[1];
    if (node === undefined) throw new Error('no repeated block');
    const { nodes } = expand(plan, node, { items: [null], firstId: 100 });
    expect(nodes.at(-1)?.after).toContainEqual({ from: 101, kind: 'end', why: 'block' });
    expect(nodes[3]).toMatchObject({ joins: { nodes: [101], isTimed: false } });
  });

  test.each<[string, Step, string]>([
    ['a daemon', step({ background: 'daemon' }), '"background: daemon"'],
    ['run_once', step({ runOnce: true }), '"run_once"'],
    ['another repeated block', step({ repeat, body: [step('x')] }), '"repeat"'],
  ])('refuses %s', (_what, inner, named) => {
    const told = problemsOf(bookOfSteps(step({ repeat, body: [step('a'), inner] })), two);
    expect(told.filter((one) => one.startsWith('RB321')).join()).toContain(`${named} is not possible`);
  });

  test('refuses a meeting of hosts that a lock of the block lets in one by one', () => {
    const body = [step({ id: 'b', barrier: 'all' })];
    const told = problemsOf(bookOfSteps(step({ repeat, lock: 'l', body })), two);
    expect(told.join()).toContain('RB314 error: the hosts that meet at the barrier "all" can never all be');
  });

  test('refuses a meeting behind which stands what some of its hosts wait for before it', () => {
    const book = playbook({
      events: { e: {} },
      plays: [
        play({
          steps: [
            step({ repeat, body: [step({ id: 'a', wait: ['e'] }), step({ id: 'b', barrier: 'all' })] }),
            step({ id: 'z', set: ['e'] }),
          ],
        }),
      ],
    });
    expect(problemsOf(book, two).join()).toMatch(/RB30[26]/);
  });
});
