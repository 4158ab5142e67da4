import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endProcessesOf } from './process-table.ts';

const run = promisify(execFile);

/** A login that exists for one fleet. */
export interface FleetUser {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
}

/** How the users of a fleet may become others. `password` needs `FleetUserOptions.password`. */
export type FleetSudo = 'none' | 'nopasswd' | 'password';

/** What every user of a fleet has in common. */
export interface FleetUserOptions {
  readonly loginShell: string;
  readonly password?: string | undefined;
  readonly sudo: FleetSudo;
  /** Further lines of the user's sudoers file; `USER` stands for its name. */
  readonly sudoersLines?: readonly string[] | undefined;
}

/** Creates a user without any rc file. Its home is made below `root` and holds the authorized key. */
export async function addFleetUser(
  name: string,
  root: string,
  publicKey: string,
  options: FleetUserOptions,
): Promise<FleetUser> {
  const home = join(root, 'home', name);
  const words = ['--no-log-init', '-M', '-d', home, '-s', options.loginShell, '-p', '*', name];
  await retryLocked(() => run('useradd', words));
  const uid = Number((await run('id', ['-u', name])).stdout);
  const gid = Number((await run('id', ['-g', name])).stdout);
  await mkdir(join(home, '.ssh'), { recursive: true });
  await writeFile(join(home, '.ssh', 'authorized_keys'), publicKey, { mode: 0o600 });
  for (const path of [home, join(home, '.ssh'), join(home, '.ssh', 'authorized_keys')])
    await chown(path, uid, gid);
  await chmod(home, 0o755);
  await chmod(join(home, '.ssh'), 0o700);
  if (options.password !== undefined) await setPassword(name, options.password);
  await writeSudoers(name, options);
  return { name, uid, home };
}

/** Removes a user and what was written for it. Its processes must have ended. */
export async function removeFleetUser(user: FleetUser): Promise<void> {
  await rm(sudoersPath(user.name), { force: true });
  await retryLocked(() => run('userdel', ['-f', user.name])).catch(() => undefined);
}

/** Takes away what fleets of processes that no longer exist left behind. */
export async function removeStrandedUsers(): Promise<void> {
  for (const line of (await readFile('/etc/passwd', 'utf8')).split('\n')) {
    const [name = '', , uid, , , home = ''] = line.split(':');
    const owner = /^rbt(\d+)x/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    await endProcessesOf(new Set([Number(uid)]));
    await removeFleetUser({ name, uid: Number(uid), home });
    const root = dirname(dirname(home));
    if (basename(root).startsWith('runbook-fleet-')) await rm(root, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function sudoersPath(name: string): string {
  return join('/etc/sudoers.d', name);
}

async function writeSudoers(name: string, options: FleetUserOptions): Promise<void> {
  const lines = (options.sudoersLines ?? []).map((line) => line.replaceAll('USER', name));
  if (options.sudo === 'nopasswd') lines.push(`${name} ALL=(ALL:ALL) NOPASSWD: ALL`);
  if (options.sudo === 'password') lines.push(`${name} ALL=(ALL:ALL) ALL`);
  if (lines.length === 0) return;
  await writeFile(sudoersPath(name), `${lines.join('\n')}\n`, { mode: 0o440 });
}

/** Gives a login a password. */
export async function setPassword(name: string, password: string): Promise<void> {
  await retryLocked(() => {
    const child = run('chpasswd');
    child.child.stdin?.end(`${name}:${password}\n`);
    return child;
  });
}

/** The account database allows one writer at a time; others fail at once and have to come again. */
async function retryLocked(change: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      await change();
      return;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (performance.now() > deadline || !/lock/.test(text)) throw error;
      await delay(100);
    }
  }
}
