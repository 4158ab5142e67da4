import { readdir, readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** A process as `/proc` shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  /** The arguments, joined by spaces; empty for a zombie. */
  readonly command: string;
}

/** All processes of the machine at this instant. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(names.map((name) => readProcess(Number(name))));
  return entries.filter((entry) => entry !== undefined);
}

async function readProcess(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const parent = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
    return { pid, parent, uid: (await stat(`/proc/${pid}`)).uid, command };
  } catch {
    return undefined;
  }
}

/** Whether a process still runs. One that has ended is there, as a zombie, until its parent or init has asked for its status. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(text.slice(text.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** The ids of a process's children, their children and so on. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const all = await listProcesses();
  const found = new Set([pid]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const entry of all) if (found.has(entry.parent)) found.add(entry.pid);
  }
  found.delete(pid);
  return [...found];
}

/** Sends a signal to each process that still exists. */
export function signalAll(pids: Iterable<number>, signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended already.
    }
  }
}

/** Ends every process of the given users, and waits until none is left. */
export async function endProcessesOf(uids: ReadonlySet<number>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const left = (await listProcesses()).filter((entry) => uids.has(entry.uid));
    if (left.length === 0) return;
    signalAll(
      left.map((entry) => entry.pid),
      'SIGKILL',
    );
    await delay(20);
  }
}
