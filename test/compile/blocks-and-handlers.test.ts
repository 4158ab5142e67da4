import { describe, expect, test } from 'vitest';
import { one, planOf, problemsOf, steps, two } from '../support/compile-plan.ts';
import { edgesOf, nodesNamed } from '../support/plan-text.ts';
import { compileOptions, layer, play, playbook, step } from '../support/playbook-builder.ts';

describe('a block', () => {
  const plan = planOf(
    steps(
      step('a'),
      step({ id: 'b', body: [step('x'), step('y')], rescue: [step('r')], always: [step('w')] }),
      step('c'),
    ),
  );

  test('is its begin and its end from outside', () => {
    expect(edgesOf(plan, 'begin b@h1')).toEqual(['a@h1 ok order']);
    expect(edgesOf(plan, 'c@h1')).toEqual(['end b@h1 ok order']);
  });

  test('has a body that follows its begin', () => {
    expect(edgesOf(plan, 'x@h1')).toEqual(['begin b@h1 ok block']);
    expect(edgesOf(plan, 'y@h1')).toEqual(['x@h1 ok order']);
  });

  test('starts its rescue when any step of the body failed', () => {
    expect(edgesOf(plan, 'rescue b@h1')).toEqual([
      'begin b@h1 ok block',
      'x@h1 failed rescue',
      'y@h1 failed rescue',
    ]);
    expect(edgesOf(plan, 'r@h1')).toEqual(['rescue b@h1 ok rescue']);
  });

  test('starts its always when body and rescue have ended', () => {
    expect(edgesOf(plan, 'always b@h1')).toEqual([
      'begin b@h1 ok block',
      'r@h1 end always',
      'rescue b@h1 end always',
    ]);
    expect(edgesOf(plan, 'w@h1')).toEqual(['always b@h1 ok always']);
  });

  test('ends by the end of all its members, each marked with its part', () => {
    expect(edgesOf(plan, 'end b@h1')).toEqual([
      'begin b@h1 ok block',
      'r@h1 end rescue',
      'w@h1 end always',
      'x@h1 end block',
      'y@h1 end block',
    ]);
  });

  test('takes part in the block around it by its end', () => {
    const nested = planOf(
      steps(step({ id: 'o', body: [step({ id: 'i', body: [step('x')] })], rescue: [step('r')] })),
    );
    expect(edgesOf(nested, 'begin i@h1')).toEqual(['begin o@h1 ok block']);
    expect(edgesOf(nested, 'rescue o@h1')).toEqual(['begin o@h1 ok block', 'end i@h1 failed rescue']);
    expect(nested.steps.find((s) => s.id === 'x')?.rescuable).toBe(true);
    expect(nested.steps.find((s) => s.id === 'r')?.rescuable).toBe(false);
    expect(nested.blocks.map(({ parent, part }) => [parent, part])).toEqual([
      [undefined, undefined],
      [0, 'body'],
    ]);
  });

  test('is followed from inside only by what starts with it', () => {
    const parallel = planOf(
      steps(step('a'), step({ id: 'b', body: [step('x'), step({ id: 'y', needs: [] })] })),
    );
    expect(edgesOf(parallel, 'y@h1')).toEqual(['begin b@h1 ok block']);
  });

  test('leaves background members to the end of the lane', () => {
    const background = planOf(
      steps(step({ id: 'b', body: [step('x'), step({ id: 'g', background: 'wait' })] }), step('c')),
    );
    expect(edgesOf(background, 'end b@h1')).toEqual(['begin b@h1 ok block', 'x@h1 end block']);
    expect(edgesOf(background, 'batch-end:0.0')).toEqual(['c@h1 end order', 'g@h1 end order']);
  });
});

describe('inheritance', () => {
  const book = playbook({
    plays: [
      play({
        keywords: {
          tags: ['p'],
          become: true,
          environment: [{ A: '1' }],
          moduleDefaults: { copy: { mode: '1' } },
        },
        steps: [
          step({
            id: 'b',
            tags: ['t'],
            when: ['first'],
            become: false,
            vars: { outer: 1 },
            environment: [{ B: '2' }],
            moduleDefaults: { copy: { mode: '2' }, file: {} },
            lock: 'l',
            wait: ['e'],
            body: [
              step({
                id: 'x',
                tags: ['t', 'u'],
                when: ['second'],
                environment: [{ C: '3' }],
                vars: { inner: 2 },
              }),
            ],
          }),
        ],
      }),
    ],
    locks: ['l'],
    events: { e: { external: true } },
  });
  const plan = planOf(book, one, compileOptions({}, { extraVars: [layer('extra-vars', { v: 1 }, '-e')] }));
  const [inner] = plan.steps;

  test('adds up when, environment and tags with the outer ones first', () => {
    expect(inner?.keywords.when).toEqual(['first', 'second']);
    expect(inner?.keywords.environment).toEqual([{ A: '1' }, { B: '2' }, { C: '3' }]);
    expect(inner?.keywords.tags).toEqual(['p', 't', 'u']);
  });

  test('lets the inner keyword win, and adds module defaults up by module', () => {
    expect(inner?.keywords.become).toBe(false);
    expect(inner?.keywords.moduleDefaults).toEqual({ copy: { mode: '2' }, file: {} });
  });

  test('chains the variables of block and step', () => {
    expect(inner?.layers.map(({ values }) => values)).toEqual([{ outer: 1 }, { inner: 2 }]);
    expect(plan.layers.map(({ label }) => label)).toEqual(['-e']);
  });

  test('keeps gates and limits on the block', () => {
    expect(inner?.keywords.limits).toBeUndefined();
    expect(inner?.keywords.wait).toBeUndefined();
    expect(plan.blocks[0]?.keywords.limits?.map(({ name }) => name)).toEqual(['l']);
    expect(plan.blocks[0]?.keywords.wait?.map(({ event }) => event)).toEqual(['e']);
  });
});

describe('handlers', () => {
  const restart = (further = {}) => step({ name: 'restart', ...further });

  test('follow all of their section, one node a host, in order of definition', () => {
    const plan = planOf(
      playbook({
        plays: [
          play({
            steps: [step({ id: 'a', notify: ['reload', 'restart'] })],
            handlers: [restart(), step({ name: 'reload' })],
          }),
        ],
      }),
      two,
    );
    expect(edgesOf(plan, 'restart@h1')).toEqual(['a@h1 ok handlers']);
    expect(edgesOf(plan, 'reload@h1')).toEqual(['restart@h1 ok handlers']);
    expect(edgesOf(plan, 'batch-end:0.0')).toEqual(['reload@h1 end order', 'reload@h2 end order']);
  });

  test('run at the end of each section in which they may be notified', () => {
    const notify = ['restart'];
    const plan = planOf(
      playbook({
        plays: [
          play({
            preTasks: [step({ id: 'pre', notify })],
            steps: [step('mid')],
            postTasks: [step({ id: 'post', notify })],
            handlers: [restart()],
          }),
        ],
      }),
    );
    expect(edgesOf(plan, 'restart@h1', 0)).toEqual(['pre@h1 ok handlers']);
    expect(edgesOf(plan, 'mid@h1')).toEqual(['restart@h1 ok order']);
    expect(edgesOf(plan, 'post@h1')).toEqual(['mid@h1 ok order']);
    expect(edgesOf(plan, 'restart@h1', 1)).toEqual(['post@h1 ok handlers']);
    expect(nodesNamed(plan, 'restart@h1')).toHaveLength(2);
  });

  test('run where flush_handlers stands, which is no instance', () => {
    const flush = step({ module: 'meta', params: { action: 'flush_handlers' } });
    const plan = planOf(
      playbook({
        plays: [
          play({ steps: [step({ id: 'a', notify: ['restart'] }), flush, step('b')], handlers: [restart()] }),
        ],
      }),
    );
    expect(edgesOf(plan, 'restart@h1', 0)).toEqual(['a@h1 ok handlers']);
    expect(edgesOf(plan, 'b@h1')).toEqual(['restart@h1 ok order']);
    expect(plan.steps.map((s) => s.id ?? s.name)).toEqual(['a', 'b', 'restart']);
  });

  test('that another handler notifies run after it', () => {
    const plan = planOf(
      playbook({
        plays: [
          play({
            steps: [step({ id: 'a', notify: ['one'] })],
            handlers: [
              step({ name: 'one', notify: ['topic'] }),
              step({ name: 'two', listen: ['topic'] }),
              step({ name: 'three' }),
            ],
          }),
        ],
      }),
    );
    expect(edgesOf(plan, 'two@h1')).toEqual(['one@h1 ok handlers']);
    expect(nodesNamed(plan, 'three@h1')).toEqual([]);
  });

  test('may all be notified by a name that is a template', () => {
    const plan = planOf(
      playbook({
        plays: [
          play({
            steps: [step({ id: 'a', notify: ['{{ which }}'] })],
            handlers: [restart(), step({ name: 'x' })],
          }),
        ],
      }),
    );
    expect(nodesNamed(plan, 'restart@h1')).toHaveLength(1);
    expect(nodesNamed(plan, 'x@h1')).toHaveLength(1);
  });

  test('that are forced run after a failure, and what comes next still needs the steps before', () => {
    const plan = planOf(
      playbook({
        plays: [
          play({
            forceHandlers: true,
            steps: [step({ id: 'a', notify: ['restart'] })],
            postTasks: [step('p')],
            handlers: [restart()],
          }),
        ],
      }),
    );
    expect(edgesOf(plan, 'restart@h1')).toEqual(['a@h1 end handlers']);
    expect(edgesOf(plan, 'p@h1')).toEqual(['a@h1 ok order', 'restart@h1 ok order']);
  });

  test('that a background step notifies wait for it at the end of the play', () => {
    const plan = planOf(
      playbook({
        plays: [
          play({
            steps: [step('a'), step({ id: 'g', background: 'wait', notify: ['restart'] })],
            handlers: [restart()],
          }),
        ],
      }),
    );
    expect(edgesOf(plan, 'restart@h1')).toEqual(['a@h1 ok handlers', 'g@h1 ok handlers']);
  });

  test('that do not exist are refused with the nearest name', () => {
    const book = playbook({
      plays: [play({ steps: [step({ id: 'a', notify: ['restrat'] })], handlers: [restart()] })],
    });
    expect(problemsOf(book)).toEqual([
      'RB304 error: no handler is named "restrat" — did you mean "restart"?',
    ]);
  });
});
