import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askRun } from '../../src/journal/ask-run.ts';
import type { ControlledRun } from '../../src/journal/event-control.ts';
import { identityOf, isAlive } from '../../src/journal/process-identity.ts';
import { chooseRun, findRuns } from '../../src/journal/project-runs.ts';
import { openRunControl } from '../../src/journal/run-control.ts';
import { makeRunFolder, runsFolder, writeRunRecord } from '../../src/journal/run-folder.ts';
import { readRuns } from '../../src/journal/run-list.ts';
import { RunbookError } from '../../src/model/diagnostic.ts';
import type { FoundRun, RunEnd, RunRecord } from '../../src/model/run-record.ts';

const at = { file: 'play.yml', line: 1, column: 1, length: 1 };
const end: RunEnd = {
  outcome: 'ok',
  exitCode: 0,
  durationMs: 5,
  interrupted: false,
  hosts: {},
  owedHandlers: {},
  waitedMs: {},
};
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A run with one external event and one that steps set. */
function controlled(): ControlledRun & { readonly set: Set<string>; readonly notices: string[] } {
  const set = new Set<string>();
  const notices: string[] = [];
  const events = { approved: { external: true, at }, ready: { external: false, at } };
  return {
    set,
    notices,
    events,
    look: () => ({
      runId: 'r1',
      playbook: 'play.yml',
      elapsedMs: 1,
      ended: 0,
      total: 1,
      activities: [],
      events: Object.entries(events).map(([name, { external }]) => ({
        name,
        external,
        set: set.has(name),
        waiting: 2,
      })),
    }),
    setEvent: async (event) => void set.add(event),
    clearEvent: async (event) => void set.delete(event),
    told: (message) => void notices.push(message),
  };
}

async function open(run: ControlledRun, projectDir = folder, runId = 'r1') {
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const control = await openRunControl(run, {
    projectDir,
    runId,
    playbook: 'play.yml',
    checkMode: false,
    warn,
  });
  return { control, warnings };
}

async function only(projectDir = folder): Promise<FoundRun> {
  const [run] = await readRuns(runsFolder(projectDir));
  if (run === undefined) throw new Error('there is no run');
  return run;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof RunbookError)
      return error.diagnostics.map((one) => `${one.code} ${one.message}`).join();
    throw error;
  }
  return 'it was not refused';
}

const recordOf = (runId: string, fields: Partial<RunRecord> = {}): RunRecord => ({
  version: 1,
  runId,
  playbook: 'play.yml',
  checkMode: false,
  process: identityOf(),
  startedAt: '2026-01-02T03:04:05.000Z',
  state: 'ended',
  ...fields,
});

describe('control of a run', () => {
  it('is for its owner alone, and leaves only the record behind', async () => {
    const { control } = await open(controlled());
    const { record, folder: own } = await only();
    expect(statSync(own).mode & 0o777).toBe(0o700);
    expect(statSync(record.socket ?? '').mode & 0o777).toBe(0o600);
    expect(statSync(join(own, 'run.json')).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, '.runbook', '.gitignore'), 'utf8')).toBe('*\n');
    await control.close(end);
    expect(await readdir(own)).toEqual(['run.json']);
    expect(await only()).toMatchObject({ state: 'ended', record: { end: { exitCode: 0 } } });
    expect((await only()).record.socket).toBeUndefined();
  });

  it('sets and clears external events, and tells the run of it', async () => {
    const run = controlled();
    const { control } = await open(run);
    const found = await only();
    expect(await askRun(found, { ask: 'set-event', event: 'approved' })).toEqual({
      reply: 'done',
      changed: true,
      woken: 2,
    });
    expect(await askRun(found, { ask: 'set-event', event: 'approved' })).toMatchObject({ changed: false });
    expect(run.set).toEqual(new Set(['approved']));
    expect(await askRun(found, { ask: 'clear-event', event: 'approved' })).toMatchObject({ changed: true });
    expect(run.set).toEqual(new Set());
    expect(run.notices).toEqual([
      'event "approved" was set from outside',
      'event "approved" was cleared from outside',
    ]);
    await control.close(end);
  });

  it('refuses events that are unknown or set by steps', async () => {
    const run = controlled();
    const { control } = await open(run);
    const found = await only();
    expect(await refusal(askRun(found, { ask: 'set-event', event: 'aproved' }))).toBe(
      'RB706 the playbook declares no event "aproved" — did you mean "approved"?',
    );
    expect(await refusal(askRun(found, { ask: 'set-event', event: 'toString' }))).toContain(
      'declares no event',
    );
    expect(await refusal(askRun(found, { ask: 'clear-event', event: 'ready' }))).toContain('RB706');
    expect(run.set).toEqual(new Set());
    await control.close(end);
  });

  it('answers garbage with a refusal, and more than 64 KiB too', async () => {
    const { control } = await open(controlled());
    const path = (await only()).record.socket ?? '';
    for (const text of ['nonsense\n', '[]\n', '{"ask":"set-event"}\n', 'x'.repeat(70_000)])
      expect(await raw(path, text)).toContain('not understood');
    await control.close(end);
  });

  it('opens its socket elsewhere where the path would be too long, and takes that away too', async () => {
    const deep = join(folder, 'a'.repeat(90));
    await mkdir(deep);
    const { control } = await open(controlled(), deep);
    const found = await only(deep);
    const path = found.record.socket ?? '';
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(await askRun(found, { ask: 'events' })).toMatchObject({ reply: 'events' });
    await control.close(end);
    expect(existsSync(dirname(path))).toBe(false);
  });

  it('is done without where the folder cannot be made, and says so', async () => {
    await writeFile(join(folder, '.runbook'), 'a file');
    const { control, warnings } = await open(controlled());
    expect(warnings).toEqual([expect.stringContaining('this run leaves no record')]);
    await control.close(end);
  });

  it('refuses a run that has ended, and tells that one has died', async () => {
    const { control } = await open(controlled());
    await control.close(end);
    expect(await refusal(askRun(await only(), { ask: 'look' }))).toBe(
      'RB705 run r1 has ended: ok, exit code 0',
    );
    const gone = { ...identityOf(), startTicks: '1', bootId: 'another' };
    await writeRunRecord((await only()).folder, recordOf('r1', { state: 'running', process: gone }));
    expect((await only()).state).toBe('died');
    expect(await refusal(askRun(await only(), { ask: 'look' }))).toContain('RB705 run r1 has died');
  });
});

describe('runs on disk', () => {
  it('are kept for the newest fifty, and those under way always', async () => {
    for (let n = 10; n < 70; n++) {
      const own = join(runsFolder(folder), `r${n}`);
      await mkdir(own, { recursive: true });
      const state = n === 10 ? 'running' : 'ended';
      await writeRunRecord(own, recordOf(`r${n}`, { startedAt: `2026-01-02T03:04:${n}.000Z`, state }));
    }
    await makeRunFolder(folder, 'new');
    const names = await readdir(runsFolder(folder));
    expect(names).toHaveLength(51);
    expect(names).toEqual(expect.arrayContaining(['new', 'r10', 'r69', 'r21']));
    expect(names).not.toContain('r20');
  });

  it('are found in the folder, above it and below it, without those that are no runs', async () => {
    const above = join(folder, 'repo');
    const cwd = join(above, 'here');
    const below = join(cwd, 'playbooks');
    for (const [place, id] of [
      [above, 'a1'],
      [below, 'b1'],
      [folder, 'outside'],
    ] as const) {
      const own = join(runsFolder(place), id);
      await mkdir(own, { recursive: true });
      await writeRunRecord(own, recordOf(id));
    }
    await mkdir(join(above, '.git'));
    await mkdir(join(runsFolder(below), 'broken'));
    await writeFile(join(runsFolder(below), 'broken', 'run.json'), '{"runId": 1}');
    expect((await findRuns(cwd)).map((run) => run.record.runId).sort()).toEqual(['a1', 'b1']);
  });

  it('of a demo are found last, among temporary files, while they are under way', async () => {
    const temporary = join(folder, 'deep', 'below', 'temporary');
    const live: RunRecord = { ...recordOf('d1'), state: 'running', process: identityOf() };
    for (const [name, record] of [
      ['runbook-demo-a', live],
      ['runbook-demo-b', recordOf('d2')],
      ['other', { ...live, runId: 'd3' }],
    ] as const) {
      const own = join(runsFolder(join(temporary, name)), record.runId);
      await mkdir(own, { recursive: true });
      await writeRunRecord(own, record);
    }
    const found = (await findRuns(folder, temporary)).map((run) => run.record.runId);
    expect(found.at(-1)).toBe('d1');
    expect(found).not.toContain('d2');
  });

  it('are meant by their id, its beginning, or latest; else all is told', async () => {
    const runs = [
      { record: recordOf('20260103-aa'), folder, state: 'ended' },
      { record: recordOf('20260102-bb'), folder, state: 'running' },
      { record: recordOf('20260102-cc'), folder, state: 'ended' },
    ] as const;
    expect(chooseRun(runs, 'latest').record.runId).toBe('20260102-bb');
    expect(chooseRun(runs, '20260103').record.runId).toBe('20260103-aa');
    expect(chooseRun(runs, '20260102-cc').record.runId).toBe('20260102-cc');
    expect(() => chooseRun(runs, '20260102')).toThrow(
      '"20260102" is the beginning of 20260102-bb, 20260102-cc',
    );
    expect(() => chooseRun(runs, 'lates')).toThrow('no run is named "lates" — did you mean "latest"?');
    expect(() => chooseRun([], 'latest')).toThrow('no run is known here');
  });

  it('know their process from another that got its number', () => {
    expect(isAlive(identityOf())).toBe(true);
    expect(isAlive({ ...identityOf(), bootId: 'another' })).toBe(false);
    expect(isAlive({ pid: 2 ** 30 })).toBe(false);
  });
});

function raw(path: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(path, () => socket.write(text));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
