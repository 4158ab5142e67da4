import { type ChildProcess, spawn } from 'node:child_process';
import { timingSafeEqual } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import ssh2, {
  type AuthContext,
  type Connection,
  type ParsedKey,
  type ServerChannel,
  type Session,
} from 'ssh2';
import { makeDemoKey } from './demo-key.ts';
import { sendOutput } from './send-output.ts';

/** One host of the demo: an SSH server of this process whose commands run on this machine, in a home of their own. */
export interface DemoHost {
  readonly name: string;
  readonly port: number;
  readonly home: string;
  /** The line of a known_hosts file that trusts it. */
  readonly knownHostsLine: string;
  close(): Promise<void>;
}

/** How a demo host is made. */
export interface DemoHostOptions {
  readonly name: string;
  readonly home: string;
  /** The one public key that may log in, in OpenSSH's form. */
  readonly clientPublicKey: string;
}

const loopback = '127.0.0.1';

function parsePublicKey(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return Array.isArray(key) ? (key[0] ?? fail()) : key;
}

function fail(): never {
  throw new Error('the key file holds no key');
}

/** Whether a login attempt names the demo's own key and, where it signs, proves to hold it. */
function isAllowed(context: AuthContext, allowed: ParsedKey): boolean {
  if (context.method !== 'publickey') return false;
  const expected = allowed.getPublicSSH();
  if (context.key.data.length !== expected.length || !timingSafeEqual(context.key.data, expected))
    return false;
  // Without a signature the client only asks whether the key would do.
  if (context.signature === undefined || context.blob === undefined) return true;
  return allowed.verify(context.blob, context.signature, context.hashAlgo) === true;
}

/** Runs a command as sshd does: by a shell, in the home, with a clean environment. */
function runCommand(
  channel: ServerChannel,
  command: string,
  home: string,
  children: Set<ChildProcess>,
): void {
  const env = {
    HOME: home,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    USER: 'demo',
    LOGNAME: 'demo',
    SHELL: '/bin/sh',
    LC_ALL: 'C',
  };
  const child = spawn('/bin/sh', ['-c', command], { cwd: home, env, stdio: ['pipe', 'pipe', 'pipe'] });
  children.add(child);
  channel.pipe(child.stdin);
  const allSent = sendOutput(child, channel);
  // A command that ends before it has read its input closes the pipe; that is no error of the channel.
  child.stdin.on('error', () => undefined);
  child.on('error', () => channel.exit(127));
  child.on('close', async (code, signal) => {
    children.delete(child);
    await allSent();
    if (signal === null) channel.exit(code ?? 255);
    else channel.exit(signal.replace(/^SIG/, ''));
    channel.end();
  });
  channel.on('close', () => child.stdin.destroy());
}

function serve(client: Connection, allowed: ParsedKey, home: string, children: Set<ChildProcess>): void {
  client.on('authentication', (context) => {
    if (isAllowed(context, allowed)) context.accept();
    else context.reject(['publickey']);
  });
  client.on('error', () => client.end());
  client.on('session', (accept) => {
    const session: Session = accept();
    session.on('exec', (acceptExec, _reject, info) => runCommand(acceptExec(), info.command, home, children));
  });
}

/** Starts a demo host on a free port of the loopback address. Its home is made if need be. */
export async function startDemoHost(options: DemoHostOptions): Promise<DemoHost> {
  await mkdir(options.home, { recursive: true, mode: 0o700 });
  const hostKey = makeDemoKey();
  const allowed = parsePublicKey(options.clientPublicKey);
  const clients = new Set<Connection>();
  const children = new Set<ChildProcess>();
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    serve(client, allowed, options.home, children);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, loopback, resolve);
  });
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    name: options.name,
    port,
    home: options.home,
    knownHostsLine: `[${loopback}]:${port} ${hostKey.public.trim()}`,
    async close() {
      for (const client of clients) client.end();
      for (const child of children) child.kill('SIGKILL');
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
