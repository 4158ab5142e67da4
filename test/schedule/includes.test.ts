import { describe, expect, it } from 'vitest';
import { createIncluder } from '../../src/compile/includer.ts';
import { failure } from '../../src/model/diagnostic.ts';
import type { IncludedSteps } from '../../src/model/include.ts';
import type { Play, Step } from '../../src/model/playbook.ts';
import { openPlan } from '../../src/model/run-plan.ts';
import { planOf, two } from '../support/compile-plan.ts';
import { type ControlledRun, startRun } from '../support/controlled-steps.ts';
import { layer, play, playbook, step } from '../support/playbook-builder.ts';

type Engine = Parameters<typeof createIncluder>[3];

const request = { kind: 'tasks', name: 'more.yml', variables: {} } as const;
const include = (id: string, keywords = {}) => step({ id, module: 'include_tasks', ...keywords });

/** Starts a play whose includes bring the steps given, by the host that reaches them. */
async function start(
  text: Partial<Omit<Play, 'needs'>>,
  files: Readonly<Record<string, readonly Step[]>>,
  more: { tags?: readonly string[]; handlers?: readonly Step[]; engine?: Engine } = {},
): Promise<ControlledRun> {
  const plan = openPlan(planOf(playbook({ plays: [play(text)] }), two));
  const includer = createIncluder(plan, { tags: more.tags ?? [], skipTags: [] }, undefined, more.engine);
  return startRun(plan, {
    includer: {
      load: (work) => {
        const name =
          files[`${work.step.id}@${work.host}`] === undefined ? work.step.id : `${work.step.id}@${work.host}`;
        const steps = files[name ?? ''];
        if (steps === undefined) throw failure('RB101', 'there is no such file');
        const { handlers = [] } = more;
        const one: IncludedSteps = {
          key: name ?? '',
          label: 'more.yml',
          source: { kind: 'tasks', name: '/project/more.yml' },
          steps,
          handlers,
          layers: [],
        };
        return Promise.resolve([one]);
      },
      make: (site, included) => includer.include(site, included),
    },
  });
}

const reach = (run: ControlledRun, id: string, host: string) => run.finish(id, host, { includes: [request] });

describe('an include', () => {
  it('selects its steps by tags that are templates, once these are rendered', async () => {
    const engine: Engine = {
      renderNative: (text, variables) => variables[text.replaceAll(/[{} ]/g, '')] ?? 'nothing',
    };
    const steps = [step({ id: 'a', tags: ['{{ mine }}'] }), step({ id: 'b', tags: ['{{ other }}'] })];
    const layers = [layer('play', { mine: 'chosen', other: 'left' })];
    const text = { layers, steps: [include('in', { tags: ['chosen'] })] };
    const run = await start(text, { in: steps }, { tags: ['chosen'], engine });
    await reach(run, 'in', 'h1');
    expect(run.running()).toEqual(['in@h2', 'a@h1']);
    await run.finish('a', 'h1');
    expect(run.running()).toEqual(['in@h2']);
    await reach(run, 'in', 'h2');
    expect((await run.finishAll()).outcome).toBe('ok');
  });

  it('runs its steps in order before what stands behind it, on each host by itself', async () => {
    const run = await start({ steps: [include('in'), step('after')] }, { in: [step('a'), step('b')] });
    await reach(run, 'in', 'h1');
    expect(run.running()).toEqual(['in@h2', 'a@h1']);
    await run.finish('a', 'h1');
    expect(run.running()).toEqual(['in@h2', 'b@h1']);
    await run.finish('b', 'h1');
    expect(run.running()).toEqual(['in@h2', 'after@h1']);
    await reach(run, 'in', 'h2');
    expect(run.running()).toEqual(['after@h1', 'a@h2']);
    expect((await run.finishAll()).outcome).toBe('ok');
  });

  it('fails with its step: what is behind it on the host is cancelled, and rescue takes the failure up', async () => {
    const block = step({ id: 'b', body: [include('in')], rescue: [step('help')] });
    const run = await start({ steps: [block, step('after')] }, { in: [step('a'), step('b')] });
    await reach(run, 'in', 'h1');
    await run.finish('a', 'h1', { outcome: 'failed' });
    expect(run.running()).toEqual(['in@h2', 'help@h1']);
    await run.finish('help', 'h1');
    expect(run.running()).toEqual(['in@h2', 'after@h1']);
    await reach(run, 'in', 'h2');
    const result = await run.finishAll();
    expect(result.failed).toBe(false);
    expect(run.ended()).toContain('a@h1 failed rescued');
    expect(run.ended()).toContain('b@h1 cancelled');
  });

  it('fails where its file cannot be read, and tells why', async () => {
    const run = await start({ steps: [include('in'), step('after')] }, {});
    await reach(run, 'in', 'h1');
    expect(run.finished('in', 'h1')).toMatchObject({
      outcome: 'failed',
      msg: 'there is no such file (RB101)',
    });
    await run.finish('in', 'h2');
    expect(run.ended()).toContain('after@h1 cancelled');
    expect((await run.finishAll()).failed).toBe(true);
  });

  it.each([
    ['native', 'failed rescued'],
    ['ansible', 'failed'],
  ] as const)('with a mistake in its steps is, in a play of the %s dialect, %s', async (dialect, how) => {
    const block = step({ id: 'b', body: [include('in')], rescue: [step('help')] });
    const run = await start({ steps: [block], dialect }, { in: [step({ id: 'x', needs: ['nobody'] })] });
    await reach(run, 'in', 'h1');
    expect(run.ended()).toContain(`in@h1 ${how}`);
    await run.finishAll();
    expect(run.ended().includes('help@h1 ok')).toBe(dialect === 'native');
  });

  it('fails with every mistake of its steps and their places', async () => {
    const bad = [step({ id: 'x', needs: ['nobody'] }), step({ id: 'y', wait: ['never'] })];
    const run = await start({ steps: [include('in')] }, { in: bad });
    await reach(run, 'in', 'h1');
    const { msg = '' } = run.finished('in', 'h1');
    expect(msg).toMatch(/site\.yml:\d+:\d+: no step has the id "nobody".*\(RB303\)/);
    expect(msg).toMatch(/site\.yml:\d+:\d+: event "never" is not declared.*\(RB212\)/);
    await run.finishAll();
  });

  it('brings what the selection of tags asks for, whatever the tags of the include are', async () => {
    const steps = [step({ id: 'a', tags: ['blue'] }), step({ id: 'b', tags: ['red'] })];
    const run = await start({ steps: [include('in')] }, { in: steps }, { tags: ['red'] });
    await reach(run, 'in', 'h1');
    expect(run.running()).toEqual(['in@h2', 'b@h1']);
    await run.finishAll();
  });

  it('holds what it has taken until its steps have ended', async () => {
    const run = await start({ steps: [include('in', { throttle: 1 })] }, { in: [step('a')] });
    await reach(run, 'in', 'h1');
    expect(run.running()).toEqual(['a@h1']);
    await run.finish('a', 'h1');
    expect(run.running()).toEqual(['in@h2']);
    await run.finishAll();
  });

  it('lies in another one', async () => {
    const run = await start(
      { steps: [include('in'), step('after')] },
      { in: [include('deep'), step('b')], deep: [step('a')] },
    );
    await reach(run, 'in', 'h1');
    await reach(run, 'deep', 'h1');
    expect(run.running()).toEqual(['in@h2', 'a@h1']);
    await run.finish('a', 'h1');
    expect(run.running()).toEqual(['in@h2', 'b@h1']);
    await run.finishAll();
    expect(run.events.filter(({ type }) => type === 'step-settled').length).toBeGreaterThan(3);
  });

  it('that leads back to itself ends at 64, with a failure', async () => {
    const run = await start({ steps: [include('in')] }, { in: [include('in')] });
    await run.finish('in', 'h2');
    for (let depth = 0; depth <= 64; depth++) await reach(run, 'in', 'h1');
    const result = await run.result;
    expect(result.failed).toBe(true);
    expect(run.ended().filter((line) => line === 'in@h1 ok')).toHaveLength(64);
    const last = run.events.filter((event) => event.type === 'step-finished').at(-1);
    expect(last).toMatchObject({ msg: expect.stringContaining('RB113') });
  });
});

describe('included steps in a linear play', () => {
  it('are met step by step by the hosts that include the same', async () => {
    const run = await start(
      { strategy: 'linear', steps: [include('in'), step('after')] },
      { in: [step('a'), step('b')] },
    );
    await reach(run, 'in', 'h1');
    expect(run.running()).toEqual(['in@h2']);
    await reach(run, 'in', 'h2');
    expect(run.running()).toEqual(['a@h1', 'a@h2']);
    await run.finish('a', 'h1');
    expect(run.running()).toEqual(['a@h2']);
    await run.finish('a', 'h2');
    expect(run.running()).toEqual(['b@h1', 'b@h2']);
    expect((await run.finishAll()).outcome).toBe('ok');
  });

  it('go beside each other where hosts include something else', async () => {
    const run = await start(
      { strategy: 'linear', steps: [include('in'), step('after')] },
      { 'in@h1': [step('a'), step('b')], 'in@h2': [step('c')] },
    );
    await reach(run, 'in', 'h1');
    await reach(run, 'in', 'h2');
    expect(run.running()).toEqual(['a@h1', 'c@h2']);
    await run.finish('a', 'h1');
    expect(run.running()).toEqual(['c@h2', 'b@h1']);
    await run.finishAll();
  });

  it('do not wait for a host whose include was skipped or failed', async () => {
    const run = await start({ strategy: 'linear', steps: [include('in')] }, { in: [step('a')] });
    await reach(run, 'in', 'h1');
    await run.finish('in', 'h2', { outcome: 'skipped' });
    expect(run.running()).toEqual(['a@h1']);
    await run.finishAll();
  });
});

describe('run_once in an include', () => {
  it('waits for all hosts of the batch, and runs on the first of them', async () => {
    const run = await start(
      { steps: [include('in')] },
      { in: [step({ id: 'a', runOnce: true }), step('b')] },
    );
    await reach(run, 'in', 'h2');
    expect(run.running()).toEqual(['in@h1']);
    await reach(run, 'in', 'h1');
    expect(run.running()).toEqual(['a@h1']);
    await run.finish('a', 'h1');
    expect(run.running()).toEqual(['b@h1', 'b@h2']);
    await run.finishAll();
  });
});

describe('handlers', () => {
  it('that an include brought run at the end of the section, after those of the play', async () => {
    const run = await start(
      { steps: [include('in')], handlers: [step({ id: 'own', name: 'own' })] },
      { in: [step('a')] },
      { handlers: [step({ id: 'brought', name: 'brought' })] },
    );
    await run.finish('in', 'h2');
    await reach(run, 'in', 'h1');
    await run.finish('a', 'h1', { outcome: 'changed', notify: ['brought', 'own'] });
    expect(run.running()).toEqual(['own@h1']);
    await run.finish('own', 'h1');
    expect(run.running()).toEqual(['brought@h1']);
    const result = await run.finishAll();
    expect(result.owedHandlers).toEqual({});
  });
});
