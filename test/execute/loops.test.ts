import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostError } from '../../src/model/host.ts';
import type { Keywords, Loop } from '../../src/model/playbook.ts';
import type { Value } from '../../src/model/value.ts';
import command from '../../src/modules/command.ts';
import setFact from '../../src/modules/set_fact.ts';
import { fakeConnections } from '../support/fake-connections.ts';
import { giving } from '../support/probe-module.ts';
import { seeded } from '../support/seeds.ts';
import { at, createHarness, type HarnessOptions } from '../support/step-harness.ts';

function over(value: Value, form: Loop['form'] = 'loop'): Loop {
  return { form, value, at };
}

function harness(options: Partial<HarnessOptions> = {}) {
  const echo = giving('echo', (params) => params);
  return { ...createHarness({ modules: [echo, command, setFact], ...options }), echo };
}

describe('a loop', () => {
  it('runs its step for each item and gathers the results', async () => {
    const runner = harness();
    const outcome = await runner.run({
      module: 'echo',
      params: { got: '{{ item }}', changed: '{{ item == 2 }}' },
      keywords: { loop: over([1, 2]), register: 'r' },
    });
    expect(outcome).toMatchObject({ outcome: 'changed', result: { changed: true, failed: false } });
    expect(runner.runner.variables.state('web1').registered.values['r']).toMatchObject({
      results: [
        { item: 1, got: 1, changed: false, ansible_loop_var: 'item' },
        { item: 2, got: 2, changed: true },
      ],
    });
    expect(runner.progress).toMatchObject([
      { type: 'item', item: '1', outcome: 'ok' },
      { type: 'item', item: '2', outcome: 'changed' },
    ]);
  });

  it('runs as often as it has items, in their order, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.integer(), fc.string(), fc.array(fc.integer()))),
        async (items) => {
          const runner = harness();
          const outcome = await runner.run(
            { module: 'echo', params: { got: '{{ item }}' }, keywords: { loop: over('{{ given }}') } },
            {},
          );
          expect(outcome.outcome).toBe('failed');
          const seen = harness();
          seen.runner.variables.setValues('web1', { given: items });
          await seen.run({
            module: 'echo',
            params: { got: '{{ item }}' },
            keywords: { loop: over('{{ given }}') },
          });
          expect(seen.echo.runs.map(({ got }) => got)).toEqual(items);
        },
      ),
      seeded(30),
    );
  });

  it('without items is skipped', async () => {
    const outcome = await harness().run({ module: 'echo', keywords: { loop: over([]) } });
    expect(outcome).toMatchObject({
      outcome: 'skipped',
      result: { results: [], skipped: true, changed: false },
    });
  });

  it('goes on after a failed item, and fails as a whole', async () => {
    const runner = harness();
    const outcome = await runner.run({
      module: 'echo',
      params: { failed: '{{ item == 1 }}', msg: 'item {{ item }}' },
      keywords: { loop: over([1, 2, 3]) },
    });
    expect(runner.echo.runs).toHaveLength(3);
    expect(outcome).toMatchObject({ outcome: 'failed', msg: '1 of 3 items failed: item 1' });
  });

  it('is ignored as a whole only when each failed item is', async () => {
    const params = { failed: '{{ item != 2 }}' };
    const keywords: Keywords = { loop: over([1, 2, 3]), ignoreErrors: '{{ item != 3 }}' };
    expect((await harness().run({ module: 'echo', params, keywords })).ignored).toBeUndefined();
    const all = { ...keywords, ignoreErrors: true };
    expect(await harness().run({ module: 'echo', params, keywords: all })).toMatchObject({
      outcome: 'failed',
      ignored: true,
    });
  });

  it('asks its condition for each item, and is skipped when none holds', async () => {
    const runner = harness();
    const outcome = await runner.run({
      module: 'echo',
      keywords: { loop: over([1, 2, 3]), when: ['item > 2'] },
    });
    expect(runner.echo.runs).toHaveLength(1);
    expect(outcome).toMatchObject({
      outcome: 'ok',
      result: { results: [{ skipped: true }, { skipped: true }, { changed: false }] },
    });
    const none = await harness().run({ module: 'echo', keywords: { loop: over([1]), when: ['item > 2'] } });
    expect(none).toMatchObject({ outcome: 'skipped', result: { skipped: true } });
  });

  it('over what is not defined is skipped where its condition does not hold, else fails', async () => {
    const loop = over('{{ nope }}');
    expect(
      (await harness().run({ module: 'echo', keywords: { loop, when: ['nope is defined'] } })).outcome,
    ).toBe('skipped');
    const failed = await harness().run({ module: 'echo', keywords: { loop } });
    expect(failed).toMatchObject({ outcome: 'failed' });
    expect(failed.msg).toContain('nope');
  });

  it('that cannot be evaluated is ignored as any other failure, and registered', async () => {
    const runner = harness();
    const keywords: Keywords = { loop: over('{{ nope }}'), ignoreErrors: true, register: 'r' };
    expect(await runner.run({ module: 'echo', keywords })).toMatchObject({
      outcome: 'failed',
      ignored: true,
    });
    expect(runner.runner.variables.state('web1').registered.values['r']).toMatchObject({ failed: true });
    const loopControl = { loopVar: 'item', pause: 'long' };
    const paused = await harness().run({ module: 'echo', keywords: { loop: over([1, 2]), loopControl } });
    expect(paused.msg).toContain('pause must be a duration');
  });

  it.each<[Value, string]>([
    ['text', 'loop needs a list, but got the text "text"'],
    [{ a: 1 }, 'loop needs a list, but got a mapping'],
    ['{{ 5 }}', 'loop needs a list, but got a number'],
  ])('over %j fails and says what it got', async (value, message) => {
    expect((await harness().run({ module: 'echo', keywords: { loop: over(value) } })).msg).toContain(message);
  });

  it('lets later items see the facts that earlier ones set', async () => {
    const runner = harness();
    await runner.run({
      module: 'set_fact',
      params: { all: '{{ (all | default([])) + [item] }}' },
      keywords: { loop: over(['a', 'b', 'c']) },
    });
    expect(runner.runner.variables.state('web1').registered.values['all']).toEqual(['a', 'b', 'c']);
  });

  it('stops when its host is lost', async () => {
    const connections = fakeConnections(({ request }) => {
      if (request.type === 'exec' && 'argv' in request.command && request.command.argv[0] === 'b')
        throw new HostError('unknown', 'RB514', 'the link broke');
      return {};
    });
    const runner = harness({ connections });
    const outcome = await runner.run({
      module: 'command',
      params: { cmd: '{{ item }}' },
      keywords: { loop: over(['a', 'b', 'c']) },
    });
    expect(outcome).toMatchObject({ outcome: 'unknown', msg: expect.stringContaining('the link broke') });
    expect(connections.seen).toHaveLength(2);
  });

  it('notifies for the items that changed something', async () => {
    const outcome = await harness().run({
      module: 'echo',
      params: { changed: '{{ item > 1 }}' },
      keywords: { loop: over([1, 2, 3]), notify: ['restart {{ item }}', 'all'] },
    });
    expect(outcome.notify).toEqual(['restart 2', 'all', 'restart 3']);
  });
});

describe('loop_control', () => {
  it('names the item and its index, labels it, waits between items', async () => {
    const runner = harness();
    const outcome = await runner.run({
      module: 'echo',
      params: { got: '{{ user.name }}{{ i }}' },
      keywords: {
        loop: over([{ name: 'a' }, { name: 'b' }]),
        loopControl: { loopVar: 'user', indexVar: 'i', label: '{{ user.name }}', pause: 2 },
      },
    });
    expect(runner.echo.runs).toEqual([{ got: 'a0' }, { got: 'b1' }]);
    expect(runner.progress).toMatchObject([{ item: 'a' }, { item: 'b' }]);
    expect(runner.slept).toEqual([2_000]);
    expect(outcome.result).toMatchObject({
      results: [{ user: { name: 'a' }, i: 0, ansible_loop_var: 'user', ansible_index_var: 'i' }, { i: 1 }],
    });
  });

  it('tells each item where it stands when extended', async () => {
    const runner = harness();
    await runner.run({
      module: 'echo',
      params: {
        at: '{{ ansible_loop.index }}/{{ ansible_loop.length }} {{ ansible_loop.last }} {{ ansible_loop.nextitem | default("-") }}',
      },
      keywords: { loop: over(['a', 'b']), loopControl: { loopVar: 'item', extended: true } },
    });
    expect(runner.echo.runs).toEqual([{ at: '1/2 False b' }, { at: '2/2 True -' }]);
  });

  it('leaves all items out of ansible_loop where that is asked', async () => {
    const runner = harness();
    const loopControl = { loopVar: 'item', extended: true, extendedAllItems: false };
    await runner.run({
      module: 'echo',
      params: { at: '{{ ansible_loop.length }} {{ ansible_loop.allitems is defined }}' },
      keywords: { loop: over(['a', 'b']), loopControl },
    });
    expect(runner.echo.runs).toEqual([{ at: '2 False' }, { at: '2 False' }]);
  });

  it('ends the loop where break_when holds', async () => {
    const runner = harness();
    await runner.run({
      module: 'echo',
      params: { n: '{{ item }}' },
      keywords: {
        loop: over([1, 2, 3]),
        register: 'r',
        loopControl: { loopVar: 'item', breakWhen: ['r.n == 2'] },
      },
    });
    expect(runner.echo.runs).toHaveLength(2);
  });

  it('hides labels and results under no_log', async () => {
    const runner = harness();
    const outcome = await runner.run({
      module: 'echo',
      params: { got: '{{ item }}' },
      keywords: { loop: over(['private']), noLog: true },
    });
    expect(JSON.stringify([outcome, runner.progress])).not.toContain('private');
  });
});

describe('the with_ forms', () => {
  it.each<[Loop['form'], Value, Value[]]>([
    ['items', ['{{ [1, 2] }}', 3, [[4]]], [1, 2, 3, [4]]],
    ['items', '{{ "alone" }}', ['alone']],
    ['items', null, []],
    ['list', [[1], 2], [[1], 2]],
    ['dict', { a: '{{ 1 }}' }, [{ key: 'a', value: 1 }]],
    [
      'together',
      ['{{ [1, 2] }}', ['a', 'b']],
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'nested',
      [['a', 'b'], '{{ [1] }}'],
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    ['subelements', ['{{ [{"n": 1, "k": [5]}] }}', 'k'], [[{ n: 1 }, 5]]],
    ['sequence', 'start=1 end={{ 2 }}', ['1', '2']],
    ['flattened', [[1, [2]], 3], [1, 2, 3]],
    ['indexed_items', ['a'], [[0, 'a']]],
    ['env', ['HOME'], ['/root-of-test']],
    ['inventory_hostnames', ['all'], ['web1', 'web2']],
    [
      'first_found',
      ['{{ nope }}.yml', { files: ['{{ nope }}', '/etc/hostname-not-there', '/etc/passwd'] }],
      ['/etc/passwd'],
    ],
    ['varnames', ['^inventory_hostname$'], ['inventory_hostname']],
    ['vars', ['inventory_hostname'], ['web1']],
    [
      'cartesian',
      [[1], [2, 3]],
      [
        [1, 2],
        [1, 3],
      ],
    ],
  ])('with_%s of %j loops over %j', async (form, value, expected) => {
    const runner = harness({
      runner: { env: { HOME: '/root-of-test' }, matchHosts: () => ['web1', 'web2'] },
    });
    const outcome = await runner.run({
      module: 'echo',
      params: { got: '{{ item }}' },
      keywords: { loop: over(value, form) },
    });
    expect(runner.echo.runs.map(({ got }) => got)).toEqual(expected);
    expect(outcome.outcome).toBe(expected.length === 0 ? 'skipped' : 'ok');
  });
});

describe('a parallel loop', () => {
  it('keeps the results of its items apart until it ends, and then registers them in order', async () => {
    const runner = harness();
    const draft = {
      module: 'echo',
      params: { got: '{{ item }}', i: '{{ n }}' },
      keywords: { register: 'r', loopControl: { loopVar: 'item', indexVar: 'n' } },
    } as const;
    const item = (index: number) =>
      ({
        id: 10 + index,
        kind: 'item',
        play: 0,
        batch: 0,
        after: [],
        priority: 1,
        step: 0,
        host: 0,
        parent: 5,
        index,
        item: `v${index}`,
      }) as const;
    await runner.run(draft, { node: item(1) });
    const first = await runner.run(draft, { node: item(0) });
    expect(first.result).toMatchObject({ got: 'v0', i: 0, item: 'v0' });
    const { values } = runner.runner.variables.state('web1').registered;
    expect(values['r']).toBeUndefined();
    const step = { keywords: { register: 'r' } } as never;
    runner.runner.endItems(5, step, ['web1']);
    expect(values['r']).toMatchObject({ changed: false, results: [{ got: 'v0' }, { got: 'v1' }] });
  });
});
