import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { HostRequest } from '../../src/model/host.ts';
import type { ModulePlan, ModuleSpec, PlannedPath } from '../../src/model/module.ts';
import copy from '../../src/modules/copy.ts';
import file from '../../src/modules/file.ts';
import lineinfile from '../../src/modules/lineinfile.ts';
import stat from '../../src/modules/stat.ts';
import { namesBelow } from '../support/file-tree.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { moduleContext } from '../support/module-context.ts';
import { openShellSuite } from '../support/shell-session.ts';

const suite = openShellSuite();
const home = mkdtempSync(join(tmpdir(), 'rb-planned-'));
const [shell] = suite.shells;

afterAll(async () => {
  await suite.close();
  rmSync(home, { recursive: true, force: true });
});

type Step = readonly [ModuleSpec, Record<string, unknown>];

/** Plans steps one after another in check mode, each over what those before it would have left. */
async function check(steps: readonly Step[]): Promise<ModulePlan<unknown>[]> {
  const left = new Map<string, PlannedPath>();
  const plans: ModulePlan<unknown>[] = [];
  for (const [spec, given] of steps) {
    if (spec.type !== 'probing' || shell === undefined)
      throw new Error('these are probing modules, in a shell');
    const send = (request: HostRequest) => suite.run({ shell, home }, request);
    const files = new MemoryFiles({ 'files/a': 'aa' });
    const context = {
      ...moduleContext({ checkMode: true, files, send }),
      planned: (path: string) => left.get(path),
    };
    const params = spec.params.parse(given);
    const prepared = await spec.prepare?.(params, context);
    const probe = spec.probe(params, context, prepared);
    const state = probe === undefined ? undefined : probe.parse(await send(probe.request));
    const plan = spec.plan(params, state, context, prepared);
    if (plan.type === 'change') for (const path of plan.leaves ?? []) left.set(path.path, path);
    plans.push(plan);
  }
  expect(namesBelow(home)).toEqual([]);
  return plans;
}

test('a file goes into a directory that an earlier step would have made', async () => {
  const plans = await check([
    [file, { path: 'd', state: 'directory' }],
    [copy, { content: 'x', dest: 'd/a' }],
    [copy, { src: 'a', dest: 'd' }],
  ]);

  expect(plans.map((plan) => plan.type)).toEqual(['change', 'change', 'change']);
  expect(plans[2]?.result?.fields).toMatchObject({ dest: `${home}/d/a` });
});

test('a directory below one that would have been made is made too', async () => {
  const [, below] = await check([
    [file, { path: 'd', state: 'directory' }],
    [file, { path: 'd/e', state: 'directory' }],
  ]);

  expect(below?.type).toBe('change');
});

test('an edit starts from the content that an earlier step would have written', async () => {
  const [, edit, again, look] = await check([
    [copy, { content: 'a\n', dest: 'f', mode: '0600' }],
    [lineinfile, { path: 'f', line: 'b' }],
    [lineinfile, { path: 'f', line: 'b' }],
    [stat, { path: 'f' }],
  ]);

  expect(edit?.result?.diff).toMatchObject([{ before: 'a\n', after: 'a\nb\n' }]);
  expect(again?.type).toBe('none');
  expect(look?.result?.fields).toMatchObject({
    stat: { exists: true, mode: '0600', size: 4, checksum: '05dec960e24d918b8a73a1c53bcbbaac2ee5c2e0' },
  });
});

test('the same content is no change after a step that would have written it', async () => {
  const [, again] = await check([
    [copy, { content: 'a\n', dest: 'f' }],
    [copy, { content: 'a\n', dest: 'f' }],
  ]);

  expect(again).toMatchObject({ type: 'none' });
});

test('what an earlier step would have removed is not there, nor what is below it', async () => {
  const [, , gone, below] = await check([
    [copy, { content: 'a\n', dest: 'd' }],
    [file, { path: 'd', state: 'absent' }],
    [stat, { path: 'd' }],
    [stat, { path: 'd/e' }],
  ]);

  expect(gone?.result?.fields).toEqual({ stat: { exists: false } });
  expect(below?.result?.fields).toEqual({ stat: { exists: false } });
});
