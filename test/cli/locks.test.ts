import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLeaseClaims } from '../../src/coordinate/lease-claims.ts';
import { identityOf } from '../../src/journal/process-identity.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';

let state: string;
const told: string[] = [];
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'runbook-locks-'));
  told.length = 0;
});
afterEach(() => rm(state, { recursive: true, force: true }));

const locks = (...args: string[]): Promise<CliResult> =>
  runCli(['locks', ...args], { cwd: state, env: { XDG_STATE_HOME: state } });

/** Claims of this very process, which lives. */
function claims(runId: string) {
  return createLeaseClaims({
    folder: join(state, 'runbook', 'leases'),
    owner: { runId, user: 'me', machine: hostname(), process: identityOf() },
    sight: { machine: hostname(), isAlive: () => true, nowMs: () => Date.now() },
    clock: systemClock,
    onLost: (message) => told.push(message),
  });
}
const wait = { deadlineMs: 2_000, onHeld: () => undefined };
const never = new AbortController().signal;
const lock = (name: string) => ({
  limit: `lock "${name}"`,
  capacity: 1,
  permits: 1,
  holder: 'step "up" on web1',
});

describe('runbook locks', () => {
  it('tells that there is none where no run holds or has lost one', async () => {
    expect(await locks()).toMatchObject({ code: 0, stdout: 'no global lock is held or lost\n', stderr: '' });
  });

  it('lists who holds what since when, and what is lost and why', async () => {
    const one = claims('run1');
    const held = await one.claim(lock('rack'), wait, never);
    const lost = await one.claim(lock('deploy'), wait, never);
    await lost.abandon('web1 did not come back');
    const { code, stdout } = await locks('list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^lock "deploy" {2}lost {2}since .* UTC {2}step "up" on web1 of run run1 \(me@/m);
    expect(stdout).toContain('web1 did not come back');
    expect(stdout).toMatch(/^lock "rack" {4}held, expires .* UTC {2}since .* UTC {2}step "up" on web1/m);
    await held.release();
    expect((await locks()).stdout).not.toContain('rack');
    await one.close();
  });

  it('makes a lost one free, so that the next run gets it', async () => {
    const one = claims('run1');
    await (await one.claim(lock('deploy'), wait, never)).abandon('web1 did not come back');
    await one.close();
    const two = claims('run2');
    await expect(two.claim(lock('deploy'), wait, never)).rejects.toThrow(
      `runbook locks clear 'lock "deploy"'`,
    );
    expect(await locks('clear', 'deploy')).toMatchObject({ code: 0, stdout: 'lock "deploy" is free\n' });
    await (await two.claim(lock('deploy'), wait, never)).release();
    await two.close();
  });

  it('refuses to clear one whose holder lives, and takes it from that by --force', async () => {
    const one = claims('run1');
    const held = await one.claim(lock('rack'), wait, never);
    const refused = await locks('clear', 'rack');
    expect(refused).toMatchObject({ code: 75, stdout: '' });
    expect(refused.stderr).toMatch(/RB709.*lock "rack" is held by step "up" on web1 of run run1.*--force/s);
    expect(await locks('clear', 'rack', '--force')).toMatchObject({
      code: 0,
      stdout: 'lock "rack" is free\n',
    });
    const two = claims('run2');
    await (await two.claim(lock('rack'), wait, never)).release();
    await held.release();
    await Promise.all([one.close(), two.close()]);
  });

  it('says what is wrong with a name that nobody holds, and with other words', async () => {
    const one = claims('run1');
    const held = await one.claim(lock('deploy'), wait, never);
    const unknown = await locks('clear', 'deplyo');
    expect(unknown).toMatchObject({ code: 65, stdout: '' });
    expect(unknown.stderr).toMatch(/RB708.*did you mean "deploy"/s);
    expect((await locks('clear')).code).toBe(64);
    expect((await locks('free', 'deploy')).code).toBe(64);
    await held.release();
    await one.close();
  });
});
