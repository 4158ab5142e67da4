import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeModules } from '../support/fake-modules.ts';
import { keywordReference } from '../tools/keyword-reference.ts';
import { moduleReference } from '../tools/module-reference.ts';
import { moduleRegistry } from '../tools/module-registry.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-registry-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the registry holds each file with a default export, sorted, and nothing of subfolders', async () => {
  await mkdir(join(folder, 'shared'));
  for (const name of ['set_fact', 'copy', 'index', 'shared/words'])
    await writeFile(join(folder, `${name}.ts`), 'export default {};\n');
  await writeFile(join(folder, 'words.ts'), 'export const words = 1;\n');

  const { text, files } = await moduleRegistry(folder);

  expect(files).toEqual([join(folder, 'copy.ts'), join(folder, 'set_fact.ts')]);
  expect(text).toContain("import setFactModule from './set_fact.ts';");
  expect(text).toContain('[\n  copyModule,\n  setFactModule,\n]');
});

test('the reference of modules tells parameters with their other spellings, types and defaults', () => {
  const text = moduleReference([...fakeModules.values()]);

  expect(text).toContain('| [copy](#copy) | Copy a file. |');
  expect(text).toContain('| `dest`, `path` | text | required |');
  expect(text).toContain('| `state` | `present`, `absent` | `"present"` |');
  expect(text).toContain('Also named `systemd`.');
});

test('the reference of keywords has a meaning for every keyword', () => {
  const rows = keywordReference()
    .split('\n')
    .filter((line) => line.startsWith('| `'));

  expect(rows.length).toBeGreaterThan(100);
  expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([]);
});
