import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { HostRequest } from '../../src/model/host.ts';
import type { Diff, ModuleResult, ModuleSpec, Probe } from '../../src/model/module.ts';
import { namesBelow, pictureTree, plantTree } from '../support/file-tree.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { expectFiles, type ModuleCase, placeIn } from '../support/module-case.ts';
import { moduleContext } from '../support/module-context.ts';
import { openShellSuite, type ShellSeat, type TestShell } from '../support/shell-session.ts';

const casesFolder = new URL('.', import.meta.url).pathname;
const suite = openShellSuite();
const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65_534, gid: 65_534 };
const suites = await Promise.all(
  readdirSync(casesFolder)
    .filter((name) => name.endsWith('.cases.yaml'))
    .map(async (name) => {
      const module = name.replace('.cases.yaml', '');
      // A cases file is written by hand; what it holds is checked by what it is used for.
      const { cases } = parse(readFileSync(join(casesFolder, name), 'utf8')) as { cases: ModuleCase[] };
      const loaded: { default: ModuleSpec } = await import(`../../src/modules/${module}.ts`);
      return { module, spec: loaded.default, cases };
    }),
);

afterAll(() => suite.close());

test('every module that probes has its cases', async () => {
  const folder = new URL('../../src/modules/', import.meta.url).pathname;
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
  const probing: string[] = [];
  for (const name of names) {
    const loaded: { default: ModuleSpec } = await import(`../../src/modules/${name.replace(/\.ts$/, '')}.ts`);
    if (loaded.default.type === 'probing') probing.push(name.replace('.ts', ''));
  }

  expect(suites.map(({ module }) => module)).toEqual(expect.arrayContaining(probing));
});

for (const { module, spec, cases } of suites) {
  describe(module, () => {
    test('has cases of a change, of a no-op and of refused parameters', () => {
      const kinds = cases.map(({ expect: { changed, refused } }) =>
        refused === undefined ? changed : 'refused',
      );

      expect(kinds).toContain('refused');
      expect(kinds.some((kind) => kind === true || kind === false)).toBe(true);
      if (!readOnlyModules.has(module)) expect(kinds).toContain(true);
      if (!restlessModules.has(module)) expect(kinds).toContain(false);
    });
    for (const [index, given] of cases.entries()) {
      if (given.expect.refused !== undefined) {
        test(given.name, () => expectRefusal(spec, given));
        continue;
      }
      const shells = shellsFor(given, index);
      const skipped = !isRoot && (given.unprivileged === true || needsRoot(given));
      test.skipIf(skipped).concurrent.each(shells)(`${given.name} ($name)`, (shell) =>
        runCase(spec, given, shell),
      );
    }
  });
}

/** Modules that never change anything, and modules that always do. */
const readOnlyModules: ReadonlySet<string> = new Set([
  ...['stat', 'slurp', 'assert', 'debug', 'fail', 'meta', 'pause', 'ping', 'set_fact', 'setup'],
  ...['wait_for', 'wait_for_connection', 'validate_argument_spec'],
]);
const restlessModules: ReadonlySet<string> = new Set(['tempfile', 'raw', 'fail']);

/** Every case runs in one shell, in turn; with `RUNBOOK_TEST_SHELLS=all` in all of them. */
function shellsFor(given: ModuleCase, index: number): readonly TestShell[] {
  const shells = suite.shells.filter(({ name }) => given.shells?.includes(name) ?? true);
  if (process.env['RUNBOOK_TEST_SHELLS'] === 'all') return shells;
  return shells.filter((_, at) => at === index % shells.length);
}

function needsRoot(given: ModuleCase): boolean {
  return /"(uid|gid|owner|group)":/.test(JSON.stringify([given.host, given.params]));
}

function parseParams(spec: ModuleSpec, given: Readonly<Record<string, unknown>>) {
  const aliases = spec.paramAliases ?? {};
  return spec.params.safeParse(
    Object.fromEntries(Object.entries(given).map(([key, value]) => [aliases[key] ?? key, value])),
  );
}

function expectRefusal(spec: ModuleSpec, given: ModuleCase): void {
  const parsed = parseParams(spec, given.params);

  expect(parsed.success).toBe(false);
  expect(parsed.error?.issues.map((issue) => issue.message).join('\n')).toContain(given.expect.refused);
}

interface Stage {
  readonly spec: ModuleSpec;
  readonly given: ModuleCase;
  readonly directory: string;
  readonly files: MemoryFiles;
  readonly seat: ShellSeat;
}

/** What one run came to. */
interface Run {
  readonly type: 'none' | 'change' | 'failed';
  readonly reason?: string | undefined;
  readonly result: ModuleResult;
  readonly planned?: Omit<ModuleResult, 'changed'> | undefined;
}

async function runCase(spec: ModuleSpec, given: ModuleCase, shell: TestShell): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'rb-case-'));
  try {
    chmodSync(directory, 0o755);
    const owner = given.unprivileged
      ? nobody
      : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    plantTree(directory, (placeIn(directory, given.host ?? {}) as ModuleCase['host']) ?? {}, owner);
    const seat = {
      shell,
      home: directory,
      user: given.unprivileged ? nobody : undefined,
      umask: given.umask,
    };
    const placed = placeIn(directory, given) as ModuleCase;
    await expectCase({
      spec,
      given: placed,
      directory,
      files: new MemoryFiles(given.controller ?? {}),
      seat,
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The case itself, and the laws that hold for every case. */
async function expectCase(stage: Stage): Promise<void> {
  const { directory, files, given, spec } = stage;
  const before = pictureTree(directory) + files.picture();
  const names = namesBelow(directory);

  const check = await runModule(stage, true);
  expect(pictureTree(directory) + files.picture(), 'check mode writes nothing').toBe(before);

  const run = await runModule(stage, false);
  if (run.type === 'none' && spec.type === 'probing')
    expect(run.reason, 'a no-op has a reason').toMatch(/\w/);
  expectResult(run, given);
  if (spec.type === 'action') {
    expectFiles(directory, given.expect.files ?? {});
    if (!run.result.changed) expect(namesBelow(directory), 'it leaves nothing behind').toEqual(names);
    return;
  }
  if (run.result.failed === true) {
    if (given.expect.late !== true) expect(check.type, 'check mode foresees the failure').toBe('failed');
  } else {
    expect(check.type, 'check mode foresees what happens').toBe(run.type);
    expectForeseen(check, run);
  }
  expectFiles(directory, given.expect.files ?? {});
  if (given.expect.names !== undefined) expect(namesBelow(directory)).toEqual(given.expect.names);
  for (const [path, text] of Object.entries(given.expect.controller ?? {}))
    expect(files.textOf(path)).toBe(text);
  if (run.type !== 'change' || run.result.failed === true) {
    if (run.result.failed !== true)
      expect(pictureTree(directory) + files.picture(), 'no change writes nothing').toBe(before);
    expect(namesBelow(directory), 'a failure leaves nothing behind').toEqual(names);
    return;
  }
  const again = await runModule(stage, false);
  expect(again.type, 'a second run changes nothing').toBe(given.expect.again === true ? 'change' : 'none');
}

function expectResult({ result, reason }: Run, given: ModuleCase): void {
  const { changed, failed, fields, msg, reason: wantedReason, before, after } = given.expect;
  expectAction(result, given.expect);
  if (failed === undefined) expect(result.failed ?? false, result.msg).toBe(false);
  else expect(`${result.failed} ${result.msg}`).toContain(failed);
  if (changed !== undefined) expect(result.changed).toBe(changed);
  if (wantedReason !== undefined) expect(reason).toContain(wantedReason);
  if (msg !== undefined) expect(result.msg).toBe(msg);
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (value === null) expect(result.fields).not.toHaveProperty(name);
    else if (typeof value === 'object') expect(result.fields?.[name], name).toMatchObject(value);
    else if (typeof value === 'string' && value.startsWith('/^'))
      expect(result.fields?.[name]).toMatch(new RegExp(value.slice(1, -1)));
    else expect(result.fields?.[name], name).toEqual(value);
  }
  const diffs = diffsOf(result);
  if (before !== undefined) expect(diffs.map((diff) => diff.before).join('\n')).toContain(before);
  if (after !== undefined) expect(diffs.map((diff) => diff.after).join('\n')).toContain(after);
}

/** What only actions say. */
function expectAction(result: ModuleResult, { skipped, facts, meta, rc }: ModuleCase['expect']): void {
  if (skipped !== undefined) expect(result.skipped ?? false).toBe(skipped);
  if (facts !== undefined) expect(result.facts?.values).toMatchObject(facts);
  if (meta !== undefined) expect(result.meta).toBe(meta);
  if (rc !== undefined) expect(result.rc).toBe(rc);
}

function diffsOf({ diff }: ModuleResult): readonly Diff[] {
  if (diff === undefined) return [];
  return 'before' in diff ? [diff] : diff;
}

/** What check mode said is what happened, what only carrying it out could tell aside. */
function expectForeseen(check: Run, run: Run): void {
  const chosen = {
    backup: undefined,
    backup_file: undefined,
    uid: undefined,
    gid: undefined,
    md5sum: undefined,
  };
  expect({ ...run.result.fields, ...chosen }).toEqual({ ...check.result.fields, ...chosen });
}

async function runModule({ spec, given, files, seat }: Stage, checkMode: boolean): Promise<Run> {
  const parsed = parseParams(spec, given.params);
  expect(parsed.error?.issues ?? []).toEqual([]);
  const send = (request: HostRequest) => suite.run(seat, request);
  const { vars, env, answer } = given;
  const context = moduleContext({ checkMode, files, send, vars, env, answer });
  if (spec.type === 'action') {
    if (checkMode && spec.checkMode === 'skip') return { type: 'change', result: { changed: true } };
    const result = await spec
      .run(parsed.data, context)
      .catch((error): ModuleResult => ({ changed: false, failed: true, msg: String(error) }));
    return { type: result.changed ? 'change' : 'none', reason: result.msg, result };
  }
  try {
    const prepared = await spec.prepare?.(parsed.data, context);
    const probe = spec.probe(parsed.data, context, prepared);
    let state: unknown;
    if (probe !== undefined) {
      expect(probe.request.readOnly).toBe(true);
      state = probe.parse(await send(probe.request));
      if (isProbe(state)) state = state.parse(await send(state.request));
    }
    const plan = spec.plan(parsed.data, state, context, prepared);
    if (plan.type === 'failed')
      return { type: 'failed', result: { changed: false, failed: true, msg: plan.msg, ...plan.result } };
    if (plan.type === 'none')
      return { type: 'none', reason: plan.reason, result: { changed: false, ...plan.result } };
    if (checkMode) return { type: 'change', result: { changed: true, ...plan.result } };
    return { type: 'change', result: await spec.apply(plan.change, context), planned: plan.result };
  } catch (error) {
    return { type: 'failed', result: { changed: false, failed: true, msg: String(error) } };
  }
}

function isProbe(value: unknown): value is Probe<unknown> {
  return typeof value === 'object' && value !== null && 'parse' in value && 'request' in value;
}
