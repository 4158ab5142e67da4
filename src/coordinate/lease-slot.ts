import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isHeld, type LeaseRecord, type LeaseSight, parseLease } from './lease-record.ts';

/** A lease that was taken. */
export interface TakenSlot {
  readonly taken: true;
  readonly path: string;
}

/** Who has a lease; undefined where somebody else was quicker just now. */
export interface BusySlot {
  readonly taken: false;
  readonly record: LeaseRecord | undefined;
  readonly path: string;
}

/**
 * Takes one permit if nobody has it. Its file is `SLOT.GENERATION`, and the highest generation counts: who finds it free,
 * or expired, creates the next one, which only one can do, and removes older ones afterwards. As the highest is
 * never removed, who comes late with an old number sees a higher one and steps back.
 */
export async function takeSlot(
  folder: string,
  slot: number,
  record: LeaseRecord,
  sight: LeaseSight,
): Promise<TakenSlot | BusySlot> {
  const [last = 0] = await generations(folder, slot);
  const lastPath = join(folder, `${slot}.${last}`);
  if (last > 0) {
    const found = await readLease(lastPath);
    if (found === undefined) return { taken: false, record: undefined, path: lastPath };
    if (found.state === 'lost' || isHeld(found, sight))
      return { taken: false, record: found, path: lastPath };
  }
  const path = join(folder, `${slot}.${last + 1}`);
  if (!(await createLease(path, record))) return { taken: false, record: undefined, path };
  const now = await generations(folder, slot);
  if (now[0] !== last + 1) {
    await rm(path, { force: true });
    return { taken: false, record: undefined, path };
  }
  for (const old of now.slice(1)) await rm(join(folder, `${slot}.${old}`), { force: true });
  return { taken: true, path };
}

/** Writes a lease anew, in one piece. */
export async function writeLease(path: string, record: LeaseRecord): Promise<void> {
  const draft = await draftOf(path, record);
  await rename(draft, path);
}

/**
 * Writes a lease of one's own anew, unless somebody else took it meanwhile.
 * @returns whether it is still one's own. A taker makes a higher generation before it removes this one, so looking after
 * the write sees every taker; the file is then taken away again.
 */
export async function renewLease(folder: string, path: string, record: LeaseRecord): Promise<boolean> {
  const [slot, generation] = basename(path).split('.').map(Number);
  if (slot === undefined) return false;
  if ((await readLease(path)) === undefined) return false;
  await writeLease(path, record);
  const [highest] = await generations(folder, slot);
  if (highest === generation) return true;
  await rm(path, { force: true });
  return false;
}

/**
 * Puts a free lease in place of one that was found, by a generation of its own, so that its holder sees it at the next
 * renewal.
 * @returns false where somebody else has made a higher generation since.
 */
export async function freeSlot(path: string, record: LeaseRecord): Promise<boolean> {
  const folder = dirname(path);
  const [slot, generation] = basename(path).split('.').map(Number);
  if (slot === undefined || generation === undefined) return false;
  const [highest] = await generations(folder, slot);
  if (highest !== generation) return false;
  const next = join(folder, `${slot}.${generation + 1}`);
  if (!(await createLease(next, record))) return false;
  const [now] = await generations(folder, slot);
  const isHighest = now === generation + 1;
  await rm(isHighest ? path : next, { force: true });
  return isHighest;
}

/** The file of the highest generation of each slot, by slot. */
export function highestOf(names: readonly string[]): readonly string[] {
  const highest = new Map<number, number>();
  for (const name of names) {
    const [, slot, generation] = /^(\d+)\.(\d+)$/.exec(name) ?? [];
    if (slot === undefined || generation === undefined) continue;
    highest.set(Number(slot), Math.max(Number(generation), highest.get(Number(slot)) ?? 0));
  }
  return [...highest].sort(([a], [b]) => a - b).map(([slot, generation]) => `${slot}.${generation}`);
}

/** Reads a lease; undefined when its file is gone. */
export async function readLease(path: string): Promise<LeaseRecord | undefined> {
  try {
    return parseLease(await readFile(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A link is made of a complete file, and by one process only. */
async function createLease(path: string, record: LeaseRecord): Promise<boolean> {
  const draft = await draftOf(path, record);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function draftOf(path: string, record: LeaseRecord): Promise<string> {
  const draft = `${path}-${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${JSON.stringify(record)}\n`, { mode: 0o600, flag: 'wx' });
  return draft;
}

/** Generations of a slot, highest first. */
async function generations(folder: string, slot: number): Promise<readonly number[]> {
  const names = await readdir(folder);
  const found = names.flatMap((name) => {
    const [, own, generation] = /^(\d+)\.(\d+)$/.exec(name) ?? [];
    return Number(own) === slot && generation !== undefined ? [Number(generation)] : [];
  });
  return found.sort((a, b) => b - a);
}
