import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type ConnectionTarget, HostError } from '../model/host.ts';
import type { Secret } from '../model/value.ts';
import { expandHome } from './expand-path.ts';
import { knownHostName } from './known-hosts.ts';
import type { SshConfigEntry, SshConfigFile } from './ssh-config-file.ts';

/** Everything that is needed to reach one SSH server. */
export interface SshSettings {
  /** For messages. */
  readonly hostName: string;
  readonly dialHost: string;
  readonly port: number;
  readonly user: string;
  /** The name in known_hosts. */
  readonly knownName: string;
  readonly policy: 'strict' | 'accept-new' | 'off';
  /** In order; new keys go into the first. */
  readonly knownHostsFiles: readonly string[];
  /** Keys to offer, in order. */
  readonly identityFiles: readonly string[];
  /** Whether the files were named by someone: one that cannot be read is an error then. */
  readonly identityFilesNamed: boolean;
  /** The agent's socket, where an agent is to be asked. */
  readonly agentSocket: string | undefined;
  /** Only keys of the agent that belong to an identity file. */
  readonly identitiesOnly: boolean;
  readonly password: Secret | undefined;
  readonly passphrase: Secret | undefined;
  readonly connectTimeoutMs: number;
  /** `[user@]host[:port]` or a name of the configuration. */
  readonly proxyJump: string | undefined;
}

/** What surrounds the settings: the controller's user. */
export interface SettingsContext {
  readonly config: SshConfigFile;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly knownHostsFiles: readonly string[];
  /** Where sessions on the controller itself start. */
  readonly localDirectory?: string | undefined;
}

const defaultConnectTimeoutMs = 10_000;
const defaultIdentities = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * Merges the inventory's settings with the client configuration; the inventory's win.
 *
 * @throws HostError RB515 when a setting makes no sense.
 */
export function resolveSettings(target: ConnectionTarget, context: SettingsContext): SshSettings {
  const entry = context.config.entryFor(target.address, target.user);
  const user = target.user ?? first(entry, 'user') ?? userInfo().username;
  const dialHost = expandTokens(first(entry, 'hostname') ?? target.address, { h: target.address });
  const port = target.port ?? portOf(first(entry, 'port'), target.name) ?? 22;
  const tokens = {
    h: dialHost,
    d: context.home,
    r: user,
    u: userInfo().username,
    p: String(port),
    n: target.address,
  };
  const path = (text: string) => expandHome(expandTokens(text, tokens), context.home);
  const named = target.identityFiles.length > 0 ? target.identityFiles : (entry['identityfile'] ?? []);
  const files = named.length > 0 ? named : defaultIdentities.map((name) => join(context.home, '.ssh', name));
  const alias = first(entry, 'hostkeyalias');
  const userFiles = entry['userknownhostsfile']?.filter((file) => file !== 'none').map(path);
  const jump = target.proxyJump ?? entry['proxyjump']?.join(',');
  return {
    hostName: target.name,
    dialHost,
    port,
    user,
    knownName: alias === undefined ? knownHostName(dialHost, port) : alias.toLowerCase(),
    policy: target.hostKeyPolicy ?? policyOf(first(entry, 'stricthostkeychecking')),
    knownHostsFiles:
      userFiles === undefined ? context.knownHostsFiles : [...userFiles, ...context.knownHostsFiles.slice(1)],
    identityFiles: files.filter((file) => file !== 'none').map(path),
    identityFilesNamed: named.length > 0,
    agentSocket: agentSocketOf(target, entry, context.env, path),
    identitiesOnly: first(entry, 'identitiesonly')?.toLowerCase() === 'yes',
    password: target.password,
    passphrase: target.passphrase,
    connectTimeoutMs:
      target.connectTimeoutMs ?? secondsOf(first(entry, 'connecttimeout')) ?? defaultConnectTimeoutMs,
    proxyJump: jump === undefined || jump.toLowerCase() === 'none' ? undefined : jump,
  };
}

/**
 * The target that a jump names: `[user@]host[:port]`, `ssh://…`, or a name of the configuration.
 *
 * @throws HostError RB516 for a chain of jumps, or one that is not understood.
 */
export function jumpTarget(jump: string, target: ConnectionTarget): ConnectionTarget {
  if (jump.includes(',')) {
    throw new HostError(
      'unreachable',
      'RB516',
      `${target.name}: only one jump host is supported, "${jump}" names several`,
    );
  }
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:@/]+)(?::(\d+))?\/?$/.exec(jump);
  const [, user, host, port] = match ?? [];
  if (host === undefined) {
    throw new HostError(
      'unreachable',
      'RB516',
      `${target.name}: proxy_jump "${jump}" is not [user@]host[:port]`,
    );
  }
  const address = host.replace(/^\[|\]$/g, '');
  return {
    name: address,
    connection: 'ssh',
    address,
    user,
    port: portOf(port, target.name),
    identityFiles: target.identityFiles,
    passphrase: target.passphrase,
    agent: target.agent,
    hostKeyPolicy: target.hostKeyPolicy,
    connectTimeoutMs: target.connectTimeoutMs,
    // One hop only; a `Host *` that names the jump host would otherwise send it through itself.
    proxyJump: 'none',
  };
}

function agentSocketOf(
  target: ConnectionTarget,
  entry: SshConfigEntry,
  env: NodeJS.ProcessEnv,
  path: (text: string) => string,
): string | undefined {
  const named = first(entry, 'identityagent');
  const wanted = target.agent ?? (target.identityFiles.length === 0 || named !== undefined);
  if (!wanted || named?.toLowerCase() === 'none') return undefined;
  if (named === undefined || named === 'SSH_AUTH_SOCK') return env['SSH_AUTH_SOCK'] || undefined;
  return named.startsWith('$') ? env[named.slice(1).replace(/^\{|\}$/g, '')] : path(named);
}

function first(entry: SshConfigEntry, key: string): string | undefined {
  return entry[key]?.[0];
}

function expandTokens(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replace(/%([%a-zA-Z])/g, (whole, letter: string) =>
    letter === '%' ? '%' : (tokens[letter] ?? whole),
  );
}

function portOf(text: string | undefined, hostName: string): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new HostError('unreachable', 'RB515', `${hostName}: "${text}" is not a port`);
}

function secondsOf(text: string | undefined): number | undefined {
  const seconds = Number(text);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

function policyOf(text: string | undefined): SshSettings['policy'] {
  switch (text?.toLowerCase()) {
    case 'accept-new':
      return 'accept-new';
    case 'no':
    case 'off':
      return 'off';
    default:
      return 'strict';
  }
}
