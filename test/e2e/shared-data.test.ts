import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, outcomesOf, type RunLine, startFleetProject } from '../support/fleet-project.ts';

let project: FleetProject;

const playbookText = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../playbooks/${name}.yml`, import.meta.url)), 'utf8');

/** A folder that all hosts share, as they are one machine. */
async function sharedFolder(name: string): Promise<string> {
  const folder = join(project.fleet.root, name);
  mkdirSync(folder);
  await chmod(folder, 0o777);
  await chmod(project.fleet.root, 0o755);
  return folder;
}

/** `-e` that gives each host a folder of its own. */
const rootOf = (folder: string) => JSON.stringify({ demo_root: `${folder}/{{ inventory_hostname }}` });

const finished = (events: readonly RunLine[], id: string) =>
  events.filter((event) => event.type === 'step-finished' && (event.id === id || event.step === id));
const failures = (events: readonly RunLine[]) =>
  events.filter((event) => event.outcome === 'failed').map(({ step, host, msg }) => ({ step, host, msg }));

describe.skipIf(fleetAvailable() !== undefined)('data that hosts share', () => {
  beforeAll(async () => {
    const groups = 'groups: {db: {hosts: [h1]}, web: {hosts: [h2, h3, h4]}}\n';
    project = await startFleetProject(
      { count: 4, separateUsers: true },
      (fleet) => `${fleet.inventoryYaml().trimEnd()}\n${groups}`,
    );
  });
  afterAll(() => project?.fleet.stop());

  it('hands each item of a bounded queue to one of two consumers, and joins when all are done', async () => {
    const folder = await sharedFolder('queue');
    const { code, events } = await project.apply(`
queues: {jobs: {capacity: 2, dead_letter: dead}, dead: {}}
plays:
  - hosts: h1
    gather_facts: false
    steps:
      - {id: put, queue: {put: "job-{{ item }}", to: jobs}, loop: "{{ range(9) | list }}"}
      - {id: join, queue: {join: jobs}}
      - {id: look, debug: {msg: "left {{ queue.jobs.size }}, dead {{ queue.dead.size }}"}}
  - hosts: h2:h3
    needs: []
    gather_facts: false
    steps:
      - consume: {queue: jobs, as: job, retries: 1}
        name: consumer
        block:
          - {id: work, shell: "umask 0; echo {{ job }} >> ${folder}/{{ job }}; test {{ job }} != job-4", register: out}
          - {id: tell, debug: {msg: "{{ job }} {{ out.rc }}"}}
`);
    expect(code).toBe(2);
    expect(outcomesOf(events, 'join')).toEqual({ h1: 'ok' });
    expect(finished(events, 'look')[0]?.msg).toBe('left 0, dead 1');
    const counts = readdirSync(folder).map((name) => [
      name,
      readFileSync(join(folder, name), 'utf8').split('\n').length - 1,
    ]);
    expect(Object.fromEntries(counts)).toEqual(
      Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`job-${index}`, index === 4 ? 2 : 1])),
    );
    expect(finished(events, 'tell')).toHaveLength(
      8 + finished(events, 'tell').filter((one) => one.outcome === 'cancelled').length,
    );
    const ends = finished(events, 'consumer');
    expect(ends.filter((one) => one.outcome === 'failed')).toHaveLength(1);
    expect(ends.filter((one) => one.outcome === 'ok')).toHaveLength(1);
  });

  it('shares a number, a list and a mapping between hosts without losing a change', async () => {
    const { code, events } = await project.apply(`
state: {count: 0, seen: [], leader: {name: ""}}
vars: {token: !unsafe "{{ not read }}"}
plays:
  - hosts: all
    gather_facts: false
    steps:
      - {state: {increment: {count: 1}, append: {seen: "{{ inventory_hostname }}"}}, loop: "{{ range(10) | list }}"}
      - {id: elect, state: {compare: {leader: {name: ""}}, set: {leader: {name: "{{ inventory_hostname }}"}}}}
      - {id: wrong, state: {append: {count: 1}}, ignore_errors: true}
  - hosts: h1
    gather_facts: false
    steps:
      - {id: told, debug: {msg: "{{ state.count }} {{ state.seen | unique | sort | join(',') }}"}}
      - {id: raw, state: {set: {leader: "{{ token }}"}}}
      - {id: still, debug: {msg: "{{ state.leader }}"}}
`);
    expect(failures(events).filter((one) => one.step !== 'state')).toEqual([]);
    expect(code).toBe(0);
    expect(finished(events, 'told')[0]?.msg).toBe('40 h1,h2,h3,h4');
    expect(Object.values(outcomesOf(events, 'elect')).sort()).toEqual([
      'ok',
      'skipped',
      'skipped',
      'skipped',
    ]);
    expect(finished(events, 'wrong')[0]?.msg).toBe('state count is no list, nothing can be appended to it');
    // What looks like a template and came in as data stays data.
    expect(finished(events, 'still')[0]?.msg).toBe('{{ not read }}');
  });

  it('leases each member of a pool to one holder at a time', async () => {
    const folder = await sharedFolder('pool');
    const { code } = await project.apply(`
pools: {port: {members: [p8001, p8002]}}
hosts: all
gather_facts: false
steps:
  - pool: port
    shell: mkdir ${folder}/{{ pool.port }} && sleep 0.2 && rmdir ${folder}/{{ pool.port }}
  - pool: port
    block:
      - shell: mkdir ${folder}/{{ pool.port }}
      - shell: sleep 0.1; rmdir ${folder}/{{ pool.port }}
`);
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leases a member to a play as a whole: all its hosts share it, and other plays get another or wait', async () => {
    const folder = await sharedFolder('play-pool');
    const play = (hosts: string, name: string) => `
  - hosts: ${hosts}
    needs: []
    pool: port
    gather_facts: false
    steps:
      - {id: ${name}-begin, run_once: true, command: "mkdir ${folder}/{{ pool.port }}"}
      - {id: ${name}, shell: "sleep 0.1; test -d ${folder}/{{ pool.port }} && echo {{ pool.port }}"}
      - {run_once: true, command: "rmdir ${folder}/{{ pool.port }}"}`;
    const { code, events } = await project.apply(
      `pools: {port: {members: [p8001, p8002]}}\nplays:${play('h1:h2', 'a')}${play('h3', 'b')}${play('h4', 'c')}\n`,
    );
    expect(failures(events)).toEqual([]);
    expect(code).toBe(0);
    expect(outcomesOf(events, 'a')).toEqual({ h1: 'changed', h2: 'changed' });
    expect(readdirSync(folder)).toEqual([]);
    const late = events.filter(({ type, who }) => type === 'step-waiting' && String(who).startsWith('play '));
    expect(late.map((event) => event['for'])).toEqual(['pool "port"']);
  });

  it.each(['producer-consumer', 'shared-state', 'mutex'])(
    'plays playbooks/%s.yml',
    async (name) => {
      const folder = await sharedFolder(name);
      const result = await project.apply(playbookText(name), ['-e', rootOf(folder)], { timeoutMs: 170_000 });
      expect(failures(result.events)).toEqual([]);
      expect(result.code).toBe(0);
      if (name !== 'mutex') return;
      const number = (file: string) => Number(readFileSync(join(folder, 'h1', 'mutex', file), 'utf8'));
      expect(number('locked')).toBe(0);
      expect(number('racing')).toBeGreaterThan(0);
    },
    180_000,
  );

  it('works queues off and shares values in check mode too, and writes nothing', async () => {
    const folder = await sharedFolder('check');
    const result = await project.apply(playbookText('producer-consumer'), ['--check', '-e', rootOf(folder)]);
    expect(failures(result.events)).toEqual([]);
    expect(result.code).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });
});
