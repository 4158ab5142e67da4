import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, type RunLine, startFleetProject } from '../support/fleet-project.ts';

let project: FleetProject;

/** Step, and outcome, of each end on a host, in order. */
function ends(events: readonly RunLine[], host = 'h1'): readonly string[] {
  return events
    .filter((event) => event.type === 'step-finished' && event.host === host)
    .map(({ step, outcome }) => `${step} ${outcome}`);
}

describe.skipIf(fleetAvailable() !== undefined)('a block that runs more than once, on real hosts', () => {
  beforeAll(async () => {
    project = await startFleetProject({ count: 2 });
  });
  afterAll(() => project?.fleet.stop());

  it('runs for items that a host has told, in a lock, and leaves what the last one registered', async () => {
    const { code, events } = await project.apply(`
locks: [one]
plays:
  - hosts: all
    steps:
      - {id: list, command: "printf 'a b'", changed_when: false, register: list}
      - name: sites
        lock: one
        loop: "{{ list.stdout.split() }}"
        loop_control: {loop_var: site, index_var: number}
        when: site != 'none'
        vars: {text: "{{ number }}-{{ site }}"}
        block:
          - {name: write, copy: {dest: "{{ ansible_env.HOME }}/{{ inventory_hostname }}-{{ site }}", content: "{{ text }}"}, notify: told}
          - {name: read, command: "cat {{ ansible_env.HOME }}/{{ inventory_hostname }}-{{ site }}", register: out, changed_when: false}
      - {name: last, debug: {msg: "{{ out.stdout }}"}}
    handlers:
      - {name: told, debug: {msg: heard}}
`);
    expect(code).toBe(0);
    for (const host of ['h1', 'h2'])
      expect(ends(events, host).slice(-7)).toEqual([
        'sites ok',
        'write [a] changed',
        'read [a] ok',
        'write [b] changed',
        'read [b] ok',
        'last ok',
        'told ok',
      ]);
    expect(events.find((event) => event.step === 'last' && event.type === 'step-finished')?.msg).toBe('1-b');
    const inLock = events
      .filter((event) => event.type === 'step-finished' && /^(write|read) /.test(event.step ?? ''))
      .map(({ host }) => host);
    expect(new Set(inLock.slice(0, 4)).size).toBe(1);
  });

  it('goes through a list of plays: item 2 fails, its rescue helps, and a later block does well at attempt 2', async () => {
    const { code, events } = await project.apply(`
- hosts: all
  gather_facts: false
  tasks:
    - name: each
      with_items: [1, 2, 3]
      block:
        - {name: work, command: "test {{ item }} != 2", changed_when: false}
      rescue:
        - {name: help, debug: {msg: "{{ ansible_failed_task.name }} of {{ item }}"}}
    - name: flaky
      retries: 3
      delay: 0
      until: count | int > 1
      block:
        - {name: count, set_fact: {count: "{{ count | default(0) | int + 1 }}"}}
    - {name: done, debug: {msg: "{{ count }}"}}
`);
    expect(code).toBe(0);
    expect(ends(events)).toEqual([
      'each ok',
      'work [1] ok',
      'work [2] failed',
      'help [2] ok',
      'work [3] ok',
      'flaky ok',
      'count [attempt 1 of 4] ok',
      'until [attempt 1 of 4] failed',
      'count [attempt 2 of 4] ok',
      'until [attempt 2 of 4] ok',
      'done ok',
    ]);
    const help = events.find((event) => event.step === 'help [2]' && event.type === 'step-finished');
    expect(help?.msg).toBe('work of 2');
    expect(events.some((event) => event['retry'] === 1 && event['of'] === 3)).toBe(true);
  });

  it('fails its host where no attempt does well', async () => {
    const { code, events } = await project.apply(`
plays:
  - hosts: h1
    steps:
      - name: never
        retries: 1
        delay: 0
        block:
          - {name: work, command: "false"}
        always:
          - {name: tidy, debug: {msg: tidied}}
      - {name: behind, debug: {msg: unseen}}
`);
    expect(code).toBe(2);
    expect(ends(events)).toEqual([
      'never ok',
      'work [attempt 1 of 2] failed',
      'work [attempt 2 of 2] failed',
      'tidy ok',
      'behind cancelled',
    ]);
  });

  it('ends as a step would where its items cannot be made: ignored, or told to the rescue around it', async () => {
    const { code, events } = await project.apply(`
- hosts: h1
  gather_facts: false
  tasks:
    - name: spared
      loop: "{{ 'text' }}"
      ignore_errors: true
      block: [{name: unseen, debug: {msg: "{{ item }}"}}]
    - block:
        - name: each
          loop: "{{ 'text' }}"
          block: [{name: unseen, debug: {msg: "{{ item }}"}}]
      rescue:
        - {name: help, debug: {msg: "{{ ansible_failed_result.msg }}"}}
`);
    expect(code).toBe(0);
    expect(ends(events)).toEqual(['spared failed', 'each failed', 'help ok']);
    const finished = (step: string) =>
      events.find((event) => event.type === 'step-finished' && event.step === step);
    expect(finished('spared')).toMatchObject({ ignored: true });
    expect(finished('help')?.msg).toBe('loop needs a list, but got the text "text"');
  });

  it('is left out in check mode where it reads what a left-out step would have told', async () => {
    const playbook = `
- hosts: h1
  gather_facts: false
  tasks:
    - {name: list, command: "printf a", register: list}
    - name: each
      loop: "{{ list.stdout_lines }}"
      block: [{name: unseen, debug: {msg: "{{ item }}"}}]
    - name: chosen
      loop: [1, 2]
      when: list.stdout == 'a'
      block: [{name: unseen, debug: {msg: "{{ item }}"}}]
    - name: again
      retries: 1
      when: list.stdout == 'a'
      block: [{name: unseen, debug: {msg: seen}}]
    - {name: behind, debug: {msg: on}}
`;
    const { code, events } = await project.apply(playbook, ['--check']);
    expect(code).toBe(0);
    expect(ends(events)).toEqual([
      'list skipped',
      'each skipped',
      'chosen skipped',
      'again skipped',
      'behind ok',
    ]);
    const each = events.find((event) => event.type === 'step-finished' && event.step === 'each');
    expect(each?.msg).toBe('depends on list');
  });
});
