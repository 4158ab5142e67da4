import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallRequest, HostRequest } from '../../src/model/host.ts';
import { fileProbe } from '../../src/modules/shared/file-probe.ts';
import { type FileState, parseFileState } from '../../src/modules/shared/file-state.ts';
import { type WriteOutcome, writeFile } from '../../src/modules/shared/write-file.ts';
import { type FileWish, planFile } from '../../src/modules/shared/write-plan.ts';
import { namesBelow } from '../support/file-tree.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { moduleContext } from '../support/module-context.ts';
import { openShellSuite, type TestShell } from '../support/shell-session.ts';

const suite = openShellSuite();
const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65_534, gid: 65_534 };
let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rb-write-'));
  chmodSync(home, 0o777);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
afterAll(() => suite.close());

interface Wish extends Partial<FileWish> {
  readonly path: string;
  readonly text: string;
  readonly user?: typeof nobody;
  readonly umask?: string;
  /** What happens to a request on its way. */
  readonly onSend?: (request: HostRequest) => HostRequest;
}

/** Looks at a file, plans the text into it and writes it. */
async function put(
  shell: TestShell,
  { path, text, user, umask, onSend, ...wish }: Wish,
): Promise<WriteOutcome> {
  const seat = { shell, home, user, umask };
  const send = (request: HostRequest) => suite.run(seat, onSend?.(request) ?? request);
  const context = moduleContext({ checkMode: false, files: new MemoryFiles({}), send });
  const state: FileState = parseFileState(await suite.run(seat, fileProbe({ path }).request));
  const plan = planFile(state, { content: Buffer.from(text), sameContent: false, ...wish }, context);
  if (plan.type !== 'change') throw new Error(`expected a change, not ${JSON.stringify(plan)}`);
  return writeFile(plan.change, context);
}

function messageOf(outcome: WriteOutcome): string | undefined {
  return outcome.type === 'failed' ? outcome.result.msg : undefined;
}

const has = (program: string) => existsSync(`/usr/bin/${program}`) || existsSync(`/bin/${program}`);

describe.each(suite.shells)('a file written by $name', (shell) => {
  test('is a new file under its name, so that a reader of the old one is not disturbed', async () => {
    writeFileSync(join(home, 'f'), 'old');
    const before = statSync(join(home, 'f')).ino;

    await put(shell, { path: 'f', text: 'new' });

    expect(statSync(join(home, 'f')).ino).not.toBe(before);
    expect(readFileSync(join(home, 'f'), 'utf8')).toBe('new');
  });

  test('stays as it was when the bytes that arrive are not those that were sent', async () => {
    writeFileSync(join(home, 'f'), 'old');

    const outcome = await put(shell, {
      path: 'f',
      text: 'new',
      onSend: (request) => ({ ...request, data: Buffer.from('nex') }) as CallRequest,
    });

    expect(messageOf(outcome)).toContain('the bytes that arrived are not those that were sent');
    expect(readFileSync(join(home, 'f'), 'utf8')).toBe('old');
    expect(namesBelow(home)).toEqual(['f']);
  });

  test('stays as it was when a directory took its place meanwhile', async () => {
    const outcome = await put(shell, {
      path: 'f',
      text: 'new',
      onSend: (request) => {
        mkdirSync(join(home, 'f'));
        return request;
      },
    });

    expect(messageOf(outcome)).toBe(`cannot write ${home}/f: Is a directory`);
    expect(namesBelow(home)).toEqual(['f']);
  });

  test.skipIf(!isRoot || !has('setfacl') || shell.name === 'busybox')('keeps the access list', async () => {
    writeFileSync(join(home, 'f'), 'old', { mode: 0o600 });
    execFileSync('setfacl', ['-m', 'u:nobody:r', join(home, 'f')]);

    await put(shell, { path: 'f', text: 'new' });

    expect(execFileSync('getfacl', ['-cp', join(home, 'f')], { encoding: 'utf8' })).toContain(
      'user:nobody:r--',
    );
    expect(readFileSync(join(home, 'f'), 'utf8')).toBe('new');
  });

  test.skipIf(!isRoot || !has('setfacl'))(
    'has its own mode where a default access list grants more, under any umask',
    async () => {
      execFileSync('setfacl', ['-d', '-m', 'u:nobody:rwx,g::rwx,o::rwx', home]);
      for (const umask of ['000', '077'])
        for (const mode of ['0600', '0640', '0644']) {
          await put(shell, { path: `f${mode}`, text: `${mode} ${umask}`, mode, umask });

          expect(statSync(join(home, `f${mode}`)).mode & 0o7777, `${mode} under ${umask}`).toBe(
            Number.parseInt(mode, 8),
          );
          expect(readFileSync(join(home, `f${mode}`), 'utf8')).toBe(`${mode} ${umask}`);
          rmSync(join(home, `f${mode}`));
        }
      expect(namesBelow(home)).toEqual([]);
    },
  );

  test.skipIf(!isRoot)('has a new time of change', async () => {
    writeFileSync(join(home, 'f'), 'old');
    execFileSync('touch', ['-d', '2001-01-01', join(home, 'f')]);

    await put(shell, { path: 'f', text: 'new' });

    expect(statSync(join(home, 'f')).mtime.getFullYear()).toBeGreaterThan(2001);
  });

  test.skipIf(!canMount())('is written in place where it is a mount point', async () => {
    for (const name of ['f', 'source']) writeFileSync(join(home, name), 'old content');
    execFileSync('mount', ['--bind', join(home, 'source'), join(home, 'f')]);
    try {
      const outcome = await put(shell, { path: 'f', text: 'new' });

      expect(outcome).toMatchObject({ type: 'done', inPlace: true });
      expect(readFileSync(join(home, 'source'), 'utf8')).toBe('new');
      expect(namesBelow(home)).toEqual(['f', 'source']);
    } finally {
      execFileSync('umount', [join(home, 'f')]);
    }
  });

  test.skipIf(!canMount())('stays as it was when there is no space', async () => {
    const disk = join(home, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    try {
      writeFileSync(join(disk, 'f'), 'old');

      const outcome = await put(shell, { path: 'disk/f', text: 'x'.repeat(200_000) });

      expect(messageOf(outcome)).toBe(`cannot write ${disk}/f: No space left on device`);
      expect(readFileSync(join(disk, 'f'), 'utf8')).toBe('old');
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test.skipIf(!canMount())('cannot be written on a file system that is read-only', async () => {
    const disk = join(home, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', disk]);
    try {
      // Some shells see it when they look, others when they write.
      const message = await put(shell, { path: 'disk/f', text: 'x' }).then(messageOf, String);

      expect(message).toMatch(/is not writable|Read-only file system/);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test.skipIf(!isRoot)('never shows its content under a wider mode than its own', async () => {
    writeFileSync(join(home, 'f'), 'old', { mode: 0o644 });
    chmodSync(join(home, 'f'), 0o644);
    // The validator sees the new file just before it gets its name.
    const seen = `sh -c 'stat -c %a "$0" >${home}/seen' %s`;

    await put(shell, { path: 'f', text: 'secret', mode: '0600', validate: seen });

    expect(readFileSync(join(home, 'seen'), 'utf8')).toBe('600\n');
    expect(statSync(join(home, 'f')).mode & 0o7777).toBe(0o600);
  });
});

function canMount(): boolean {
  if (!isRoot) return false;
  const probe = mkdtempSync(join(tmpdir(), 'rb-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}
