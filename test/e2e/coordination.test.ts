import { mkdirSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, outcomesOf, type RunLine, startFleetProject } from '../support/fleet-project.ts';

let project: FleetProject;
/** A folder that all hosts share, as they are one machine. */
let shared: string;

/** Makes a fresh shared folder for a test. */
async function freshShared(name: string): Promise<string> {
  shared = join(project.fleet.root, name);
  mkdirSync(shared);
  await chmod(shared, 0o777);
  await chmod(project.fleet.root, 0o755);
  return shared;
}

const linesOf = (name: string) => readFileSync(join(shared, name), 'utf8').trim().split('\n');

/**
 * A script that counts how many of its kind run at once and writes the number down; flock keeps the count true. It stays
 * until so many have been there at once.
 */
const counting = (folder: string, together: number, seconds: number) => `
          umask 0; exec 9>>${folder}/guard
          flock 9; n=$(($(cat ${folder}/now 2>/dev/null || echo 0) + 1)); echo $n > ${folder}/now; echo $n >> ${folder}/seen; flock -u 9
          until grep -qx ${together} ${folder}/seen; do sleep 0.05; done
          sleep ${seconds}
          flock 9; n=$(($(cat ${folder}/now) - 1)); echo $n > ${folder}/now; flock -u 9`;

const finished = (events: readonly RunLine[], id: string) =>
  events.filter((event) => event.type === 'step-finished' && (event.id === id || event.step === id));

describe.skipIf(fleetAvailable() !== undefined)('coordination on real hosts', () => {
  beforeAll(async () => {
    project = await startFleetProject({ count: 5, separateUsers: true });
  });
  afterAll(() => project?.fleet.stop());

  it('lets a play wait for an event that another play sets', async () => {
    const folder = await freshShared('event');
    const { code, events } = await project.apply(`
events: {ready: {}}
plays:
  - hosts: h1
    gather_facts: false
    steps:
      - {command: sleep 1}
      - {id: setter, shell: "umask 0; echo set >> ${folder}/order", set: ready}
  - hosts: h2:h3
    needs: []
    gather_facts: false
    steps:
      - {id: before, command: "true"}
      - {id: waiter, wait: ready, shell: "umask 0; echo woke >> ${folder}/order"}
`);
    expect(code).toBe(0);
    expect(linesOf('order')).toEqual(['set', 'woke', 'woke']);
    expect(outcomesOf(events, 'waiter')).toEqual({ h2: 'changed', h3: 'changed' });
  });

  it('never lets more hosts than permits into a semaphore, and one only into a lock', async () => {
    const semaphore = await freshShared('semaphore');
    const lock = join(semaphore, 'lock');
    mkdirSync(lock);
    await chmod(lock, 0o777);
    const { code } = await project.apply(`
semaphores: {two: 2}
locks: [one]
plays:
  - hosts: all
    gather_facts: false
    steps:
      - semaphore: two
        shell: |${counting(semaphore, 2, 0.4)}
      - lock: one
        shell: |${counting(lock, 1, 0.1)}
`);
    expect(code).toBe(0);
    expect(linesOf('seen')).toHaveLength(5);
    expect(Math.max(...linesOf('seen').map(Number))).toBe(2);
    expect(linesOf('lock/seen')).toEqual(['1', '1', '1', '1', '1']);
  });

  it('keeps to serial batches, and runs a handler once for a host at the end of its batch', async () => {
    const folder = await freshShared('serial');
    const { code, events } = await project.apply(`
plays:
  - hosts: all
    serial: [1, 2, 100%]
    gather_facts: false
    steps:
      - {shell: "umask 0; echo {{ inventory_hostname }} >> ${folder}/order", notify: restart}
      - {command: echo again, notify: restart}
      - meta: flush_handlers
      - {command: echo quiet, changed_when: false, notify: restart}
    handlers:
      - {id: restart, name: restart, shell: "umask 0; echo restart-{{ inventory_hostname }} >> ${folder}/order"}
`);
    expect(code).toBe(0);
    const order = linesOf('order');
    expect(order.slice(0, 2)).toEqual(['h1', 'restart-h1']);
    expect(order.slice(2, 6).sort()).toEqual(['h2', 'h3', 'restart-h2', 'restart-h3']);
    expect(order.slice(6).sort()).toEqual(['h4', 'h5', 'restart-h4', 'restart-h5']);
    expect(finished(events, 'restart').filter((event) => event.outcome === 'changed')).toHaveLength(5);
  });

  it('runs steps side by side where needs allows it, and in order where it does not', async () => {
    const folder = await freshShared('needs');
    const { code, stdout } = await project.apply(`
plays:
  - hosts: h1
    gather_facts: false
    steps:
      - {id: a, shell: "until [ -e ${folder}/b ]; do sleep 0.05; done", timeout: 60}
      - {id: b, needs: [], shell: "touch ${folder}/b"}
      - {id: c, needs: [a, b], shell: "umask 0; echo c >> ${folder}/order"}
      - {id: d, shell: "umask 0; echo d >> ${folder}/order"}
`);
    expect({ code, stdout: code === 0 ? '' : stdout }).toEqual({ code: 0, stdout: '' });
    expect(linesOf('order')).toEqual(['c', 'd']);
  });

  it('stops all hosts at the first failure where any_errors_fatal says so', async () => {
    const { code, events } = await project.apply(`
plays:
  - hosts: all
    any_errors_fatal: true
    strategy: linear
    gather_facts: false
    steps:
      - {id: check, command: "test {{ inventory_hostname }} != h2"}
      - {id: deploy, command: "true"}
  - hosts: all
    gather_facts: false
    steps: [{id: later, command: "true"}]
`);
    expect(code).toBe(2);
    expect(outcomesOf(events, 'check')).toMatchObject({ h2: 'failed', h1: 'changed' });
    expect(Object.values(outcomesOf(events, 'deploy'))).toEqual(Array(5).fill('cancelled'));
    expect(Object.values(outcomesOf(events, 'later'))).toEqual(Array(5).fill('cancelled'));
  });

  it('goes on after a batch within max_fail_percentage, and stops behind one beyond it', async () => {
    const play = (percent: number) => `
plays:
  - hosts: all
    serial: 2
    max_fail_percentage: ${percent}
    gather_facts: false
    steps:
      - {id: check, command: "test {{ inventory_hostname }} != h1"}
      - {id: deploy, command: "true"}
`;
    const within = await project.apply(play(50));
    expect(within.code).toBe(2);
    expect(outcomesOf(within.events, 'deploy')).toEqual({
      h1: 'cancelled',
      h2: 'changed',
      h3: 'changed',
      h4: 'changed',
      h5: 'changed',
    });
    const beyond = await project.apply(play(49));
    expect(beyond.code).toBe(2);
    expect(outcomesOf(beyond.events, 'check')).toMatchObject({ h3: 'cancelled', h5: 'cancelled' });
  });

  it('rescues, always cleans up, ignores errors, retries, delegates, runs once, and shapes outcomes', async () => {
    const folder = await freshShared('keywords');
    const { code, events } = await project.apply(`
plays:
  - hosts: h1:h2:h3
    gather_facts: false
    vars: {wanted: [a, b, c]}
    steps:
      - block:
          - {id: broken, command: "test {{ inventory_hostname }} != h2"}
          - {id: skipped_over, command: "true"}
        rescue:
          - {id: rescue, debug: {msg: "{{ ansible_failed_task.id | default(ansible_failed_task.name) }} gave {{ ansible_failed_result.rc }}"}}
        always:
          - {id: always, command: "true"}
      - {id: ignored, command: "false", ignore_errors: true}
      - {id: never, command: "true", when: inventory_hostname == 'h9'}
      - {id: until, shell: "echo x >> tries; wc -l < tries", register: tries, until: tries.stdout | int >= 3, retries: 5, delay: 0.1}
      - {id: once, command: id -un, run_once: true, delegate_to: h5, register: who}
      - {id: told, debug: {msg: "{{ who.stdout }} {{ tries.attempts }}"}}
      - id: loop
        command: echo {{ letter }}{{ index }}
        loop: "{{ wanted }}"
        loop_control: {loop_var: letter, index_var: index, label: "<{{ letter }}>"}
        changed_when: letter == 'b'
        register: looped
      - {id: joined, debug: {msg: "{{ looped.results | map(attribute='stdout') | join(',') }} {{ looped.changed }}"}}
      - {id: judged, command: "echo fine", failed_when: "'fine' not in judged.stdout", register: judged}
      - {id: notifier, command: echo a, notify: [first, second]}
      - meta: flush_handlers
      - {id: afterwards, shell: "cat ${folder}/handled", changed_when: false, run_once: true}
    handlers:
      - {name: second, shell: "umask 0; echo second >> ${folder}/handled"}
      - {name: first, shell: "umask 0; echo first >> ${folder}/handled"}
`);
    expect(code).toBe(0);
    expect(finished(events, 'broken').find((event) => event.host === 'h2')).toMatchObject({
      outcome: 'failed',
      rescued: true,
      rc: 1,
    });
    expect(outcomesOf(events, 'skipped_over')).toEqual({ h1: 'changed', h2: 'cancelled', h3: 'changed' });
    expect(outcomesOf(events, 'rescue')['h2']).toBe('ok');
    expect(outcomesOf(events, 'always')).toEqual({ h1: 'changed', h2: 'changed', h3: 'changed' });
    expect(finished(events, 'ignored').every((event) => event['ignored'] === true)).toBe(true);
    expect(Object.values(outcomesOf(events, 'never'))).toEqual(['skipped', 'skipped', 'skipped']);
    expect(Object.values(outcomesOf(events, 'until'))).toEqual(['changed', 'changed', 'changed']);
    expect(finished(events, 'once').map((event) => event.host)).toEqual(['h1']);
    const delegate = project.fleet.hosts.find((host) => host.name === 'h5')?.user;
    expect(finished(events, 'told').map((event) => event.msg)).toEqual(Array(3).fill(`${delegate} 3`));
    expect(finished(events, 'joined').map((event) => event.msg)).toEqual(Array(3).fill('a0,b1,c2 True'));
    expect(Object.values(outcomesOf(events, 'judged'))).toEqual(['changed', 'changed', 'changed']);
    expect(linesOf('handled').filter((line) => line === 'first')).toHaveLength(3);
    expect(linesOf('handled').filter((line) => line === 'second')).toHaveLength(3);
    const last = events.at(-1) as unknown as { hosts: Record<string, Record<string, number>> };
    expect(last.hosts['h2']).toMatchObject({ failed: 0, rescued: 1, ignored: 1 });
  });

  it('runs what tags, limit and start-at leave over, and refuses what they cannot find', async () => {
    const playbook = `
plays:
  - hosts: h1:h2:h3
    gather_facts: false
    steps:
      - {id: one, name: First, command: "true", tags: [a]}
      - {id: two, name: Second, command: "true", tags: [b]}
      - {id: three, name: Third, command: "true", tags: [a, always]}
`;
    const [tags, skip, start] = await Promise.all([
      project.apply(playbook, ['--tags', 'b', '--limit', 'h1,h3']),
      project.apply(playbook, ['--skip-tags', 'b', '-l', 'h2']),
      project.apply(playbook, ['--start-at', 'Second', '-l', 'h2']),
    ]);
    const ran = (events: readonly RunLine[]) =>
      events.filter((event) => event.type === 'step-finished').map((event) => `${event.id} ${event.host}`);
    expect(ran(tags.events).sort()).toEqual(['three h1', 'three h3', 'two h1', 'two h3']);
    expect(ran(skip.events)).toEqual(['one h2', 'three h2']);
    expect(ran(start.events)).toEqual(['two h2', 'three h2']);
    const [noHost, noStep, noTag] = await Promise.all([
      project.apply(playbook, ['--limit', 'h33']),
      project.apply(playbook, ['--start-at', 'Secnd']),
      project.apply(playbook, ['--tags', 'bb']),
    ]);
    expect(noHost).toMatchObject({ code: 65, stdout: '' });
    expect(noHost.stderr).toContain('h33');
    expect(noStep.code).toBe(65);
    expect(noStep.stderr).toContain('Second');
    expect(noTag.stderr).toContain('bb');
  });
});
