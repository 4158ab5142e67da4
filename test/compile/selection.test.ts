import { describe, expect, test } from 'vitest';
import { tagFilter } from '../../src/compile/select-tags.ts';
import { splitBatches } from '../../src/compile/serial-batches.ts';
import { diagnosticsOf, one, planOf, problemsOf, steps, two } from '../support/compile-plan.ts';
import { edgesOf } from '../support/plan-text.ts';
import {
  compileOptions,
  inventory,
  layer,
  place,
  play,
  playbook,
  step,
} from '../support/playbook-builder.ts';

describe('tags', () => {
  test.each<[only: string, skip: string, tags: string, runs: boolean]>([
    ['', '', '', true],
    ['', '', 'a', true],
    ['a', '', 'a b', true],
    ['a', '', 'b', false],
    ['a', '', '', false],
    ['a', '', 'always', true],
    ['', '', 'never', false],
    ['all', '', 'never', false],
    ['a', '', 'never a', true],
    ['never', '', 'never', true],
    ['tagged', '', 'a', true],
    ['tagged', '', '', false],
    ['tagged', '', 'never a', false],
    ['untagged', '', '', true],
    ['untagged', '', 'a', false],
    ['untagged', '', 'always', true],
    ['', 'a', 'a b', false],
    ['', 'a', 'b', true],
    ['b', 'a', 'a b', false],
    ['', 'all', 'a', false],
    ['', 'all', 'always', true],
    ['', 'always', 'always', false],
    ['', 'tagged', 'a', false],
    ['', 'tagged', '', true],
    ['', 'untagged', '', false],
    ['', 'untagged', 'a', true],
  ])('--tags "%s" --skip-tags "%s" on a step tagged "%s": %s', (only, skip, tags, runs) => {
    const words = (text: string) => text.split(' ').filter(Boolean);
    expect(tagFilter({ tags: words(only), skipTags: words(skip) })(words(tags))).toBe(runs);
  });

  test('a step takes the tags of its block and play', () => {
    const book = steps(step({ id: 'b', tags: ['t'], body: [step('x')] }), step('y'));
    const plan = planOf(book, one, compileOptions({ tags: ['t'] }));
    expect(plan.steps.map(({ id }) => id)).toEqual(['x']);
  });

  test('an edge to a step that tags removed is dropped', () => {
    const book = steps(step({ id: 'a', tags: ['t'] }), step({ id: 'b', needs: ['a'] }));
    const plan = planOf(book, one, compileOptions({ skipTags: ['t'] }));
    expect(edgesOf(plan, 'b@h1')).toEqual(['batch-start:0.0 ok batch']);
  });

  test('a block of which nothing is left is no part of the plan', () => {
    const book = steps(
      step({ id: 'b', body: [step({ id: 'x', tags: ['t'] })], rescue: [step('r')] }),
      step('c'),
    );
    const plan = planOf(book, one, compileOptions({ skipTags: ['t'] }));
    expect(plan.blocks).toEqual([]);
    expect(plan.steps.map(({ id }) => id)).toEqual(['c']);
  });

  test('handlers are kept whatever their tags', () => {
    const book = playbook({
      plays: [
        play({ steps: [step({ id: 'a', tags: ['t'], notify: ['h'] })], handlers: [step({ name: 'h' })] }),
      ],
    });
    expect(planOf(book, one, compileOptions({ tags: ['t'] })).plays[0]?.handlers).toHaveLength(1);
  });

  test('a tag that no step bears is told with the nearest one', () => {
    const book = steps(step({ id: 'a', tags: ['deploy'] }), step({ id: 'b', tags: ['web'] }));
    expect(problemsOf(book, one, compileOptions({ tags: ['web', 'depoly'] }))).toEqual([
      'RB309 warning: --tags names "depoly", which no step bears — did you mean "deploy"?',
    ]);
    expect(problemsOf(book, one, compileOptions({ tags: ['depoly'] }))).toEqual([
      'RB309 error: --tags names "depoly", which no step bears — did you mean "deploy"?',
    ]);
  });
});

describe('--start-at', () => {
  const book = playbook({
    plays: [
      play({ steps: [step('early')] }),
      play({
        steps: [step('a'), step({ id: 'b', body: [step('x'), step({ name: 'Install y' })] }), step('c')],
      }),
    ],
  });
  const left = (startAt: string) =>
    planOf(book, one, compileOptions({ startAt })).steps.map((s) => s.id ?? s.name);

  test('leaves out what is written before the step, by id, name or glob', () => {
    expect(left('c')).toEqual(['c']);
    expect(left('x')).toEqual(['x', 'Install y', 'c']);
    expect(left('Install*')).toEqual(['Install y', 'c']);
  });

  test('is refused where no step bears the name', () => {
    expect(problemsOf(book, one, compileOptions({ startAt: 'Instal y' }))).toEqual([
      'RB309 error: --start-at "Instal y" names no step — did you mean "Install y"?',
    ]);
  });
});

describe('hosts of a play', () => {
  const batchesOf = (
    text: Parameters<typeof play>[0],
    options = compileOptions(),
    dialect: 'native' | 'ansible' = 'native',
  ) => {
    const hosts = inventory(['c', 'a', 'b'], { web: ['c', 'a'], empty: [] });
    const plan = planOf(
      playbook({ dialect, plays: [play({ dialect, steps: [step('s')], ...text })] }),
      hosts,
      options,
    );
    return plan.plays[0]?.batches.map((batch) => batch.map((host) => plan.hosts[host]));
  };

  test.each([
    ['inventory', ['c', 'a', 'b']],
    ['reverse_inventory', ['b', 'a', 'c']],
    ['sorted', ['a', 'b', 'c']],
    ['reverse_sorted', ['c', 'b', 'a']],
  ] as const)('are in the order %s', (order, expected) => {
    expect(batchesOf({ order })).toEqual([expected]);
  });

  test('are shuffled by the given random numbers', () => {
    expect(batchesOf({ order: 'shuffle' }, compileOptions({}, { random: () => 0.99 }))).toEqual([
      ['b', 'a', 'c'],
    ]);
  });

  test('are rendered from playbook variables, and -e wins', () => {
    const extraVars = [layer('extra-vars', { target: 'b' })];
    expect(batchesOf({ hosts: '{{ target }}' }, compileOptions({}, { extraVars }))).toEqual([['b']]);
  });

  test('of a group without hosts are none, which is no error', () => {
    expect(batchesOf({ hosts: 'empty' })).toEqual([]);
  });

  test('are cut down by --limit before serial', () => {
    expect(batchesOf({ serial: [1] }, compileOptions({ limit: 'web' }))).toEqual([['c'], ['a']]);
  });

  test('are refused where a pattern names nothing, and warned of in the Ansible dialect', () => {
    const hosts = inventory(['a'], { web: ['a'] });
    const book = (dialect: 'native' | 'ansible') =>
      playbook({ dialect, plays: [play({ dialect, hosts: 'wbe', steps: [step('s')] })] });
    expect(problemsOf(book('native'), hosts)).toEqual([
      'RB301 error: "wbe" is no host or group of the inventory — did you mean "web"?',
    ]);
    expect(problemsOf(book('ansible'), hosts)).toEqual([
      'RB301 warning: "wbe" is no host or group of the inventory — did you mean "web"?',
    ]);
  });

  test('may be unknown behind a play that adds hosts', () => {
    const book = playbook({
      plays: [play({ steps: [step({ module: 'add_host' })] }), play({ hosts: 'made', steps: [step('s')] })],
    });
    expect(problemsOf(book)).toEqual([]);
  });

  test('are all chosen anew behind a step that reads the inventory again', () => {
    const refresh = step({ module: 'meta', params: { action: 'refresh_inventory' } });
    const book = playbook({
      plays: [
        play({ steps: [refresh] }),
        play({ hosts: 'h1', steps: [step('s')] }),
        play({ hosts: 'localhost', steps: [step('t')] }),
      ],
    });
    const { plays, nodes } = planOf(book, inventory(['h1', 'h2', 'localhost']));
    expect(plays.map(({ late }) => late?.pattern)).toEqual([undefined, 'h1', undefined]);
    expect(nodes.filter(({ kind }) => kind === 'once')).toHaveLength(1);
  });

  test('that --limit leaves in no play are an error', () => {
    const book = playbook({ plays: [play({ hosts: 'web', steps: [step('s')] })] });
    expect(problemsOf(book, two, compileOptions({ limit: 'db' }))).toEqual([
      'RB309 error: --limit "db" leaves no play with a host',
    ]);
  });

  test('cannot come from a template that fails', () => {
    const [problem] = diagnosticsOf(playbook({ plays: [play({ hosts: '{{ nope }}' })] }));
    expect(problem).toMatchObject({ code: 'RB308', severity: 'error' });
    expect(problem?.message).toContain("'nope' is undefined");
  });
});

describe('serial', () => {
  const split = (count: number, serial: Parameters<typeof splitBatches>[1]) =>
    splitBatches(
      Array.from({ length: count }, (_, i) => i),
      serial,
      place(),
    ).batches.map(({ length }) => length);

  test.each<[number, (number | string)[], number[]]>([
    [5, [], [5]],
    [5, [2], [2, 2, 1]],
    [10, [1, '25%'], [1, 2, 2, 2, 2, 1]],
    [10, ['30%'], [3, 3, 3, 1]],
    [3, ['10%'], [1, 1, 1]],
    [10, [1, 5, 10], [1, 5, 4]],
    [4, [0], [4]],
    [4, ['3'], [3, 1]],
    [0, [2], []],
  ])('of %i hosts by %j is %j', (count, serial, sizes) => {
    expect(split(count, serial)).toEqual(sizes);
  });

  test('that is no size is refused', () => {
    const book = playbook({ plays: [play({ serial: ['half'], steps: [step('a')] })] });
    expect(problemsOf(book)).toEqual([
      'RB202 error: serial is "half", expected a number of hosts or a percentage',
    ]);
  });

  test('may be a template of playbook variables', () => {
    const book = playbook({
      layers: [layer('playbook', { size: 1 })],
      plays: [play({ serial: ['{{ size }}'], steps: [step('a')] })],
    });
    expect(planOf(book, two).plays[0]?.batches).toEqual([[0], [1]]);
  });
});
