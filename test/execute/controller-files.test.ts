import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createControllerFiles } from '../../src/execute/controller-files.ts';

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'controller-files-'));
  mkdirSync(join(project, 'files'));
  mkdirSync(join(project, 'role', 'files'), { recursive: true });
});
afterEach(() => rmSync(project, { recursive: true }));

describe('files of the controller', () => {
  it('are searched in the folder of their kind, then beside the playbook', async () => {
    writeFileSync(join(project, 'a'), '1');
    const files = createControllerFiles(project);
    expect(await files.find('a', 'files')).toBe(join(project, 'a'));
    writeFileSync(join(project, 'files', 'a'), '2');
    expect(await files.find('a', 'files')).toBe(join(project, 'files', 'a'));
    expect(await files.find('a', 'templates')).toBe(join(project, 'a'));
    expect(await files.find('/etc/passwd', 'files')).toBe('/etc/passwd');
  });

  it('of a role come before those of the playbook', async () => {
    writeFileSync(join(project, 'files', 'a'), '1');
    writeFileSync(join(project, 'role', 'files', 'a'), '2');
    const files = createControllerFiles(project, [join(project, 'role')]);
    expect(await files.find('a', 'files')).toBe(join(project, 'role', 'files', 'a'));
  });

  it('are refused outside the project and reported when missing', async () => {
    const files = createControllerFiles(project);
    const absent = `../${basename(project)}-absent`;
    await expect(files.find(absent, 'files')).rejects.toMatchObject({ diagnostics: [{ code: 'RB101' }] });
    await expect(files.find('../../x', 'files')).rejects.toMatchObject({
      diagnostics: [{ code: 'RB112' }],
    });
  });

  it('may lie anywhere below the nearest folder above the playbook that holds .git or settings', async () => {
    writeFileSync(join(project, 'files', 'x'), '');
    mkdirSync(join(project, 'playbooks'));
    const files = createControllerFiles(join(project, 'playbooks'));
    await expect(files.find('../files/x', 'files')).rejects.toMatchObject({
      diagnostics: [
        {
          code: 'RB112',
          message: expect.stringContaining(`leads to ${join(project, 'files', 'x')}, out of the project`),
          hint: 'Write an absolute path to use a file from outside the project.',
        },
      ],
    });
    await expect(files.find('../files/y', 'files')).rejects.toMatchObject({
      diagnostics: [{ code: 'RB101', hint: expect.stringContaining('Not looked for out of the project: ') }],
    });
    for (const mark of ['.git', 'runbook.config.yml']) {
      writeFileSync(join(project, mark), '');
      expect(await files.find('../files/x', 'files')).toBe(join(project, 'files', 'x'));
      await expect(files.find('../../../x', 'files')).rejects.toMatchObject({
        diagnostics: [{ code: 'RB112' }],
      });
      rmSync(join(project, mark));
    }
  });

  it('are written whole or not at all, with folders made and the mode kept', async () => {
    const files = createControllerFiles(project);
    const path = join(project, 'deep', 'er', 'f');
    await files.write(path, Buffer.from('one'));
    chmodSync(path, 0o600);
    await files.write(path, Buffer.from('two'));
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(project, 'deep', 'er'))).toEqual(['f']);
    mkdirSync(join(project, 'folder', 'full'), { recursive: true });
    await expect(files.write(join(project, 'folder'), Buffer.from('x'))).rejects.toThrow();
    expect(readdirSync(project).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('are listed sorted and described, an absent one as undefined', async () => {
    const files = createControllerFiles(project);
    writeFileSync(join(project, 'b'), 'xyz');
    expect(await files.list(project)).toEqual(['b', 'files', 'role']);
    expect(await files.stat(join(project, 'b'))).toMatchObject({ isDirectory: false, size: 3 });
    expect(await files.stat(join(project, 'files'))).toMatchObject({ isDirectory: true });
    expect(await files.stat(join(project, 'b', 'c'))).toBeUndefined();
  });
});
