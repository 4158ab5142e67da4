import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from '../model/run-record.ts';

/** The identity of a process that runs now; by default of this one. Linux tells boot and start, other systems neither. */
export function identityOf(pid: number = process.pid): ProcessIdentity {
  return {
    pid,
    bootId: readIfAny('/proc/sys/kernel/random/boot_id')?.trim(),
    startTicks: startTicksOf(pid),
  };
}

/** Whether that very process still runs: a number that was given again to another process does not count. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid);
  if (identity.bootId !== undefined && identity.bootId !== now.bootId) return false;
  if (identity.startTicks !== undefined) return identity.startTicks === now.startTicks;
  try {
    process.kill(identity.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

// Field 22 of /proc/PID/stat; the second one, the name, may hold blanks and brackets. A zombie has ended.
function startTicksOf(pid: number): string | undefined {
  const stat = readIfAny(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

function readIfAny(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
