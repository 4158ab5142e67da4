import { describe, expect, it } from 'vitest';
import { listSteps } from '../../src/compile/list-plan.ts';
import { over } from '../support/block-runs.ts';
import { diagnosticsOf, one, planOf, problemsOf, steps, two } from '../support/compile-plan.ts';
import { compileOptions, play, playbook, step } from '../support/playbook-builder.ts';

const loop = over('a', 'b');

describe('a block that runs more than once', () => {
  it('is refused where hosts would meet in its passes, but may meet as a whole', () => {
    expect(problemsOf(steps(step({ loop, body: [step({ id: 'x', barrier: 'all' })] })), two)).toEqual([
      'RB314 error: hosts cannot meet in a block with "loop" or "retries": they may go through it differently often',
    ]);
    expect(problemsOf(steps(step({ loop, barrier: 'all', body: [step('x')] })), two)).toEqual([]);
  });

  it('is refused for what is wrong with a pass of it: order, events, limits', () => {
    const events = { e: {} };
    const waiting = step({ loop, body: [step({ id: 'x', wait: ['e'] }), step({ id: 'y', set: ['e'] })] });
    expect(problemsOf(playbook({ events, plays: [play({ steps: [waiting] })] }), one)[0]).toMatch(
      /^RB30\d error/,
    );
    const take = (first: string, second: string) =>
      step({ needs: [], lock: first, retries: 1, body: [step({ id: `${first}${second}`, lock: second })] });
    const both = play({ steps: [take('l', 'm'), take('m', 'l')] });
    const found = problemsOf(playbook({ locks: ['l', 'm'], plays: [both] }), one);
    expect(found.some((problem) => problem.includes(' error: '))).toBe(true);
  });

  it('has no false alarm where its steps set what others wait for, and notify handlers', () => {
    const set = step({ needs: [], loop, body: [step({ id: 'x', set: ['e'], notify: ['h'] })] });
    const wait = step({ id: 'w', needs: [], wait: ['e'] });
    const handlers = [step({ name: 'h' })];
    expect(
      problemsOf(playbook({ events: { e: {} }, plays: [play({ steps: [set, wait], handlers })] }), two),
    ).toEqual([]);
  });

  it('is told of a handler that none of its steps can notify', () => {
    const block = step({ retries: 1, body: [step({ id: 'x', notify: ['nobody'] })] });
    expect(problemsOf(steps(block), one)[0]).toContain('RB304');
  });

  it.each([
    ['a parameter', step({ id: 'x', params: { cmd: '{{ ansible_env }}' } })],
    ['a condition', step({ id: 'x', when: ['ansible_env is defined'] })],
    ['a variable of its own', step({ id: 'x', vars: { home: '{{ ansible_env }}' } })],
  ])('asks for facts that only a step in it reads, in %s', (_, inner) => {
    const book = (block: ReturnType<typeof step>) =>
      playbook({ plays: [play({ gatherFacts: 'when-read', steps: [block] })] });
    const gathers = (block: ReturnType<typeof step>) =>
      planOf(book(block), one).steps.some(({ section }) => section === 'facts');
    expect(gathers(step({ loop, body: [inner] }))).toBe(true);
    expect(gathers(step({ loop, body: [step('y')] }))).toBe(false);
  });

  it('warns of a loop in it with the same variable', () => {
    const inner = step({ id: 'x', loop: over('1') });
    const [found, ...others] = diagnosticsOf(steps(step({ loop, body: [inner] })), one);
    expect(found).toMatchObject({ code: 'RB325', severity: 'warning', at: inner.keywords.loop?.at });
    expect(others).toEqual([]);
    const named = step({
      loop,
      loopControl: { loopVar: 'outer' },
      body: [step({ id: 'x', loop: over('1') })],
    });
    expect(diagnosticsOf(steps(named), one)).toEqual([]);
  });

  it('is listed with the steps of a pass that are selected, and left out where none is', () => {
    const block = step({
      name: 'each',
      loop,
      body: [step({ id: 'x', tags: ['t'] }), step({ id: 'y', tags: ['u'] })],
    });
    const titles = (tags: readonly string[]) => {
      const plan = planOf(steps(block, step({ id: 'z', tags: ['u'] })), one, compileOptions({ tags }));
      const written = listSteps(plan)[0]?.steps.filter(({ section }) => section === 'steps');
      return written?.map(({ title, id }) => id ?? title);
    };
    expect(titles([])).toEqual(['each (for each item)', 'x', 'y', 'z']);
    expect(titles(['t'])).toEqual(['each (for each item)', 'x']);
  });
});
