import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunLines } from '../support/fleet-project.ts';
import { runCli, startCli } from '../support/run-cli.ts';

const playbooks = fileURLToPath(new URL('../../playbooks', import.meta.url));
const names = ['web1', 'web2', 'web3', 'db1'];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'limits-'));
  const hosts = names.map((name) => {
    mkdirSync(join(folder, name));
    return `  ${name}: {connection: local, vars: {demo_root: ${JSON.stringify(join(folder, name))}}}`;
  });
  const groups = ['groups:', '  web: {hosts: ["web*"]}', '  db: {hosts: [db1]}', ''];
  writeFileSync(join(folder, 'hosts.yml'), ['hosts:', ...hosts, ...groups].join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = (file: string) => ['apply', '-i', join(folder, 'hosts.yml'), '--output', 'jsonl', file];
const options = () => ({ cwd: folder });

/** Applies the text of a playbook. */
async function apply(name: string, text: string) {
  writeFileSync(join(folder, name), text);
  const result = await runCli(words(join(folder, name)), options());
  return { ...result, events: readRunLines(result.stdout) };
}

const failures = (stdout: string) => readRunLines(stdout).filter(({ outcome }) => outcome === 'failed');

describe.each(['bounded-semaphore', 'pipe', 'rolling-deploy'])('the playbook %s', (name) => {
  it('has the plan that its text promises, holds its guarantee, and is checked without a change', async () => {
    const file = join(playbooks, `${name}.yml`);
    const graph = await runCli(['graph', '-i', join(folder, 'hosts.yml'), file], options());
    await expect(graph.stdout).toMatchFileSnapshot(`../golden/plans/${name}.txt`);
    const checked = await runCli([...words(file), '--check'], options());
    expect(failures(checked.stdout), checked.stderr).toEqual([]);
    expect(checked.code).toBe(0);
    const applied = await runCli(words(file), options());
    expect(failures(applied.stdout), applied.stderr).toEqual([]);
    expect(applied.code).toBe(0);
  });
});

describe('a semaphore', () => {
  it('was never filled beyond its limit, as the host itself counted', () => {
    const seen = readFileSync(join(folder, 'db1', 'semaphore', 'seen'), 'utf8')
      .trim()
      .split('\n')
      .map(Number);
    expect(seen).toHaveLength(20);
    expect(Math.max(...seen)).toBeLessThanOrEqual(5);
  });

  it('is filled to its limit: each of its steps waits until as many are inside', async () => {
    const text = readFileSync(join(playbooks, 'bounded-semaphore.yml'), 'utf8');
    const waiting = text.replace(
      'count 1; sleep 0.2;',
      'count 1; until grep -qx 5 seen; do sleep 0.05; done;',
    );
    expect(waiting).not.toBe(text);
    const { code, stderr } = await apply('filled.yml', waiting);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const seen = readFileSync(join(folder, 'db1', 'semaphore', 'seen'), 'utf8')
      .split('\n')
      .map(Number);
    expect(Math.max(...seen)).toBe(5);
  });
});

describe('a pipe', () => {
  it('left each copy as its origin is', () => {
    const data = readFileSync(join(folder, 'db1', 'pipe', 'data'));
    for (const host of ['web1', 'web2', 'web3'])
      expect(readFileSync(join(folder, host, 'pipe', 'copy')).equals(data)).toBe(true);
  });
});

describe('a lock that reaches over runs', () => {
  const slow = `
locks: {deploy: {scope: global}}
hosts: web1
gather_facts: false
lock: deploy
steps:
  - {id: go, shell: "touch {{ demo_root }}/begun; until [ -e {{ demo_root }}/go ]; do sleep 0.05; done", timeout: 150}
`;
  const quick = (timeout: string) => `
locks: {deploy: {scope: global}}
hosts: web2
gather_facts: false
steps:
  - {id: mine, lock: {name: deploy, timeout: ${timeout}}, command: "true"}
`;

  it('fails who waits too long with exit 75, naming the other run, and lets in who waits long enough', async () => {
    writeFileSync(join(folder, 'slow.yml'), slow);
    const first = await startCli(words(join(folder, 'slow.yml')), options());
    await first.untilPrinted(/step-started/);
    const late = await apply('late.yml', quick('300ms'));
    expect(late.code).toBe(75);
    expect(late.events.find(({ id, outcome }) => id === 'mine' && outcome === 'failed')?.msg).toMatch(
      /^waited 300 ms for lock "deploy", held by play "web1" of run \S+ \(\S+@\S+, process \d+, since \S+\) \(RB405\)$/,
    );
    writeFileSync(join(folder, 'patient.yml'), quick('60s'));
    const patient = await startCli(words(join(folder, 'patient.yml')), options());
    await patient.untilPrinted(/step-waiting/);
    writeFileSync(join(folder, 'web1', 'go'), '');
    expect((await first.ended).code).toBe(0);
    expect((await patient.ended).code).toBe(0);
  });

  it('is free again when its holder was interrupted; where that was killed, not before its lease expires', async () => {
    rmSync(join(folder, 'web1', 'go'));
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const holder = await startCli(words(join(folder, 'slow.yml')), options());
      await holder.untilPrinted(/step-started/);
      holder.kill(signal);
      await holder.ended.catch(() => undefined);
      const isKilled = signal === 'SIGKILL';
      // What the killed one had begun goes on without it.
      expect((await apply('after.yml', quick(isKilled ? '300ms' : '5s'))).code).toBe(isKilled ? 75 : 0);
    }
    const { stdout } = await runCli(['locks'], options());
    expect(stdout).toMatch(/^lock "deploy" {2}gone .*, which is no more: who asks after .* UTC gets it$/m);
    expect((await runCli(['locks', 'clear', 'deploy'], options())).code).toBe(0);
    expect((await apply('after.yml', quick('5s'))).code).toBe(0);
    writeFileSync(join(folder, 'web1', 'go'), '');
  });
});

describe('locks of blocks and plays', () => {
  it('are given back on every way out: failure, rescue, timeout', async () => {
    const { code, events } = await apply(
      'ways.yml',
      `
locks: [l]
hosts: web
gather_facts: false
steps:
  - lock: l
    block:
      - {id: slow, command: sleep 20, timeout: 0.3, when: "inventory_hostname == 'web1'"}
      - {id: fails, command: "false"}
    rescue:
      - {id: alone, shell: "mkdir ${join(folder, 'alone')} && sleep 0.1 && rmdir ${join(folder, 'alone')}"}
    always:
      - {id: still, shell: "mkdir ${join(folder, 'alone')} && rmdir ${join(folder, 'alone')}"}
`,
    );
    expect(events.filter(({ outcome, rescued }) => outcome === 'failed' && rescued !== true)).toEqual([]);
    expect(code).toBe(0);
  });

  it('are one for each value of their key, and taken for each item of a loop', async () => {
    const { code, events, stderr } = await apply(
      'keys.yml',
      `
locks: {rack: {}}
hosts: web
gather_facts: false
vars: {racks: {web1: a, web2: a, web3: b}}
steps:
  - id: item
    lock: {name: rack, key: "{{ racks[inventory_hostname] }}"}
    shell: d=${folder}/rack-{{ racks[inventory_hostname] }}; mkdir $d && sleep 0.1 && rmdir $d
    loop: [1, 2]
`,
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const waits = events.filter(({ type }) => type === 'step-waiting').map((event) => event['for']);
    expect(new Set(waits)).toEqual(new Set(['lock "rack" [a]']));
  });
});
