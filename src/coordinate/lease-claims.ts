import { createHash } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import type { Claim, ClaimRequest, Claims, ClaimWait } from './claims.ts';
import { CoordinationError } from './coordinator.ts';
import { holderInWords, type LeaseOwner, type LeaseRecord, type LeaseSight } from './lease-record.ts';
import { type BusySlot, renewLease, takeSlot, writeLease } from './lease-slot.ts';

/** What leases are made with. */
export interface LeaseOptions {
  /** Created with mode 700 when first needed; refused where others may write to it. */
  readonly folder: string;
  readonly owner: LeaseOwner;
  readonly sight: LeaseSight;
  readonly clock: Clock;
  /** How long a lease lasts without renewal; it is renewed at half. Default 60 s. */
  readonly lifetimeMs?: number | undefined;
  /** Told when a lease went to somebody else because it was not renewed in time. */
  onLost(message: string): void;
}

const firstPauseMs = 50;
const longestPauseMs = 1_000;

/** Claims as lease files in a folder of the user: one file for each permit. */
export function createLeaseClaims(options: LeaseOptions): Claims {
  return new LeaseClaims(options);
}

interface Lease {
  readonly path: string;
  readonly record: LeaseRecord;
}

class LeaseClaims implements Claims {
  readonly #options: LeaseOptions;
  readonly #lifetimeMs: number;
  readonly #held = new Set<Lease>();
  /** Files of leases are written one after another, so that a renewal never undoes a release. */
  #writing: Promise<void> = Promise.resolve();
  #stopRenewing: (() => void) | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#lifetimeMs = options.lifetimeMs ?? 60_000;
  }

  async claim(request: ClaimRequest, wait: ClaimWait, signal: AbortSignal): Promise<Claim> {
    const { clock } = this.#options;
    const folder = await this.#folderOf(request.limit);
    const untilMs = clock.nowMs() + wait.deadlineMs;
    let told = '';
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      throwIfAborted(signal);
      const attempt = await this.#attempt(folder, request);
      if ('leases' in attempt) return this.#claimOf(attempt.leases);
      const holders = attempt.busy.flatMap(({ record }) =>
        record === undefined ? [] : [holderInWords(record)],
      );
      if (holders.length > 0 && told !== holders.join()) wait.onHeld(holders);
      told = holders.length > 0 ? holders.join() : told;
      const leftMs = untilMs - clock.nowMs();
      if (leftMs <= 0) throw new CoordinationError('timeout', 'the wait took too long');
      // Not all at one moment: two that take half of the permits each would do so again.
      await pause(clock, Math.min(leftMs, pauseMs * (0.5 + Math.random() / 2)), signal);
    }
  }

  async close(): Promise<void> {
    this.#stopRenewing?.();
    for (const lease of [...this.#held]) await this.#mark(lease, 'lost', 'the run was killed');
  }

  /** All permits, or those who have them. */
  async #attempt(
    folder: string,
    { limit, capacity, permits, holder }: ClaimRequest,
  ): Promise<{ readonly leases: readonly Lease[] } | { readonly busy: readonly BusySlot[] }> {
    const leases: Lease[] = [];
    const busy: BusySlot[] = [];
    for (let slot = 0; slot < capacity && leases.length < permits; slot++) {
      const record = this.#record(limit, holder);
      const result = await takeSlot(folder, slot, record, this.#options.sight);
      if (result.taken) leases.push(this.#keep({ path: result.path, record }));
      else busy.push(result);
    }
    if (leases.length === permits) return { leases };
    for (const lease of leases) await this.#mark(lease, 'free');
    const lost = busy.filter(({ record }) => record?.state === 'lost');
    if (capacity - lost.length < permits) throw poisoned(limit, lost);
    return { busy };
  }

  #claimOf(leases: readonly Lease[]): Claim {
    const left = [...leases];
    const give = async (count: number, state: 'free' | 'lost', reason?: string) => {
      for (const lease of left.splice(0, count)) await this.#mark(lease, state, reason);
    };
    return {
      release: (permits) => give(permits ?? left.length, 'free'),
      abandon: (reason) => give(left.length, 'lost', reason),
    };
  }

  #keep(lease: Lease): Lease {
    this.#held.add(lease);
    this.#stopRenewing ??= this.#options.clock.after(this.#lifetimeMs / 2, () => void this.#renew());
    return lease;
  }

  async #renew(): Promise<void> {
    this.#stopRenewing = undefined;
    for (const lease of [...this.#held]) {
      try {
        await this.#inTurn(() => this.#renewOne(lease));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.#options.onLost(`the lease of ${lease.record.limit} cannot be renewed: ${why}`);
      }
    }
    if (this.#held.size > 0)
      this.#stopRenewing ??= this.#options.clock.after(this.#lifetimeMs / 2, () => void this.#renew());
  }

  async #renewOne(lease: Lease): Promise<void> {
    if (!this.#held.has(lease)) return;
    const renewed = { ...lease.record, expires: this.#expiry() };
    if (!(await renewLease(dirname(lease.path), lease.path, renewed))) this.#forget(lease);
  }

  #inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.#writing.then(write);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  #forget(lease: Lease): void {
    if (!this.#held.delete(lease)) return;
    this.#options.onLost(
      `the lease of ${lease.record.limit} was not renewed in time, and another run took it`,
    );
  }

  async #mark(lease: Lease, state: 'free' | 'lost', reason?: string): Promise<void> {
    if (!this.#held.delete(lease)) return;
    if (this.#held.size === 0) {
      this.#stopRenewing?.();
      this.#stopRenewing = undefined;
    }
    const record = { ...lease.record, state, ...(reason === undefined ? {} : { reason }) };
    await this.#inTurn(() => writeLease(lease.path, record));
  }

  #record(limit: string, holder: string): LeaseRecord {
    const { owner, sight } = this.#options;
    const since = new Date(sight.nowMs()).toISOString();
    return { version: 1, ...owner, limit, state: 'held', holder, since, expires: this.#expiry() };
  }

  #expiry(): string {
    return new Date(this.#options.sight.nowMs() + this.#lifetimeMs).toISOString();
  }

  /** A name may hold anything, a file name may not. */
  async #folderOf(limit: string): Promise<string> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { mode, uid } = await stat(folder);
    if (process.getuid !== undefined && uid !== process.getuid())
      throw new Error(`the folder of leases belongs to somebody else: ${folder}`);
    if ((mode & 0o077) !== 0) await chmod(folder, 0o700);
    const own = join(folder, createHash('sha256').update(limit).digest('hex').slice(0, 32));
    await mkdir(own, { recursive: true, mode: 0o700 });
    return own;
  }
}

function poisoned(limit: string, lost: readonly BusySlot[]): CoordinationError {
  const who = lost.flatMap(({ record }) =>
    record === undefined ? [] : [`${holderInWords(record)}: ${record.reason ?? 'it was lost'}`],
  );
  const message = `${limit} can't be given back by ${who.join(', ')} (RB404); look at the host, then: runbook locks clear '${limit}'`;
  return new CoordinationError('poisoned', message);
}

function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  const reason: unknown = signal.reason;
  throw reason instanceof CoordinationError
    ? reason
    : new CoordinationError('cancelled', 'the wait was cancelled');
}

function pause(clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      stop();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const stop = clock.after(durationMs, end);
    signal.addEventListener('abort', end, { once: true });
  });
}
