import { describe, expect, test } from 'vitest';
import { compileTemplates } from '../../src/compile/template-adapter.ts';
import { plannedText } from '../../src/model/plan.ts';
import type { Keywords, LimitUse, Playbook, Step } from '../../src/model/playbook.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';
import { planOf, problemsOf } from '../support/compile-plan.ts';
import {
  compileOptions,
  inventory,
  layer,
  place,
  play,
  playbook,
  step,
} from '../support/playbook-builder.ts';

const options = compileOptions({}, { engine: compileTemplates(createTemplateEngine()) });
const hosts = inventory({ h1: { rack: 'r1' }, h2: { rack: 'r2' } });
const at = place();

const use = (name: string, fields: Partial<LimitUse> = {}): LimitUse => ({
  kind: 'lock',
  name,
  permits: 1,
  at,
  ...fields,
});

/** A playbook with the lock `l`, the lock `each` of each host, and the semaphore `s` of 3 permits. */
function book(steps: readonly Step[], keywords: Keywords = {}): Playbook {
  const base = playbook({ plays: [play({ steps, keywords, layers: [layer('play', { short: '2s' })] })] });
  const locks = {
    l: { scope: 'run', onLost: 'poison', at },
    each: { scope: 'host', onLost: 'poison', at },
  } as const;
  const semaphores = { s: { permits: 3, scope: 'run', at } } as const;
  return { ...base, declarations: { ...base.declarations, locks, semaphores } };
}

const holding = (limits: readonly LimitUse[], body: readonly Step[]): Step => {
  const block = step({ id: 'b', body });
  return { ...block, keywords: { limits } };
};

const taking = (limits: readonly LimitUse[]): Step => ({ ...step('a'), keywords: { limits } });

const problems = (made: Playbook) => problemsOf(made, hosts, options);

describe('keys and timeouts of locks', () => {
  test('are rendered for each host before the run, and once where they are the same on all', () => {
    const plan = planOf(
      book([taking([use('l', { key: '{{ rack }}', timeout: '{{ short }}' })])]),
      hosts,
      options,
    );
    expect(plan.texts).toEqual({
      'step 0': { '{{ rack }}': { h1: 'r1', h2: 'r2' }, '{{ short }}': { '': '2s' } },
    });
    expect(plannedText(plan, 'step 0', '{{ rack }}', 'h2')).toBe('r2');
    expect(plannedText(plan, 'step 0', '{{ short }}', 'h1')).toBe('2s');
    expect(plannedText(plan, 'step 0', 'as written', 'h1')).toBe('as written');
  });

  test('are refused where only the run can tell them', () => {
    const set = step({ id: 'set', register: 'later' });
    expect(problems(book([set, taking([use('l', { key: '{{ later.stdout }}' })])]))).toEqual([
      'RB323 error: the key of lock "l" is not known before the run: {{ later.stdout }} on h1',
    ]);
  });

  test('are refused as a timeout that is no duration', () => {
    expect(problems(book([taking([use('l', { timeout: '{{ rack }}' })])]))).toEqual([
      'RB202 error: the timeout of lock "l" is "r1" on h1; expected a duration such as 30s',
    ]);
  });

  test('of a play must be the same on all its hosts', () => {
    expect(problems(book([step('a')], { limits: [use('l', { key: '{{ rack }}' })] }))).toEqual([
      'RB323 error: the key of lock "l" differs between hosts of the play, which takes it as a whole',
    ]);
    expect(problems(book([step('a')], { limits: [use('l', { key: '{{ short }}' })] }))).toEqual([]);
  });
});

describe('locks of plays', () => {
  test('are refused where there is one for each host', () => {
    expect(problems(book([step('a')], { limits: [use('each')] }))).toEqual([
      'RB202 error: lock "each" is one for each host, and a play takes it once as a whole',
    ]);
  });
});

describe('release', () => {
  const gives = (name: string, permits = 1) => step({ id: 'r', release: [{ name, permits, at }] });

  test('is for what a block around the step holds, further out too', () => {
    const inner = step({ id: 'inner', body: [gives('l')] });
    expect(problems(book([holding([use('l')], [inner])]))).toEqual([]);
  });

  test('is refused for what no block around holds, with the nearest name', () => {
    expect(problems(book([gives('l')]))).toEqual(['RB324 error: no block around this step holds "l"']);
    const two = [use('s', { kind: 'semaphore', permits: 2 })];
    expect(problems(book([holding(two, [gives('ss')])]))[0]).toContain('did you mean "s"?');
  });

  test('is refused for more permits than the block takes', () => {
    const two = [use('s', { kind: 'semaphore', permits: 2 })];
    expect(problems(book([holding(two, [gives('s', 2)])]))).toEqual([]);
    expect(problems(book([holding(two, [gives('s', 3)])]))).toEqual([
      'RB324 error: 3 permits of semaphore "s" are given back, and the block around holds 2',
    ]);
  });

  test('is refused beside items that run in parallel', () => {
    const parallel = step({ id: 'r', parallel: 2, release: [{ name: 'l', permits: 1, at }] });
    expect(problems(book([holding([use('l')], [parallel])]))[0]).toContain('RB207');
  });
});
