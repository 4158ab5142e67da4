import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isHeld, isHolderGone, type LeaseRecord, type LeaseSight } from './lease-record.ts';
import { freeSlot, highestOf, readLease } from './lease-slot.ts';

/**
 * A lease that somebody has or had. `lost`: it is never given away again by itself. `gone`: its holder is no more; who asks
 * once it has expired gets it.
 */
export interface FoundLease {
  readonly record: LeaseRecord;
  readonly state: 'held' | 'lost' | 'gone';
  readonly path: string;
}

/** All leases of a folder that are not free, in order of name and age. None where there is no folder. */
export async function listLeases(folder: string, sight: LeaseSight): Promise<readonly FoundLease[]> {
  const found: FoundLease[] = [];
  for (const limit of await namesIn(folder)) found.push(...(await leasesIn(join(folder, limit), sight)));
  const keyOf = ({ record }: FoundLease) => `${record.limit}\n${record.since}`;
  return found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/**
 * Makes a lease free, whoever has it: a holder that still lives is told at its next renewal that it has lost it.
 *
 * @returns whether it was done; not where somebody took or gave it back since it was found.
 */
export async function clearLease({ path, record }: FoundLease): Promise<boolean> {
  const { reason: _reason, ...rest } = record;
  return freeSlot(path, { ...rest, state: 'free' });
}

async function leasesIn(folder: string, sight: LeaseSight): Promise<readonly FoundLease[]> {
  const found: FoundLease[] = [];
  for (const path of highestOf(await namesIn(folder)).map((name) => join(folder, name))) {
    const record = await readLease(path);
    if (record === undefined || record.state === 'free') continue;
    found.push({ record, state: stateOf(record, sight), path });
  }
  return found;
}

function stateOf(record: LeaseRecord, sight: LeaseSight): FoundLease['state'] {
  if (record.state === 'lost') return 'lost';
  return isHeld(record, sight) && !isHolderGone(record, sight) ? 'held' : 'gone';
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
