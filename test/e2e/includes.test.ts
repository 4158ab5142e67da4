import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetAvailable } from '../support/fleet.ts';
import {
  type FleetProject,
  outcomesOf,
  type RunLine,
  readRunLines,
  startFleetProject,
} from '../support/fleet-project.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'runbook-includes-'));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

async function apply(
  playbook: string,
  args: readonly string[] = [],
): Promise<CliResult & { readonly events: readonly RunLine[] }> {
  const words = ['apply', playbook, '-i', 'hosts.yml', '--output', 'jsonl', ...args];
  const result = await runCli(words, { cwd: folder });
  return { ...result, events: readRunLines(result.stdout) };
}

/** Messages of `debug` steps of a title, by host, in the order in which they came. */
function said(events: readonly RunLine[], step: string, host: string): readonly unknown[] {
  return events
    .filter((event) => event.type === 'step-finished' && event.step === step && event.host === host)
    .map((event) => event.msg);
}

beforeAll(() => {
  write({
    'hosts.yml':
      'hosts: {h1: {connection: local}, h2: {connection: local}}\ngroups: {local: {hosts: [h1, h2]}}\n',
    'tasks/site.yml': [
      '- {name: site, debug: {msg: "{{ item }} {{ kind }}"}, notify: told, changed_when: true}',
      '- include_tasks: deep.yml',
    ].join('\n'),
    'tasks/deep.yml': [
      '- {command: "echo {{ item }}", register: out}',
      '- {name: deep, debug: {msg: "deep {{ out.stdout }}"}, tags: [blue]}',
    ].join('\n'),
    'tasks/bad.yml': '- {name: bad, command: "false"}\n- {name: never, command: "true"}\n',
    'tasks/wrong.yml': '- {name: wrong, coppy: {src: a}}\n',
    'roles/web/defaults/main.yml': 'web_port: 80\n',
    'roles/web/tasks/main.yml': '- {name: serve, command: "true", notify: restart web}\n',
    'roles/web/handlers/main.yml': '- {name: restart web, debug: {msg: "port {{ web_port }}"}}\n',
    'vars/sites/a.yml': 'a: {x: 1}\n',
    'vars/sites/b.json': '{"b": "{{ a.x + 1 }}"}',
    'vars/sites/deep/c.yml': 'c: 3\n',
    'vars/more.yml': 'a: {y: 2}\n',
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('include_tasks', () => {
  it('gives its steps the variables of apply', async () => {
    write({
      'tasks/kind.yml': '- {name: kind, debug: {msg: "{{ kind }}"}}\n',
      'apply.yml': 'hosts: h1\nsteps:\n  - include_tasks: {file: kind.yml, apply: {vars: {kind: applied}}}\n',
    });
    const { code, events } = await apply('apply.yml');
    expect(code).toBe(0);
    expect(said(events, 'kind', 'h1')).toEqual(['applied']);
  });

  it('runs a file for each item, lets it see the item and its variables, and its steps notify handlers', async () => {
    write({
      'loop.yml': [
        'hosts: local',
        'steps:',
        '  - {include_tasks: site.yml, loop: [one, two], vars: {kind: "kind-{{ item }}"}}',
        'handlers:',
        '  - {name: told, debug: {msg: told}}',
      ].join('\n'),
    });
    const { code, events, stderr } = await apply('loop.yml');
    expect(code, stderr).toBe(0);
    expect(said(events, 'site', 'h1')).toEqual(['one kind-one', 'two kind-two']);
    expect(said(events, 'deep', 'h2')).toEqual(['deep one', 'deep two']);
    expect(said(events, 'told', 'h1')).toEqual(['told']);
  });

  it('hands a failure inside to the rescue around it, and a mistake in the file to its own step', async () => {
    write({
      'rescue.yml': [
        'hosts: h1',
        'steps:',
        '  - block:',
        '      - include_tasks: bad.yml',
        '    rescue:',
        '      - {name: rescued, debug: {msg: "{{ ansible_failed_task.name }}"}}',
        '  - {name: includes, include_tasks: wrong.yml}',
        '  - {name: behind, debug: {msg: never}}',
      ].join('\n'),
    });
    const { code, events } = await apply('rescue.yml');
    expect(code).toBe(2);
    expect(said(events, 'rescued', 'h1')).toEqual(['bad']);
    expect(outcomesOf(events, 'never')).toEqual({ h1: 'cancelled' });
    const [mistake] = said(events, 'includes', 'h1');
    expect(mistake).toMatch(
      /^tasks\/wrong\.yml:1:17: no module is named "coppy".*did you mean "copy".*\(RB204\)$/,
    );
    expect(outcomesOf(events, 'behind')).toEqual({ h1: 'cancelled' });
  });

  it('is refused as a whole for names that nobody declares, each told with its place', async () => {
    write({
      'tasks/unknown.yml': [
        '- {state: {set: {nope: 1}}}',
        '- {queue: {put: 1, to: jbs}}',
        '- {command: "true", wait: reedy, pool: gp}',
        '- {debug: {msg: "{{ state.nn }} {{ queue.jobs.size }} {{ pool.none | default(0) }}"}}',
      ].join('\n'),
      'names.yml': [
        'events: {ready: {external: true}}',
        'state: {n: 0}',
        'queues: {jobs: {capacity: 1}}',
        'pools: {gpu: {size: 1}}',
        'plays:',
        '  - hosts: h1',
        '    gather_facts: false',
        '    vars: {file: unknown.yml}',
        '    steps:',
        '      - {id: fill, queue: {put: 1, to: jobs}}',
        '      - {name: includes, include_tasks: "{{ file }}"}',
        '  - hosts: h2',
        '    needs: []',
        '    gather_facts: false',
        '    steps: [{consume: {queue: jobs, as: job}, block: [{command: "true"}]}]',
      ].join('\n'),
    });
    const { events } = await apply('names.yml');
    const told = String(said(events, 'includes', 'h1')[0]).split('\n');
    expect(told.map((line) => line.replace(/:\d+: .*?(\w+ "\w+" is not declared).*/, ' $1'))).toEqual([
      'tasks/unknown.yml:1 state "nope" is not declared',
      'tasks/unknown.yml:2 queue "jbs" is not declared',
      'tasks/unknown.yml:3 event "reedy" is not declared',
      'tasks/unknown.yml:3 pool "gp" is not declared',
    ]);
    write({ 'tasks/unknown.yml': '- {debug: {msg: "{{ state.nn }} {{ state.n }}"}}\n' });
    const reading = await apply('names.yml');
    expect(said(reading.events, 'includes', 'h1')).toEqual([
      expect.stringMatching(
        /^tasks\/unknown\.yml:1:3: .* reads state\.nn, and state "nn" is not declared.*\(RB212\)$/,
      ),
    ]);
  });

  it('keeps its tags and keywords to itself, and gives what stands under apply to its steps', async () => {
    write({
      'tags.yml': [
        'hosts: h1',
        'steps:',
        '  - {include_tasks: deep.yml, vars: {item: a}, tags: [red]}',
        '  - include_tasks: {file: deep.yml, apply: {tags: [red], when: "item != \'c\'"}}',
        '    loop: [b, c]',
        '    tags: [red]',
      ].join('\n'),
    });
    const { code, events } = await apply('tags.yml', ['--tags', 'red']);
    expect(code).toBe(0);
    expect(said(events, 'deep', 'h1')).toEqual(['deep b', expect.stringContaining("item != 'c'")]);
    const listed = await runCli(['apply', 'tags.yml', '-i', 'hosts.yml', '--list-tasks'], { cwd: folder });
    expect(listed.stdout).not.toContain('deep');
  });

  it('is followed in check mode, where nothing is changed', async () => {
    write({
      'check.yml': 'hosts: h1\nsteps:\n  - {include_tasks: bad.yml}\n  - {name: end, debug: {msg: end}}\n',
    });
    const result = await apply('check.yml', ['--check']);
    expect(result.code).toBe(0);
    expect(outcomesOf(result.events, 'bad')).toEqual({ h1: 'skipped' });
    expect(outcomesOf(result.events, 'end')).toEqual({ h1: 'ok' });
  });
});

describe('include_role', () => {
  it('runs the role, adds its handlers, and shows its defaults to later steps where it is public', async () => {
    write({
      'role.yml': [
        'hosts: local',
        'steps:',
        '  - include_role: {name: web}',
        '  - {name: private, debug: {msg: "{{ web_port is defined }}"}}',
        '  - include_role: {name: web, public: true}',
        '  - {name: public, debug: {msg: "{{ web_port }}"}}',
      ].join('\n'),
    });
    const { code, events, stderr } = await apply('role.yml');
    expect(code, stderr).toBe(0);
    expect(said(events, 'private', 'h1')).toEqual(['false']);
    expect(said(events, 'public', 'h2')).toEqual(['80']);
    expect(said(events, 'web : restart web', 'h1')).toEqual(['port 80']);
  });
});

describe('include_vars', () => {
  it('reads a folder to a depth, under a name, and merges mappings where it is asked to', async () => {
    write({
      'vars.yml': [
        'hosts: h1',
        'vars: {a: play, c: play}',
        'steps:',
        '  - include_vars: {dir: sites, depth: 1}',
        '  - {name: first, debug: {msg: "{{ a.x }} {{ b }} {{ c }}"}, vars: {b: step}}',
        '  - {include_vars: more.yml, args: {hash_behaviour: merge}}',
        '  - {name: merged, debug: {msg: "{{ a.x + a.y }}"}}',
        '  - include_vars: {file: more.yml, name: inside}',
        '  - {name: named, debug: {msg: "{{ inside.a.y }}"}}',
        '  - {name: missing, include_vars: nothing.yml}',
      ].join('\n'),
    });
    const { code, events } = await apply('vars.yml');
    expect(code).toBe(2);
    expect(said(events, 'first', 'h1')).toEqual(['1 2 play']);
    expect(said(events, 'merged', 'h1')).toEqual(['3']);
    expect(said(events, 'named', 'h1')).toEqual(['2']);
    expect(said(events, 'missing', 'h1')).toEqual([expect.stringContaining('nothing.yml')]);
  });
});

describe('group_by', () => {
  it('makes groups of which later plays take their hosts', async () => {
    write({
      'group.yml': [
        'plays:',
        '  - hosts: local',
        '    steps:',
        '      - group_by: {key: "kind {{ inventory_hostname }}", parents: kinds}',
        '  - hosts: kind-h2',
        '    steps: [{name: one, debug: {msg: "{{ group_names }}"}}]',
        '  - hosts: kinds',
        '    serial: 1',
        '    steps: [{name: both, debug: {msg: "{{ ansible_play_batch }}"}}]',
      ].join('\n'),
    });
    const { code, events, stderr } = await apply('group.yml');
    expect(code, stderr).toBe(0);
    expect(outcomesOf(events, 'one')).toEqual({ h2: 'ok' });
    expect(outcomesOf(events, 'both')).toEqual({ h1: 'ok', h2: 'ok' });
  });
});

describe.skipIf(fleetAvailable() !== undefined)('add_host', () => {
  let project: FleetProject | undefined;
  beforeAll(async () => {
    project = await startFleetProject({ count: 2 }, () => 'hosts: {maker: {connection: local}}\n');
  });
  afterAll(async () => {
    await project?.fleet.stop();
  });

  it('gives later plays hosts that no inventory knew, over SSH', async () => {
    if (project === undefined) throw new Error('the fleet did not start');
    const { fleet } = project;
    const made = fleet.hosts.map(({ name, address, port, user }) => ({ name, address, port, user }));
    const { code, events, stderr } = await project.apply(
      [
        'plays:',
        '  - hosts: maker',
        `    vars: {made: ${JSON.stringify(made)}}`,
        '    steps:',
        '      - add_host:',
        '          name: "{{ item.name }}:{{ item.port }}"',
        '          groups: fresh',
        '          ansible_host: "{{ item.address }}"',
        '          ansible_user: "{{ item.user }}"',
        `          ansible_ssh_private_key_file: ${fleet.identityFile}`,
        '        loop: "{{ made }}"',
        '  - hosts: fresh',
        '    handlers: [{name: done, debug: {msg: "done on {{ inventory_hostname }}"}}]',
        '    steps:',
        '      - {id: who, command: id -un, register: user, notify: done}',
        '      - {id: told, debug: {msg: "{{ user.stdout }} {{ groups.fresh | length }}"}}',
      ].join('\n'),
    );
    expect(code, stderr).toBe(0);
    for (const host of fleet.hosts) {
      const [message] = events.filter(
        (event) => event.type === 'step-finished' && event.id === 'told' && event.host === host.name,
      );
      expect(message).toMatchObject({ outcome: 'ok', msg: `${host.user} 2` });
    }
    expect(Object.keys(outcomesOf(events, 'done'))).toHaveLength(2);
  });

  it('is refused where a play names a host that nothing adds', async () => {
    if (project === undefined) throw new Error('the fleet did not start');
    const { code, stderr } = await project.apply(
      'plays:\n  - {hosts: maker, steps: [add_host: {name: a, groups: fresh}]}\n  - {hosts: frash, steps: [ping: {}]}\n',
    );
    expect(code).toBe(65);
    expect(stderr).toContain('frash');
  });
});
