import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCli } from '../support/run-cli.ts';
import { untilTrue } from '../support/until-true.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-demo-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a demo with a temporary folder of its own, so that what it leaves behind is seen. */
async function startDemo(name: string, args: readonly string[] = []) {
  const tmp = join(folder, name);
  mkdirSync(tmp);
  const cli = await startCli(['demo', ...args], { cwd: folder, env: { TMPDIR: tmp } });
  return { cli, tmp };
}

/** Processes whose environment names a demo's folder: its commands, however they were started. */
function processesOf(tmp: string): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(tmp);
    } catch {
      return false;
    }
  }).length;
}

describe('runbook demo', () => {
  it('runs twice at the same time, changes nothing the second time, and leaves nothing behind', async () => {
    const demos = await Promise.all([startDemo('one'), startDemo('two')]);
    for (const { cli, tmp } of demos) {
      const result = await cli.ended;
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout).toMatch(/ok: changed=\d+/);
      expect(result.stdout).toContain('ok: nothing changed');
      expect(readdirSync(tmp)).toEqual([]);
      if (process.platform === 'linux')
        await untilTrue('no command of the demo is left', async () => processesOf(tmp) === 0);
    }
    expect(readdirSync(folder).filter((name) => name !== 'one' && name !== 'two')).toEqual([]);
  });

  it('says that a given playbook is not there before it starts anything', async () => {
    const { cli, tmp } = await startDemo('missing', ['nothing.yml']);
    const result = await cli.ended;
    expect(result).toMatchObject({ code: 65, stdout: '' });
    expect(result.stderr).toMatch(/RB101.*nothing\.yml/s);
    expect(readdirSync(tmp)).toEqual([]);
    rmSync(tmp, { recursive: true });
  });

  it('applies a given playbook once, on hosts that have a folder of their own each', async () => {
    const playbook = join(folder, 'mine.yml');
    writeFileSync(
      playbook,
      'hosts: web\nsteps:\n  - {name: Root of the host, shell: "echo {{ demo_root }}"}\n',
    );
    const { cli, tmp } = await startDemo('given', [playbook, '--hosts', '2']);
    const result = await cli.ended;
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/changed +Root of the host +web\[1-2\]/);
    expect(result.stdout.match(/RECAP/g)).toHaveLength(1);
    expect(readdirSync(tmp)).toEqual([]);
    rmSync(tmp, { recursive: true });
    rmSync(playbook);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const [begun, held] = [join(folder, 'begun'), join(folder, 'held.yml')];
    const command = `echo > ${begun}; sleep 3555 & sleep 3555`;
    writeFileSync(held, `hosts: db\nsteps: [{command: "true"}, {shell: "${command}"}]\n`);
    for (const [name, args] of [
      ['early', []],
      ['late', [held]],
    ] as const) {
      const { cli, tmp } = await startDemo(name, args);
      await cli.untilPrinted(/SSH servers/);
      if (name === 'late') await untilTrue('the command runs', async () => existsSync(begun));
      cli.kill('SIGINT');
      const result = await cli.ended;
      expect(result.code, name).toBe(130);
      expect(readdirSync(tmp), name).toEqual([]);
      if (process.platform === 'linux')
        await untilTrue('no command of the demo is left', async () => processesOf(tmp) === 0);
    }
  });
});
