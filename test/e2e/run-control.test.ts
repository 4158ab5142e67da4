import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunLines } from '../support/fleet-project.ts';
import { type RunningCli, runCli, startCli } from '../support/run-cli.ts';

let folder: string;
/** Demos that other suites run are seen by all who share their temporary folder. */
let temporary: string;
let count = 0;
const approval = 'playbooks/approval.yml';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'control-'));
  temporary = await mkdtemp(join(tmpdir(), 'control-tmp-'));
  const own = fileURLToPath(new URL('../../playbooks/approval.yml', import.meta.url));
  await cp(own, join(folder, approval), { recursive: true });
  await writeFile(
    join(folder, 'inventory.yml'),
    'defaults: {connection: local}\nhosts: {db1: {}, web1: {}, web2: {}}\ngroups: {db: {hosts: [db1]}, web: {hosts: ["web*"]}}\n',
  );
});
afterAll(async () => {
  for (const made of [folder, temporary]) await rm(made, { recursive: true, force: true });
});

const place = () => ({ cwd: folder, env: { TMPDIR: temporary } });
const run = (...args: string[]) => runCli(args, place());
const common = ['-i', 'inventory.yml', '-e', 'version=1.4.2'];
const rootOf = (name: string) => [
  '-e',
  JSON.stringify({ root: `${folder}/${name}/{{ inventory_hostname }}` }),
];
const read = (path: string) => readFileSync(join(folder, path), 'utf8').trim();

async function apply(playbook: string, ...args: string[]) {
  count += 1;
  const file = `play-${count}.yml`;
  await writeFile(join(folder, file), playbook);
  const result = await run('apply', file, '-i', 'inventory.yml', '--output', 'jsonl', ...args);
  return { ...result, events: readRunLines(result.stdout) };
}

/** Asks until the answer has what is looked for: another process gets there in its own time. */
async function untilShown(started: RunningCli, id: string, pattern: RegExp): Promise<string> {
  let ended = false;
  void started.ended.finally(() => {
    ended = true;
  });
  for (;;) {
    const { stdout } = await run('ps', id);
    if (pattern.test(stdout) || ended) return stdout;
  }
}

const idOf = (stdout: string) => /run (\d{8}-\d{6}-[0-9a-f]{4})/.exec(stdout)?.[1] ?? '';

describe('a run that waits for an approval', () => {
  it('is seen in ps, goes on when the event is set from another process, and stands in runs', async () => {
    const started = await startCli(['apply', approval, ...common, ...rootOf('a')], place());
    await started.untilPrinted(/runbook event set \S+ approved/);
    const id = idOf(started.stdout);
    const seen = await untilShown(
      started,
      id,
      /waits {2}step "Switch to the release" on web2 .*schema_ready/,
    );
    expect(seen).toContain(
      'waits  step "Migrate the schema" on db1 for event "approved", which is set from outside',
    );
    expect(seen).toContain('for event "schema_ready", to be set by step "Migrate the schema"');

    const misspelt = await run('event', 'set', id, 'aproved');
    expect(misspelt).toMatchObject({ code: 65, stdout: '' });
    expect(misspelt.stderr).toContain('did you mean "approved"?');
    const own = await run('event', 'set', id, 'schema_ready');
    expect(own.code).toBe(65);
    expect(own.stderr).toContain('is not set from outside');
    expect((await run('event', 'list', id)).stdout).toMatch(/approved +not set +set from outside +1 waiting/);

    const set = await run('event', 'set', id.slice(0, -2), 'approved');
    expect(set).toMatchObject({ code: 0, stderr: '' });
    expect(set.stdout).toContain(`event "approved" of run ${id} is set: 1 goes on`);
    const { code, stdout } = await started.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('event "approved" was set from outside');
    expect(read('a/db1/schema.version')).toBe('1.4.2');
    expect(read('a/web2/release')).toBe('1.4.2');

    const late = await run('event', 'set', id, 'approved');
    expect(late.code).toBe(65);
    expect(late.stderr).toContain(`run ${id} has ended: changed, exit code 0`);
    expect((await run('runs')).stdout).toMatch(new RegExp(`${id} .*changed \\(0\\).*approval\\.yml`));
    expect((await run('runs', 'show', 'latest')).stdout).toMatch(/web1 +ok=\d+/);
    expect((await run('ps')).stdout).toBe('no run is under way here\n');
  });

  it('does not wait where the event is taken as set, nor in check mode', async () => {
    const assumed = await run('apply', approval, ...common, ...rootOf('b'), '--assume-set', 'approved');
    expect({ code: assumed.code, stderr: assumed.stderr }).toEqual({ code: 0, stderr: '' });
    expect(read('b/web1/release')).toBe('1.4.2');
    const web = ['-l', 'web', '--assume-set', 'schema_ready'];
    expect((await run('apply', approval, ...common, ...rootOf('c'), ...web)).code).toBe(0);
    expect((await run('check', approval, ...common, ...rootOf('d'))).code).toBe(0);
    const lost = await run('apply', approval, ...common, ...rootOf('e'), '-l', 'web');
    expect(lost.code).toBe(65);
    expect(lost.stderr).toContain('--assume-set schema_ready');
    const unknown = await run('apply', approval, ...common, '--assume-set', 'aproved');
    expect(unknown.code).toBe(65);
    expect(unknown.stderr).toContain('did you mean "approved"?');
  });

  it('tells at SIGUSR1 what it does, and ends at an interrupt', async () => {
    const started = await startCli(['apply', approval, ...common, ...rootOf('f')], place());
    await started.untilPrinted(/runbook event set/);
    started.kill('SIGUSR1');
    await untilShown(started, idOf(started.stdout), /approved/);
    started.kill('SIGINT');
    const { code, stderr } = await started.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('waits  step "Migrate the schema" on db1 for event "approved"');
    expect((await run('runs')).stdout).toContain('interrupted (130)');
  });

  it('has a plan that is shown as it was', async () => {
    const { stdout } = await run('graph', approval, ...common);
    await expect(stdout).toMatchFileSnapshot('../golden/plans/approval.txt');
  });
});

describe('a run in which nothing can go on', () => {
  it('ends, and says who waits for what', async () => {
    const { code, events } = await apply(`
events: {green: {}, next: {}}
locks: [l]
plays:
  - hosts: db1:web1
    gather_facts: false
    steps:
      - {id: before, wait: next, command: "true", when: inventory_hostname == 'web1'}
      - {id: signal, command: "true", set: {event: green, after: first}}
  - hosts: web2
    needs: []
    gather_facts: false
    steps:
      - {id: pass, wait: green, command: "true"}
      - {id: reset, clear: green}
      - name: holding
        lock: l
        block:
          - {id: again, wait: green, command: "true"}
      - {id: go, command: "true", set: next}
  - hosts: db1
    needs: []
    gather_facts: false
    steps:
      - {id: late, wait: {event: green}, lock: l, command: "true"}
`);
    expect(code).toBe(2);
    const told = events.find((event) => event.type === 'notice')?.msg ?? '';
    expect(told).toContain('nothing can go on (RB402)');
    expect(told).toContain('step "before" on web1 waits for event "next", to be set by step "go"');
    expect(told).toContain('step "again" on web2 waits for event "green", to be set by step "signal"');
    const again = events.find((event) => event.type === 'step-finished' && event.id === 'again');
    expect(again).toMatchObject({ outcome: 'failed', msg: expect.stringContaining('RB402') });
  });

  it('fails who waits for an event whose setter failed, at once, and names it', async () => {
    const { code, events } = await apply(`
events: {ready: {}}
plays:
  - hosts: db1
    gather_facts: false
    steps: [{id: setter, command: "false", set: ready}]
  - hosts: web1
    needs: []
    gather_facts: false
    steps: [{id: waiter, wait: ready, command: "true"}]
`);
    expect(code).toBe(2);
    const waiter = events.find((event) => event.type === 'step-finished' && event.id === 'waiter');
    expect(waiter?.msg).toBe('event "ready" was lost (RB401): step "setter" on db1 failed');
  });

  it('counts waiting apart from work', async () => {
    const { events } = await apply(`
locks: [l]
plays:
  - hosts: web
    gather_facts: false
    steps: [{id: work, lock: l, command: sleep 0.4}]
`);
    const waiting = events.filter((event) => event.type === 'step-waiting');
    expect(waiting).toMatchObject([{ holders: [expect.stringMatching(/^step "work" on web[12]$/)] }]);
    const waited = new Map(Object.entries(events.at(-1)?.['waitedMs'] ?? {}));
    const other = waiting[0]?.host === 'web1' ? 'web2' : 'web1';
    expect(waited.get(waiting[0]?.host ?? '')).toBeGreaterThan(Number(waited.get(other) ?? 0));
  });
});
