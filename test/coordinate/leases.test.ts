import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Claims } from '../../src/coordinate/claims.ts';
import { createLeaseClaims } from '../../src/coordinate/lease-claims.ts';
import type { LeaseRecord } from '../../src/coordinate/lease-record.ts';
import { takeSlot } from '../../src/coordinate/lease-slot.ts';
import { leaseFolder } from '../../src/coordinate/user-claims.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { watched } from './contract-tools.ts';

let folder: string;
let now: number;
const dead = new Set<number>();

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'leases-')), 'leases');
  now = Date.UTC(2026, 0, 1);
  dead.clear();
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true, maxRetries: 5 }));

interface RunOptions {
  readonly machine?: string;
  readonly lifetimeMs?: number;
  readonly messages?: string[];
}

/** A run on a machine, as a process of that number. */
function run(pid: number, { machine = 'here', lifetimeMs, messages = [] }: RunOptions = {}): Claims {
  return createLeaseClaims({
    folder,
    owner: { runId: `run${pid}`, user: 'me', machine, process: { pid } },
    sight: { machine, isAlive: (process) => !dead.has(process.pid), nowMs: () => now },
    clock: systemClock,
    lifetimeMs,
    onLost: (message) => messages.push(message),
  });
}

const lock = { limit: 'lock "deploy"', capacity: 1, permits: 1, holder: 'step "up" on web1' };
const wait = (deadlineMs = 5_000, held: string[][] = []) => ({
  deadlineMs,
  onHeld: (holders: readonly string[]) => held.push([...holders]),
});
const never = () => new AbortController().signal;

async function filesOfOnlyLimit(): Promise<string[]> {
  const [limit = ''] = await readdir(folder);
  return (await readdir(join(folder, limit))).map((name) => join(folder, limit, name));
}

describe('a lease', () => {
  it('is held by one run at a time, and goes to the next one when it is given back', async () => {
    const first = await run(1).claim(lock, wait(), never());
    const held: string[][] = [];
    const second = run(2).claim(lock, wait(20_000, held), never());
    await expect.poll(() => held.length).toBe(1);
    expect(held).toEqual([
      ['step "up" on web1 of run run1 (me@here, process 1, since 2026-01-01T00:00:00.000Z)'],
    ]);
    await first.release();
    await (await second).release();
  });

  it('that is held until the deadline fails with a timeout, and leaves nothing behind', async () => {
    const first = await run(1).claim(lock, wait(), never());
    await expect(run(2).claim(lock, wait(80), never())).rejects.toMatchObject({ failure: 'timeout' });
    await first.release();
    const again = await run(3).claim(lock, wait(0), never());
    expect(await filesOfOnlyLimit()).toHaveLength(1);
    await again.release();
  });

  it('ends its wait when the signal is aborted', async () => {
    const first = await run(1).claim(lock, wait(), never());
    const controller = new AbortController();
    const second = watched(
      run(2).claim(lock, { deadlineMs: 60_000, onHeld: () => controller.abort() }, controller.signal),
    );
    await expect.poll(() => second.state).toBe('cancelled');
    await first.release();
  });

  it('of a process that is gone lasts until it expires, and is taken over then, by one run only', async () => {
    await run(1).claim(lock, wait(), never());
    dead.add(1);
    now += 59_000;
    await expect(run(2).claim(lock, wait(0), never())).rejects.toMatchObject({ failure: 'timeout' });
    now += 2_000;
    const claims = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => run(10 + index).claim(lock, wait(0), never())),
    );
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('of a living process on this machine lasts beyond its expiry; one from elsewhere does not', async () => {
    await run(1).claim(lock, wait(), never());
    now += 3_600_000;
    await expect(run(2).claim(lock, wait(0), never())).rejects.toMatchObject({ failure: 'timeout' });
    const other = { ...lock, limit: 'lock "other"' };
    await run(3, { machine: 'there' }).claim(other, wait(), never());
    await expect(run(4).claim(other, wait(0), never())).rejects.toMatchObject({ failure: 'timeout' });
    now += 61_000;
    await (await run(4).claim(other, wait(0), never())).release();
  });

  it('is renewed at half of its life, and told of when somebody else took it', async () => {
    const messages: string[] = [];
    const owner = run(1, { lifetimeMs: 40, messages });
    await owner.claim(lock, wait(), never());
    const [path = ''] = await filesOfOnlyLimit();
    const expiry = async () => (JSON.parse(await readFile(path, 'utf8')) as LeaseRecord).expires;
    const before = await expiry();
    now += 5;
    await expect.poll(expiry).not.toBe(before);
    const later = { machine: 'there', isAlive: () => true, nowMs: () => now + 3_600_000 };
    const taker: LeaseRecord = {
      ...(JSON.parse(await readFile(path, 'utf8')) as LeaseRecord),
      runId: 'run2',
    };
    expect(await takeSlot(dirname(path), 0, taker, later)).toMatchObject({ taken: true });
    await expect.poll(() => messages[0]).toContain('another run took it');
    expect(await filesOfOnlyLimit()).toEqual([join(dirname(path), '0.2')]);
    await owner.close();
  });

  it('that is abandoned fails those who ask for it, with who had it, why, and what to do', async () => {
    const claim = await run(1).claim(lock, wait(), never());
    await claim.abandon('the outcome of step "up" on web1 is unknown');
    dead.add(1);
    const refused = await run(2)
      .claim(lock, wait(), never())
      .catch((error: Error) => error);
    const [path = ''] = await filesOfOnlyLimit();
    expect(refused).toMatchObject({ failure: 'poisoned' });
    expect(String(refused)).toContain('the outcome of step "up" on web1 is unknown (RB404)');
    expect(String(refused)).toContain('look at the host, then: runbook locks clear \'lock "deploy"\'');
    await rm(path);
    await (await run(3).claim(lock, wait(0), never())).release();
  });

  it('that a killed run still held when it closed counts as lost', async () => {
    const killed = run(1);
    await killed.claim(lock, wait(), never());
    await killed.close();
    await expect(run(2).claim(lock, wait(0), never())).rejects.toThrow('the run was killed');
  });

  it('lies in a folder of its owner alone, which is closed to others where it was open', async () => {
    await mkdir(folder, { mode: 0o755 });
    const claim = await run(1).claim(lock, wait(), never());
    const [path = ''] = await filesOfOnlyLimit();
    expect(((await stat(folder)).mode & 0o777).toString(8)).toBe('700');
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
    await claim.release();
  });

  it('that cannot be read is an error that names the file', async () => {
    await (await run(1).claim(lock, wait(), never())).release();
    const [path = ''] = await filesOfOnlyLimit();
    await writeFile(path, '{}');
    await expect(run(2).claim(lock, wait(0), never())).rejects.toThrow(path);
  });
});

describe('permits', () => {
  const semaphore = { limit: 'semaphore "s"', capacity: 3, permits: 2, holder: 'step "up" on web1' };

  it('are taken all or none, and given back one by one', async () => {
    const first = await run(1).claim(semaphore, wait(), never());
    await expect(run(2).claim(semaphore, wait(0), never())).rejects.toMatchObject({ failure: 'timeout' });
    const one = await run(3).claim({ ...semaphore, permits: 1 }, wait(0), never());
    await first.release(1);
    const other = await run(4).claim({ ...semaphore, permits: 1 }, wait(0), never());
    await expect(run(5).claim({ ...semaphore, permits: 1 }, wait(0), never())).rejects.toMatchObject({
      failure: 'timeout',
    });
    await Promise.all([first.release(), one.release(), other.release()]);
    await (await run(6).claim({ ...semaphore, permits: 3 }, wait(0), never())).release();
  });

  it('never come to more than there are, however many runs ask at once', async () => {
    let held = 0;
    let most = 0;
    const work = async (pid: number) => {
      const claim = await run(pid).claim({ ...semaphore, permits: 1 }, wait(60_000), never());
      held += 1;
      most = Math.max(most, held);
      await new Promise((resolve) => setImmediate(resolve));
      held -= 1;
      await claim.release();
    };
    await Promise.all(Array.from({ length: 12 }, (_, index) => work(index + 1)));
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(0);
  });
});

describe('a slot', () => {
  it('is not taken under an old number that somebody read before others took and gave it back', async () => {
    await mkdir(folder);
    const record = (pid: number): LeaseRecord => ({
      version: 1,
      runId: `run${pid}`,
      user: 'me',
      machine: 'here',
      process: { pid },
      limit: 'l',
      state: 'held',
      holder: 'x',
      since: '',
      expires: '',
    });
    const sight = {
      machine: 'here',
      isAlive: (process: { pid: number }) => !dead.has(process.pid),
      nowMs: () => now,
    };
    await takeSlot(folder, 0, record(1), sight);
    dead.add(1);
    await takeSlot(folder, 0, record(2), sight);
    // Somebody who found number 1 free goes on only now: number 2 is there already.
    expect(await readdir(folder)).toEqual(['0.2']);
    await writeFile(join(folder, '0.1'), JSON.stringify({ ...record(1), state: 'free' }));
    expect(await takeSlot(folder, 0, record(3), sight)).toMatchObject({ taken: false });
  });
});

describe('the folder of leases', () => {
  it('is below XDG_STATE_HOME where that is absolute, else below the home', () => {
    expect(leaseFolder({ XDG_STATE_HOME: '/state', HOME: '/h' })).toBe('/state/runbook/leases');
    expect(leaseFolder({ XDG_STATE_HOME: 'state', HOME: '/h' })).toBe('/h/.local/state/runbook/leases');
  });
});
