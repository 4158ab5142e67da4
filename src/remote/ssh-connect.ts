import type { Duplex } from 'node:stream';
import ssh2, { type Client } from 'ssh2';
import { HostError } from '../model/host.ts';
import { prepareAuthentication } from './authentication.ts';
import { turnedAwayBy } from './back-off.ts';
import { connectionTrouble } from './connection-trouble.ts';
import { type HostKeyContext, judgeHostKey } from './host-key-check.ts';
import { IdentStream } from './ident-stream.ts';
import type { IdentityKeys } from './identity-keys.ts';
import { keysFor } from './known-hosts.ts';
import type { KnownHostsStore } from './known-hosts-store.ts';
import { signAtOnce } from './sign-at-once.ts';
import { offeredAlgorithms } from './ssh-algorithms.ts';
import type { SshSettings } from './ssh-settings.ts';

/** What the connections of a run share. */
export interface SshServices {
  readonly keys: IdentityKeys;
  readonly knownHosts: KnownHostsStore;
}

/** An authenticated connection. */
export interface SshConnection {
  readonly client: Client;
  readonly stream: IdentStream;
}

/** Key exchange and login must be done within this time. */
const loginTimeoutMs = 20_000;

/** The library's own keepalive. It counts only answers as life, so it is the second line: see `SshTransport`. */
const keepaliveIntervalMs = 5_000;
const keepaliveCountMax = 6;

/** The connection broke off before the host's key was seen: a server that is busy does that. */
export class DroppedEarly extends Error {
  override name = 'DroppedEarly';
  readonly how: 'dropped' | 'busy' | 'penalised';

  constructor(message: string, how: 'dropped' | 'busy' | 'penalised' = 'dropped') {
    super(message);
    this.how = how;
  }
}

/**
 * Speaks SSH over a byte stream: checks the host's key before anything secret is sent, then logs in.
 *
 * @throws HostError RB503 to RB509; DroppedEarly when the server went away before its key was seen.
 */
export async function sshConnect(
  raw: Duplex,
  settings: SshSettings,
  services: SshServices,
  jump: string | undefined,
  signal?: AbortSignal,
): Promise<SshConnection> {
  const stream = new IdentStream(raw);
  const client = new ssh2.Client();
  // Errors after the login are told by the close of the stream; without a listener they would end the process.
  client.on('error', () => undefined);
  try {
    const authentication = await prepareAuthentication(settings, services.keys);
    const known = keysFor(settings.knownName, await services.knownHosts.read(settings.knownHostsFiles));
    const context = hostKeyContext(settings, known, jump);
    // The library learns of an end only when it listens; this one came before.
    if (stream.destroyed) throw earlyEnd(settings, stream, false, stream.errored ?? undefined);
    await handshake(client, stream, settings, authentication, context, services.knownHosts, signal);
    return { client, stream };
  } catch (error) {
    client.destroy();
    stream.destroy();
    throw error;
  }
}

/**
 * Ends a connection. The server is told, so that it leaves at once: one that only sees the stream end takes a fifth more
 * processor time for the whole login (OpenSSH 9.2). The message (RFC 4253, 11.1) is in the kernel's hands, or given up,
 * before the stream goes: nothing waits for a host that is silent.
 */
export function disconnect({ client, stream }: SshConnection): void {
  client.end();
  client.destroy();
  stream.destroy();
}

function hostKeyContext(
  settings: SshSettings,
  known: HostKeyContext['known'],
  jump: string | undefined,
): HostKeyContext {
  const { hostName, knownName, dialHost, port, policy } = settings;
  return {
    hostName,
    knownName,
    dialHost,
    port,
    policy,
    userFile: settings.knownHostsFiles[0] ?? '',
    known,
    jump,
  };
}

function handshake(
  client: Client,
  stream: IdentStream,
  settings: SshSettings,
  authentication: Awaited<ReturnType<typeof prepareAuthentication>>,
  context: HostKeyContext,
  knownHosts: KnownHostsStore,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let refused: HostError | undefined;
    let keySeen = false;
    let accepted: Buffer | undefined;
    const finish = (error?: Error) => {
      clearTimeout(identTimer);
      clearTimeout(loginTimer);
      signal?.removeEventListener('abort', abort);
      if (error === undefined) resolve();
      else reject(error);
    };
    const abort = () =>
      finish(new HostError('cancelled', 'RB518', `${settings.hostName}: connecting was cancelled`));
    // As with OpenSSH, the deadline for connecting holds for the server's first words too.
    const identTimer = setTimeout(() => {
      if (!stream.identified) finish(identLate(settings, stream.greeting));
    }, settings.connectTimeoutMs);
    const loginTimer = setTimeout(() => {
      finish(
        new HostError(
          'unreachable',
          'RB503',
          `${settings.hostName}: the login was not done within ${loginTimeoutMs / 1000} s`,
        ),
      );
    }, loginTimeoutMs);
    const onError = (error: Error & { level?: string }) => {
      if (error.level === 'agent') return;
      if (error.level === 'client-authentication') finish(authentication.refusal());
      else finish(refused ?? earlyEnd(settings, stream, keySeen, error));
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    client.on('error', onError);
    client.once('close', () => finish(refused ?? earlyEnd(settings, stream, keySeen, undefined)));
    client.once('ready', () => finish());
    client.connect({
      sock: stream,
      username: settings.user,
      authHandler: authentication.handler,
      algorithms: offeredAlgorithms(
        context.known.filter((entry) => entry.marker === 'none').map((entry) => entry.type),
      ),
      keepaliveInterval: keepaliveIntervalMs,
      keepaliveCountMax,
      readyTimeout: 0,
      hostVerifier: (key: Buffer, verify: (ok: boolean) => void): boolean | undefined => {
        // The key is presented again whenever the server wants new session keys.
        if (accepted?.equals(key) === true) return true;
        keySeen = true;
        void acceptKey(key, context, knownHosts).then((error) => {
          refused = error;
          if (error === undefined) accepted = Buffer.from(key);
          try {
            verify(error === undefined);
          } catch (cause) {
            // The connection was lost meanwhile, and the library speaks on it.
            onError(cause instanceof Error ? cause : new Error(String(cause)));
          }
        });
        return undefined;
      },
    });
    signAtOnce(client);
  });
}

/** Gives the reason why the key is not accepted; writes it down first where the policy wants that. */
async function acceptKey(
  key: Buffer,
  context: HostKeyContext,
  knownHosts: KnownHostsStore,
): Promise<HostError | undefined> {
  const verdict = judgeHostKey(key, context);
  if (verdict.type === 'trusted') return undefined;
  if (verdict.type === 'refused') return verdict.error;
  try {
    await knownHosts.append(context.userFile, verdict.line);
    return undefined;
  } catch (error) {
    return new HostError(
      'unreachable',
      'RB505',
      `${context.hostName}: its new host key cannot be written to ${context.userFile}`,
      { cause: error },
    );
  }
}

function identLate(settings: SshSettings, greeting: string): HostError {
  if (greeting !== '') return notSsh(settings, greeting);
  return new HostError(
    'unreachable',
    'RB503',
    `${settings.hostName}: ${settings.dialHost}:${settings.port} accepted but said nothing within ${settings.connectTimeoutMs / 1000} s`,
    {
      hint: 'check that an SSH server listens on this port',
    },
  );
}

function notSsh(settings: SshSettings, greeting: string): HostError {
  return new HostError(
    'unreachable',
    'RB504',
    `${settings.hostName}: ${settings.dialHost}:${settings.port} is not an SSH server; it said: ${greeting}`,
    {
      hint: 'check the port',
    },
  );
}

function earlyEnd(
  settings: SshSettings,
  stream: IdentStream,
  keySeen: boolean,
  error: (Error & { level?: string }) | undefined,
): Error {
  const { greeting } = stream;
  const how = turnedAwayBy(greeting);
  if (how !== undefined) return new DroppedEarly(greeting, how);
  if (!stream.identified && greeting !== '') return notSsh(settings, greeting);
  if (!keySeen && isEndOfConnection(error))
    return new DroppedEarly(error?.message ?? 'the server closed the connection');
  const why =
    error === undefined ? 'the server closed the connection during the login' : connectionTrouble(error);
  return new HostError(
    'unreachable',
    'RB501',
    `${settings.hostName}: no SSH connection to ${settings.dialHost}:${settings.port}: ${why}`,
    { cause: error },
  );
}

/** Whether there was an end, and no more: bytes that are no SSH, or no common algorithm, will be the same next time. */
function isEndOfConnection(error: (Error & { level?: string }) | undefined): boolean {
  if (error === undefined || /lost before/i.test(error.message)) return true;
  return error.level !== 'protocol' && !/handshake|algorithm|no matching/i.test(error.message);
}
