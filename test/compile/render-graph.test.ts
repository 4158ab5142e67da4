import { describe, expect, test } from 'vitest';
import { listHosts, listSteps, listTags } from '../../src/compile/list-plan.ts';
import { type GraphFormat, renderGraph } from '../../src/compile/render-graph.ts';
import type { Plan } from '../../src/model/plan.ts';
import { planOf, steps } from '../support/compile-plan.ts';
import { inventory, newFile, play, playbook, step } from '../support/playbook-builder.ts';

/** Two plays beside each other with a block, handlers, an event, run_once, batches and a skipped host. */
function deploy(hostCount: number): Plan {
  newFile();
  const web = Array.from({ length: hostCount }, (_, i) => `web${i + 1}`);
  const hosts = inventory([...web, 'db1'], { web, db: ['db1'] });
  const book = playbook({
    name: 'Deploy',
    events: { schema_ready: {} },
    plays: [
      play({
        id: 'db',
        name: 'Database',
        hosts: 'db',
        steps: [step({ id: 'migrate', name: 'Migrate "all"', tags: ['db'], set: ['schema_ready'] })],
      }),
      play({
        id: 'web',
        name: 'Web',
        hosts: 'web',
        needs: [],
        gatherFacts: true,
        serial: [1, '100%'],
        preTasks: [step({ id: 'drain', runOnce: true })],
        steps: [
          step({ id: 'pull', when: ["inventory_hostname == 'web1'"], tags: ['app'] }),
          step({ id: 'warm', needs: [], background: 'wait' }),
          step({
            id: 'roll',
            body: [step({ id: 'conf', notify: ['restart app'] }), step({ id: 'up', wait: ['schema_ready'] })],
            rescue: [step('back')],
            always: [step('tell')],
          }),
          step({ id: 'check', needs: [{ step: 'roll', hosts: 'all' }, 'db.migrate'] }),
        ],
        handlers: [step({ name: 'restart app' })],
      }),
      play({ name: 'After', hosts: 'all', strategy: 'linear', steps: [step('one'), step('two')] }),
    ],
  });
  return planOf(book, hosts);
}

describe('a graph', () => {
  test.each<[GraphFormat, string]>([
    ['text', 'txt'],
    ['mermaid', 'mmd'],
    ['dot', 'dot'],
    ['json', 'json'],
  ])('is written as %s', async (format, extension) => {
    await expect(renderGraph(deploy(3), format)).toMatchFileSnapshot(`../golden/plans/deploy.${extension}`);
  });

  test('of many hosts is no longer than that of a few', () => {
    const lines = (count: number) => renderGraph(deploy(count), 'text').split('\n').length;
    expect(lines(300)).toBe(lines(3));
  });

  test('tells handlers of different flush points apart', () => {
    const notify = ['h'];
    const plan = planOf(
      playbook({
        plays: [
          play({
            preTasks: [step({ id: 'a', notify })],
            steps: [step({ id: 'b', notify })],
            handlers: [step({ name: 'h' })],
          }),
        ],
      }),
    );
    const text = renderGraph(plan, 'text');
    expect(text.match(/^ {2}h /gm)).toHaveLength(2);
  });

  test('of an empty playbook is a play without lines', () => {
    expect(renderGraph(planOf(steps()), 'text')).toBe('play "all" (1 host)\n');
  });
});

describe('lists', () => {
  test('tell hosts by batch, steps with their tags, and tags', () => {
    const plan = deploy(2);
    expect(listHosts(plan)[1]).toEqual({ play: 'Web', batches: [['web1'], ['web2']] });
    expect(listSteps(plan)[1]?.steps.map(({ title, section }) => `${section} ${title}`)).toEqual([
      'facts Gathering Facts',
      'pre_tasks command',
      'steps command',
      'steps command',
      'steps command',
      'steps command',
      'steps command',
      'steps command',
      'steps command',
      'handlers restart app',
    ]);
    expect(listTags(plan)).toEqual([
      { play: 'Database', tags: ['db'] },
      { play: 'Web', tags: ['app'] },
      { play: 'After', tags: [] },
    ]);
  });
});
