import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { descendantsOf, signalAll } from './process-table.ts';

const run = promisify(execFile);

/** One SSH daemon of a fleet. OpenSSH listens on at most 16 addresses, dropbear on 10. */
export interface FleetDaemon {
  readonly pid: number;
  readonly logFile: string;
  /** Ends the daemon and every connection that it serves. */
  stop(): Promise<void>;
}

/** What a daemon is started with. */
export interface DaemonOptions {
  readonly root: string;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly port: number;
  readonly maxSessions: number;
  readonly maxStartups: string;
  readonly usePam: boolean;
  readonly sshdConfigLines: readonly string[];
  /** Commands that are run first, in a mount namespace of the daemon's own; `$FLEET_ROOT` is the fleet's directory. */
  readonly mounts: readonly string[];
}

/** Makes the host key of a fleet; all its daemons share it. Returns its line for known_hosts, without the names. */
export async function makeHostKey(variant: 'openssh' | 'dropbear', root: string): Promise<string> {
  const path = join(root, 'host_key');
  if (variant === 'openssh') {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
    return (await readFile(`${path}.pub`, 'utf8')).trim();
  }
  const { stdout } = await run('dropbearkey', ['-t', 'ed25519', '-f', path]);
  const line = stdout.split('\n').find((text) => text.startsWith('ssh-ed25519 '));
  if (line === undefined) throw new Error(`dropbearkey printed no public key:\n${stdout}`);
  return line.split(' ').slice(0, 2).join(' ');
}

/** Starts an OpenSSH daemon and waits until each address accepts. */
export async function startOpenSsh(options: DaemonOptions): Promise<FleetDaemon> {
  await mkdir('/run/sshd', { recursive: true });
  const configFile = join(options.root, `${options.name}.conf`);
  const config = [
    `Port ${options.port}`,
    ...options.addresses.map((address) => `ListenAddress ${address}`),
    `HostKey ${join(options.root, 'host_key')}`,
    `PidFile ${join(options.root, `${options.name}.pid`)}`,
    'AuthorizedKeysFile .ssh/authorized_keys',
    'StrictModes no',
    'PrintMotd no',
    'UseDNS no',
    'LogLevel VERBOSE',
    `UsePAM ${options.usePam ? 'yes' : 'no'}`,
    `MaxSessions ${options.maxSessions}`,
    `MaxStartups ${options.maxStartups}`,
    'Subsystem sftp internal-sftp',
    ...options.sshdConfigLines,
  ];
  await writeFile(configFile, `${config.join('\n')}\n`);
  return startDaemon('/usr/sbin/sshd', ['-D', '-e', '-f', configFile], options);
}

/** Starts a dropbear daemon and waits until each address accepts. */
export async function startDropbear(options: DaemonOptions): Promise<FleetDaemon> {
  const listen = options.addresses.flatMap((address) => ['-p', `${address}:${options.port}`]);
  const keys = ['-r', join(options.root, 'host_key'), '-P', join(options.root, `${options.name}.pid`)];
  return startDaemon('/usr/sbin/dropbear', ['-F', '-E', ...keys, ...listen], options);
}

async function startDaemon(
  path: string,
  args: readonly string[],
  options: DaemonOptions,
): Promise<FleetDaemon> {
  const logFile = join(options.root, `${options.name}.log`);
  const log = await open(logFile, 'a');
  const { mounts } = options;
  const script = [...mounts, 'exec "$0" "$@"'].join(' && ');
  const command =
    mounts.length === 0
      ? [path, ...args]
      : ['/usr/bin/unshare', '-m', '/bin/bash', '-c', script, path, ...args];
  const [program = path, ...rest] = command;
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', FLEET_ROOT: options.root };
  const child = spawn(program, rest, { stdio: ['ignore', log.fd, log.fd], env });
  await once(child, 'spawn');
  await log.close();
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${path} did not start`);
  const stop = () => stopDaemon(child, pid);
  try {
    for (const address of options.addresses) await untilAccepts(address, options.port, child);
  } catch (error) {
    await stop();
    throw new Error(`${path} did not accept connections:\n${await readFile(logFile, 'utf8')}`, {
      cause: error,
    });
  }
  return { pid, logFile, stop };
}

async function stopDaemon(child: ChildProcess, pid: number): Promise<void> {
  const connections = await descendantsOf(pid);
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  signalAll(connections, 'SIGKILL');
}

async function untilAccepts(host: string, port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await accepts(host, port))) {
    if (child.exitCode !== null) throw new Error(`it ended with status ${child.exitCode}`);
    if (performance.now() > deadline) throw new Error(`${host}:${port} does not accept`);
    await delay(20);
  }
}

/** Whether something listens there. */
async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
