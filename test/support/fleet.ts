import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type FleetDaemon, makeHostKey, startDropbear, startOpenSsh } from './fleet-daemon.ts';
import {
  addFleetUser,
  type FleetSudo,
  type FleetUser,
  removeFleetUser,
  removeStrandedUsers,
} from './fleet-users.ts';
import { endProcessesOf } from './process-table.ts';

const run = promisify(execFile);

/** How many and what kind of hosts. */
export interface FleetOptions {
  readonly count: number;
  /** Default `openssh`. */
  readonly variant?: 'openssh' | 'dropbear' | undefined;
  /** Path of the users' login shell. Default `/bin/sh`. */
  readonly loginShell?: string | undefined;
  /** What /bin/sh is on the hosts: the path of a shell. Default: what it is on this machine. */
  readonly systemShell?: string | undefined;
  /** Shell commands run as root in the hosts' own mount namespace before the daemon starts. */
  readonly mounts?: readonly string[] | undefined;
  /** One user, and so one home, for each host. Default: all hosts are one user's. */
  readonly separateUsers?: boolean | undefined;
  /** Password of the users; also switches on password logins. */
  readonly password?: string | undefined;
  /** Default `none`. */
  readonly sudo?: FleetSudo | undefined;
  /** Further lines of each user's sudoers file; `USER` stands for its name. */
  readonly sudoersLines?: readonly string[] | undefined;
  /** Default 10, as OpenSSH. */
  readonly maxSessions?: number | undefined;
  /** Default `200:30:400`: hosts of one daemon are meant to be machines of their own. */
  readonly maxStartups?: string | undefined;
  readonly usePam?: boolean | undefined;
  /** Further lines of sshd_config. */
  readonly sshdConfigLines?: readonly string[] | undefined;
  /** Where the fleet's directory, with the users' homes, is made. Default: the system's temporary directory. */
  readonly parentDir?: string | undefined;
  /** Prefix of the hosts' names: `h` gives h1, h2, … */
  readonly namePrefix?: string | undefined;
}

/** A host of a fleet: an address on loopback. */
export interface FleetHost {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly home: string;
}

/** Real SSH daemons on loopback, with users of their own. `stop` takes everything away again. */
export interface Fleet {
  readonly hosts: readonly FleetHost[];
  readonly users: readonly FleetUser[];
  /** A private key that every host accepts. */
  readonly identityFile: string;
  readonly knownHostsFile: string;
  /** A HOME for the controller: its `.ssh` holds known_hosts, and nothing else. */
  readonly controllerHome: string;
  /** A temporary directory of the fleet, removed by `stop`. */
  readonly root: string;
  readonly daemons: readonly FleetDaemon[];
  /** The home of a host's user (default: the first host's). */
  home(hostName?: string): string;
  /** An inventory of all hosts in the native form. */
  inventoryYaml(): string;
  stop(): Promise<void>;
}

/** Why no fleet can be started on this machine, or undefined when one can. */
export function fleetAvailable(variant: 'openssh' | 'dropbear' = 'openssh'): string | undefined {
  if (process.platform !== 'linux') return 'a fleet needs Linux';
  if (process.getuid?.() !== 0) return 'a fleet needs root';
  const needed =
    variant === 'openssh'
      ? ['/usr/sbin/sshd', '/usr/bin/ssh-keygen']
      : ['/usr/sbin/dropbear', '/usr/bin/dropbearkey'];
  const missing = [...needed, '/usr/sbin/useradd'].filter((path) => !existsSync(path));
  return missing.length === 0 ? undefined : `${missing.join(', ')} not installed`;
}

/** Starts a fleet: users, keys and daemons. Resolves when each host accepts connections. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  await removeStrandedUsers();
  const root = await mkdtemp(join(options.parentDir ?? tmpdir(), 'runbook-fleet-'));
  await chmod(root, 0o711);
  const users: FleetUser[] = [];
  const daemons: FleetDaemon[] = [];
  const stop = async () => {
    for (const daemon of daemons) await daemon.stop();
    await endProcessesOf(new Set(users.map((user) => user.uid)));
    await removeSessionDirectories(users);
    for (const user of users) await removeFleetUser(user);
    await rm(root, { recursive: true, force: true });
  };
  try {
    const identityFile = join(root, 'client_key');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', identityFile]);
    await addUsers(users, root, await readFile(`${identityFile}.pub`, 'utf8'), options);
    const hosts = placeHosts(users, options);
    const controllerHome = join(root, 'controller');
    const knownHostsFile = join(controllerHome, '.ssh', 'known_hosts');
    await mkdir(join(controllerHome, '.ssh'), { recursive: true, mode: 0o700 });
    const hostKey = await makeHostKey(options.variant ?? 'openssh', root);
    const lines = hosts.map((host) => `[${host.address}]:${host.port} ${hostKey}\n`);
    await writeFile(knownHostsFile, lines.join(''), { mode: 0o600 });
    await startDaemons(daemons, hosts, root, options);
    const home = (name?: string) => (hosts.find((host) => host.name === name) ?? firstOf(hosts)).home;
    const inventoryYaml = () => writeInventory(hosts, identityFile);
    return {
      hosts,
      users,
      identityFile,
      knownHostsFile,
      controllerHome,
      root,
      daemons,
      home,
      inventoryYaml,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Sessions that were cut off leave their directories behind, for the next one to read. */
async function removeSessionDirectories(users: readonly FleetUser[]): Promise<void> {
  const uids = new Set(users.map((user) => user.uid));
  for (const name of (await readdir(tmpdir())).filter((entry) => entry.startsWith('.rb-'))) {
    const path = join(tmpdir(), name);
    const owner = await stat(path).catch(() => undefined);
    if (owner !== undefined && uids.has(owner.uid)) await rm(path, { recursive: true, force: true });
  }
}

/** Fleets of this process so far: no two of them have a user of the same name. */
let started = 0;

async function addUsers(
  users: FleetUser[],
  root: string,
  publicKey: string,
  options: FleetOptions,
): Promise<void> {
  await mkdir(join(root, 'home'), { mode: 0o755 });
  started += 1;
  const stem = `rbt${process.pid}x${started}${randomInt(1000, 10_000)}`;
  const count = options.separateUsers === true ? options.count : 1;
  const { loginShell = '/bin/sh', sudo = 'none', password, sudoersLines } = options;
  for (let n = 1; n <= count; n++) {
    users.push(
      await addFleetUser(`${stem}n${n}`, root, publicKey, { loginShell, sudo, password, sudoersLines }),
    );
  }
}

/** Hosts of one fleet lie side by side in a random part of 127/8, so that fleets do not meet. */
function placeHosts(users: readonly FleetUser[], options: FleetOptions): FleetHost[] {
  const second = randomInt(1, 255);
  const third = randomInt(1, 200);
  const port = randomInt(20_000, 32_000);
  return Array.from({ length: options.count }, (_, index) => {
    const address = `127.${second}.${third + Math.floor(index / 200)}.${1 + (index % 200)}`;
    const user = users[index % users.length] ?? firstOf(users);
    return {
      name: `${options.namePrefix ?? 'h'}${index + 1}`,
      address,
      port,
      user: user.name,
      home: user.home,
    };
  });
}

async function startDaemons(
  daemons: FleetDaemon[],
  hosts: readonly FleetHost[],
  root: string,
  options: FleetOptions,
): Promise<void> {
  const start = options.variant === 'dropbear' ? startDropbear : startOpenSsh;
  const addressesEach = options.variant === 'dropbear' ? 10 : 16;
  const passwords = options.password === undefined ? 'no' : 'yes';
  for (let first = 0; first < hosts.length; first += addressesEach) {
    const served = hosts.slice(first, first + addressesEach);
    const daemon = await start({
      root,
      name: `sshd${daemons.length + 1}`,
      addresses: served.map((host) => host.address),
      port: firstOf(served).port,
      maxSessions: options.maxSessions ?? 10,
      maxStartups: options.maxStartups ?? '200:30:400',
      usePam: options.usePam ?? false,
      mounts: mountCommands(options),
      sshdConfigLines: [`PasswordAuthentication ${passwords}`, ...(options.sshdConfigLines ?? [])],
    });
    daemons.push(daemon);
  }
}

/** Mounts are seen by the daemon and what it starts alone. */
function mountCommands(options: FleetOptions): string[] {
  const { systemShell, mounts = [] } = options;
  const shell =
    systemShell === undefined
      ? []
      : [`mount --bind "$(readlink -f ${systemShell})" "$(readlink -f /bin/sh)"`];
  return [...shell, ...mounts];
}

function writeInventory(hosts: readonly FleetHost[], identityFile: string): string {
  const lines = hosts.map(
    (host) => `  ${host.name}: {address: ${host.address}, port: ${host.port}, user: ${host.user}}`,
  );
  return `defaults: {identity_file: ${identityFile}}\nhosts:\n${lines.join('\n')}\n`;
}

function firstOf<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined) throw new RangeError('a fleet needs at least one host');
  return first;
}
