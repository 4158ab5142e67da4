import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../support/built-program.ts';
import { type Fleet, fleetAvailable, startFleet } from '../support/fleet.ts';
import { isRunning } from '../support/process-table.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'runbook-flow-'));
const root = (host: string) => join(folder, host);
const read = (host: string, file: string) => readFileSync(join(root(host), file), 'utf8');
let playbooks = '';

beforeAll(async () => {
  playbooks = join(await builtProgram(), 'playbooks');
  const host = (name: string) =>
    `  ${name}: {connection: local, vars: {demo_root: ${JSON.stringify(root(name))}}}`;
  const lines = ['hosts:', ...['web1', 'web2', 'db1'].map(host), 'groups:'];
  writeFileSync(
    join(folder, 'hosts.yml'),
    [...lines, '  web: {hosts: ["web*"]}', '  db: {hosts: [db1]}', ''].join('\n'),
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: string, playbook: string) =>
  runCli([command, '-i', join(folder, 'hosts.yml'), playbook], { cwd: folder });

describe.each(['threads', 'process-pool'])('the playbook %s', (name) => {
  it('has the plan that its text promises, and is checked without a change', async () => {
    const { code, stdout } = await run('graph', join(playbooks, `${name}.yml`));
    expect(code).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`../golden/plans/${name}.txt`);
    const checked = await run('check', join(playbooks, `${name}.yml`));
    expect(checked.code, checked.stdout + checked.stderr).toBe(0);
  });
});

describe('threads', () => {
  it('go on beside each other, are joined, and the daemon is gone with the run', async () => {
    // The slow thread waits until it was seen to run on: on a busy machine its 1.5 s may be over by then.
    const text = readFileSync(join(playbooks, 'threads.yml'), 'utf8');
    const wait = 'until [ -e {{ demo_root }}/seen ]; do sleep 0.05; done; echo slow';
    const held = text
      .replace('shell: sleep 1.5; echo slow', `shell: "${wait}"`)
      .replace('  - name: Wait for all\n', (last) => `  - command: touch {{ demo_root }}/seen\n${last}`);
    expect(held).toMatch(/seen ];[\s\S]*touch .*seen/);
    writeFileSync(join(folder, 'held.yml'), held);
    const { code, stdout, stderr } = await run('apply', join(folder, 'held.yml'));
    expect(code, stdout + stderr).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain('quick has ended');
    expect(stdout).toContain('still running: True');
    expect(read('web1', 'watch.log')).not.toBe('');
  });
});

describe('a process pool', () => {
  it('answers each item once, by how it ended, and keeps the order of the results', async () => {
    const { code, stdout, stderr } = await run('apply', join(playbooks, 'process-pool.yml'));
    expect(code, stdout + stderr).toBe(0);
    const lines = read('web1', 'pool/squares.txt').trim().split('\n').sort();
    expect(lines).toEqual([1, 2, 3, 4, 5, 6, 8, 9].map((n) => `${n} ${n * n}`));
    expect(read('web1', 'pool/failures.txt')).toBe('7 failed with 1\n');
    expect(stdout).toContain('1 4 9 16 25 36  64 81');
  });
});

describe.skipIf(fleetAvailable() !== undefined)('daemons on real hosts', () => {
  let fleet: Fleet | undefined;
  beforeAll(async () => {
    fleet = await startFleet({ count: 2, separateUsers: true });
  });
  afterAll(() => fleet?.stop());

  it('are dead when the run has ended, also those that ignore TERM', async () => {
    if (fleet === undefined) throw new Error('there is no fleet');
    writeFileSync(join(folder, 'fleet.yml'), fleet.inventoryYaml());
    writeFileSync(
      join(folder, 'daemons.yml'),
      `hosts: all
steps:
  - shell: 'trap "" TERM; echo $$ > deaf.pid; while :; do sleep 0.1; done'
    background: daemon
  - shell: 'sleep 1000 & echo $! > child.pid; wait'
    background: daemon
  - shell: 'until test -s deaf.pid && test -s child.pid; do sleep 0.05; done'
`,
    );
    const options = { cwd: folder, home: fleet.controllerHome };
    const ended = await runCli(['apply', '-i', 'fleet.yml', 'daemons.yml'], options);
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
    for (const { home } of fleet.hosts)
      for (const file of ['deaf.pid', 'child.pid']) {
        const pid = Number(readFileSync(join(home, file), 'utf8'));
        expect(await isRunning(pid), `${file} of ${home}`).toBe(false);
      }
  });
});
