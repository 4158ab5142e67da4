import { hostname } from 'node:os';
import { clearLease, type FoundLease, listLeases } from '../coordinate/lease-list.ts';
import { leaseFolder } from '../coordinate/user-claims.ts';
import { isAlive } from '../journal/process-identity.ts';

/** One permit of a lock or semaphore of scope `global` that a run of this user has, or had when it was lost. */
export type Lock = FoundLease;

/** Every global lock that is not free, by name. */
export function listLocks(env: NodeJS.ProcessEnv): Promise<readonly Lock[]> {
  return listLeases(leaseFolder(env), { machine: hostname(), isAlive, nowMs: () => Date.now() });
}

/** Makes locks free, whoever has them. @returns those that somebody else took or gave back meanwhile */
export async function clearLocks(locks: readonly Lock[]): Promise<readonly Lock[]> {
  const missed: Lock[] = [];
  for (const lock of locks) if (!(await clearLease(lock))) missed.push(lock);
  return missed;
}
