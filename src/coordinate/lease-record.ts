import type { ProcessIdentity } from '../model/run-record.ts';

/** Who takes leases: one run in one process. */
export interface LeaseOwner {
  readonly runId: string;
  readonly user: string;
  /** Host name of the controller. */
  readonly machine: string;
  readonly process: ProcessIdentity;
}

/** What a lease file says. */
export interface LeaseRecord extends LeaseOwner {
  readonly version: 1;
  /** The lock's or semaphore's name, its key included. */
  readonly limit: string;
  /** `lost`: its holder was lost, and nobody knows whether what it did is still going on. */
  readonly state: 'held' | 'free' | 'lost';
  /** The step, block or play that holds it, in words. */
  readonly holder: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** Until then it is held whatever became of its holder, whose steps may still go on. ISO 8601, UTC. */
  readonly expires: string;
  /** Why it is lost. */
  readonly reason?: string | undefined;
}

/** What deciding about a lease needs of the machine. */
export interface LeaseSight {
  /** Host name of this machine. */
  readonly machine: string;
  isAlive(process: ProcessIdentity): boolean;
  /** Milliseconds since the epoch. */
  nowMs(): number;
}

/**
 * Whether somebody has a lease. A holder on this machine has it for as long as its very process lives, also when it was
 * stopped for a while and did not renew. That of a process which was killed, or is on another machine, lasts until it
 * expires: what the process had begun on its hosts may go on without it.
 */
export function isHeld(record: LeaseRecord, sight: LeaseSight): boolean {
  if (record.state !== 'held') return false;
  const isKnownToLive = record.machine === sight.machine && sight.isAlive(record.process);
  return isKnownToLive || Date.parse(record.expires) > sight.nowMs();
}

/** Whether the process of a holder is known to be gone; of one on another machine nothing is known. */
export function isHolderGone({ machine, process }: LeaseRecord, sight: LeaseSight): boolean {
  return machine === sight.machine && !sight.isAlive(process);
}

/** The holder in words, for people of other runs. */
export function holderInWords(record: LeaseRecord): string {
  const { holder, runId, user, machine, process, since } = record;
  return `${holder} of run ${runId} (${user}@${machine}, process ${process.pid}, since ${since})`;
}

/** Reads a lease file. @throws Error when it is none */
export function parseLease(text: string, path: string): LeaseRecord {
  let record: Partial<LeaseRecord> | null;
  try {
    record = JSON.parse(text);
  } catch {
    record = null;
  }
  if (record?.version !== 1 || typeof record.process?.pid !== 'number')
    throw new Error(`${path} is no lease that this version can read`);
  // Written by this program in one piece, and its version is known.
  return record as LeaseRecord;
}
