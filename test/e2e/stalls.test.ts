import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const fails = '          - {name: fail, shell: exit 1}';

/** Playbooks that deadlock only after a failure, which is a warning before the run, and what is told of each. */
const cases = {
  queue: {
    playbook: `
queues: {jobs: {capacity: 1}}
locks: [l]
plays:
  - hosts: a
    steps:
      - block:
${fails}
        rescue:
          - lock: l
            block:
              - {name: put 1, queue: {put: 1, to: jobs}}
              - {name: put 2, queue: {put: 2, to: jobs}}
              - {name: put 3, queue: {put: 3, to: jobs}}
  - hosts: b
    needs: []
    steps:
      - consume: {queue: jobs, as: job}
        block:
          - {name: use, shell: "true", lock: l}
`,
    told: [
      'step "use" on b waits for lock "l", held by the block at line 10 on a',
      'step "put 3" on a waits for room in queue "jobs", worked off by step "consume jobs" on b',
    ],
  },
  barrier: {
    playbook: `
locks: [l]
plays:
  - hosts: [a, b]
    steps:
      - block:
          - {name: may fail, shell: "until [ -e b-holds ]; do sleep 0.05; done; exit 1", when: inventory_hostname == 'a'}
        rescue:
          - {name: held up, shell: "true", lock: {name: l, key: b}}
      - lock: {name: l, key: "{{ inventory_hostname }}"}
        block:
          - {name: holds, shell: "touch {{ inventory_hostname }}-holds"}
          - {name: meet, barrier: m}
`,
    told: [
      'step "meet" on b waits for the others at barrier "m", where a is missing',
      'step "held up" on a waits for lock "l" [b], held by the block at line 10 on b',
    ],
  },
  event: {
    playbook: `
events: {e: {}}
locks: [l]
plays:
  - hosts: a
    steps:
      - block:
${fails}
        rescue:
          - lock: l
            block:
              - {name: holds, shell: touch a-waits}
              - {name: waiter, wait: e, shell: "true"}
  - hosts: b
    needs: []
    steps:
      - {name: slow, shell: "until [ -e a-waits ]; do sleep 0.05; done"}
      - {name: setter, shell: "true", lock: l, set: e}
`,
    told: [
      'step "waiter" on a waits for event "e", to be set by step "setter"',
      'step "setter" on b waits for lock "l", held by the block at line 10 on a',
    ],
  },
} as const;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stalls-'));
  await writeFile(join(folder, 'inventory.yml'), 'defaults: {connection: local}\nhosts: {a: {}, b: {}}\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a run in which nothing can go on', () => {
  it.each(Object.entries(cases))(
    'of a %s ends as failed and tells who waits for what, and who holds it',
    async (name, { playbook, told }) => {
      await writeFile(join(folder, `${name}.yml`), playbook);
      const args = ['apply', `${name}.yml`, '-i', 'inventory.yml', '--output', 'plain'];
      const { code, stdout, stderr } = await runCli(args, { cwd: folder });
      expect(code, stderr).toBe(2);
      const text = `${stdout}${stderr}`;
      expect(text).toContain('warning RB319');
      expect(text).toContain('nothing can go on (RB402)');
      for (const line of told) expect(text).toContain(line);
    },
  );
});
