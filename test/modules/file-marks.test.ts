import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModuleResult } from '../../src/model/module.ts';
import copy from '../../src/modules/copy.ts';
import file from '../../src/modules/file.ts';
import lineinfile from '../../src/modules/lineinfile.ts';
import { compareMarks, type FoundMarks, marksOf } from '../../src/modules/shared/file-marks.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { moduleContext } from '../support/module-context.ts';
import { openShellSuite } from '../support/shell-session.ts';

const label = 'system_u:object_r:etc_t:s0:c1,c2';
const found: FoundMarks = { path: '/f', attributes: ['Ae'], labels: [label], defaultLabel: '' };
const still = { isNew: false, isLink: false, recurse: false };

function codeFor(params: Record<string, string>, about: Partial<typeof still & FoundMarks> = {}): unknown {
  const wish = marksOf(params);
  return wish && compareMarks(wish, { ...found, ...about }, { ...still, ...about }).code;
}

describe('marks of a file', () => {
  it('are asked for by their parameters alone', () => {
    expect(marksOf({ path: '/f', mode: '0644', attributes: '' })).toBeUndefined();
  });

  it.each([
    ['+A', []],
    ['-d', []],
    ['A', []],
    ['=A', []],
    ['+i', ["chattr '+i' '/f'"]],
    ['-A', ["chattr '-A' '/f'"]],
    ['=dA', ["chattr '=dA' '/f'"]],
    ['i', ["chattr '=i' '/f'"]],
  ])('with attributes %s on a file that has A come to %j', (attributes, code) => {
    expect(JSON.stringify(codeFor({ attributes })).replaceAll("'", '')).toBe(
      JSON.stringify(code).replaceAll("'", ''),
    );
  });

  it('are set again on a file that is replaced, and where one below a directory lacks them', () => {
    expect(codeFor({ attributes: '+A' }, { isNew: true })).toHaveLength(1);
    expect(codeFor({ attributes: '+A' }, { attributes: ['Ae', 'e'], recurse: true })).toEqual([
      expect.stringContaining('chattr -R '),
    ]);
  });

  it('leave a link without attributes, and label the link itself', () => {
    expect(codeFor({ attributes: '+i' }, { isLink: true })).toEqual([]);
    expect(codeFor({ setype: 'tmp_t' }, { isLink: true })).toEqual([
      expect.stringMatching(/^chcon -h -t \S+ -- \S+$/),
    ]);
  });

  it('compare each part of the label, whose level may hold colons', () => {
    expect(codeFor({ seuser: 'system_u', setype: 'etc_t', selevel: 's0:c1,c2' })).toEqual([]);
    const wish = marksOf({ setype: 'httpd_t' });
    if (wish === undefined) throw new Error('marks are asked for');
    const change = compareMarks(wish, found, still);
    expect(change.before).toEqual({ secontext: label });
    expect(change.after).toEqual({ secontext: 'system_u:object_r:httpd_t:s0:c1,c2' });
  });

  it('take the part of the label that the policy says for _default', () => {
    expect(codeFor({ setype: '_default' }, { defaultLabel: 'system_u:object_r:etc_t:s0' })).toEqual([]);
    expect(codeFor({ setype: '_default' }, { defaultLabel: 'system_u:object_r:lib_t:s0' })).toEqual([
      expect.stringContaining('lib_t'),
    ]);
  });

  it('have no label where SELinux is off', () => {
    expect(codeFor({ setype: 'httpd_t' }, { labels: undefined })).toEqual([]);
  });
});

const suite = openShellSuite();
let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rb-marks-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
afterAll(() => suite.close());

const keepsAttributes = canKeepAttributes();

function canKeepAttributes(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'rb-chattr-'));
  try {
    writeFileSync(join(folder, 'f'), '');
    execFileSync('chattr', ['+d', join(folder, 'f')], { stdio: 'ignore' });
    return lettersOf(join(folder, 'f')).includes('d');
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function lettersOf(path: string): string {
  return execFileSync('lsattr', ['-d', path], { encoding: 'utf8' }).split(' ')[0] ?? '';
}

const [shell] = suite.shells;

/** Carries a module out as a step does. */
async function run(
  spec: typeof file,
  given: Record<string, unknown>,
  checkMode = false,
): Promise<ModuleResult> {
  if (spec.type !== 'probing' || shell === undefined)
    throw new Error('a probing module and a shell are needed');
  const context = moduleContext({
    checkMode,
    files: new MemoryFiles({}),
    send: (request) => suite.run({ shell, home }, request),
  });
  const params: unknown = spec.params.parse(given);
  const prepared = await spec.prepare?.(params, context);
  const probe = spec.probe(params, context, prepared);
  const looked = probe?.parse(await context.send(probe.request));
  const plan = spec.plan(params, looked, context, prepared);
  if (plan.type === 'failed') return { changed: false, failed: true, msg: plan.msg };
  if (plan.type === 'none') return { changed: false, ...plan.result };
  return checkMode ? { changed: true, ...plan.result } : spec.apply(plan.change, context);
}

describe('a file with attributes', () => {
  it.skipIf(!keepsAttributes)('gets them once, and loses them when it is told to', async () => {
    const path = join(home, 'f');
    expect(await run(file, { path, state: 'touch', attributes: '+d' })).toMatchObject({ changed: true });
    expect(lettersOf(path)).toContain('d');
    expect(await run(file, { path, state: 'file', attributes: '+d' })).toMatchObject({ changed: false });
    expect(await run(file, { path, state: 'file', attributes: '-d' }, true)).toMatchObject({
      changed: true,
      diff: [{ after: `path: ${path}\nattributes: -d\n` }],
    });
    expect(lettersOf(path)).toContain('d');
    await run(file, { path, state: 'file', attributes: '-d' });
    expect(lettersOf(path)).not.toContain('d');
  });

  it.skipIf(!keepsAttributes)('has them still when its content is replaced', async () => {
    const given = { content: 'one\n', dest: join(home, 'f'), attributes: '+d' };
    await run(copy, given);
    expect(await run(copy, given)).toMatchObject({ changed: false });
    expect(await run(copy, { ...given, content: 'two\n' })).toMatchObject({ changed: true });
    expect(lettersOf(given.dest)).toContain('d');
    await run(lineinfile, { path: given.dest, line: 'three', attributes: '+d' });
    expect(lettersOf(given.dest)).toContain('d');
  });

  it('fails in plain words where the file system keeps none', async () => {
    const result = await run(file, { path: '/proc/version', attributes: '+i' });
    expect(result).toMatchObject({
      failed: true,
      msg: expect.stringContaining('cannot set the attributes of /proc/version: '),
    });
  });

  it('refuses what are no letters of chattr', () => {
    if (file.type !== 'probing') throw new Error('file looks before it acts');
    expect(file.params.safeParse({ path: '/f', attributes: '+i; true' }).success).toBe(false);
  });

  it('loses nothing when it is removed', async () => {
    expect(await run(file, { path: join(home, 'gone'), state: 'absent', attributes: '+d' })).toMatchObject({
      changed: false,
    });
  });
});
