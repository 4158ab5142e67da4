import { parseDurationMs } from '../lib/duration.ts';
import { RunbookError } from '../model/diagnostic.ts';
import type { BecomeTarget, ConnectionTarget } from '../model/host.ts';
import { Secret, type Value } from '../model/value.ts';
import { type BecomeWords, readBecomeFlags, readBecomeProgram } from './become-flags.ts';
import { asTexts, type FoundSetting, type SettingReader } from './connection-source.ts';
import { readFlag } from './keyword-values.ts';
import { readSshArguments, type SshArguments } from './ssh-arguments.ts';

/** How one host is reached, and as whom. */
export interface Connection {
  readonly target: ConnectionTarget;
  readonly become: BecomeTarget | undefined;
}

/** There is no way to a host such as its settings want: it is unreachable. */
export class NoWayError extends RunbookError {
  constructor(error: RunbookError) {
    super(error.diagnostics);
    this.name = 'NoWayError';
  }
}

/**
 * Reads a host's connection from its settings.
 *
 * @throws RunbookError RB515 naming the host, the setting, where it was found and what it must be; a NoWayError where that is
 *   a connection or an argument of ssh that is not available.
 */
export function readConnection(hostName: string, read: SettingReader): Connection {
  const args = sshArguments(read);
  const target: ConnectionTarget = {
    name: hostName,
    address: text(read('address')) ?? hostName,
    port: port(read('port')) ?? args.port,
    user: text(read('user')) ?? args.user,
    password: secret(read('password')),
    identityFiles: [...identityFiles(read('identity_file')), ...args.identityFiles],
    passphrase: secret(read('passphrase')),
    agent: flag(read('agent')),
    proxyJump: text(read('proxy_jump')) ?? args.proxyJump,
    hostKeyPolicy: hostKeyPolicy(read('host_key_policy')) ?? unchecked(read) ?? args.hostKeyPolicy,
    connectTimeoutMs: timeout(read('connect_timeout')) ?? args.connectTimeoutMs,
    // Last: that a name is undefined says more than that such a connection is not available.
    connection: connectionKind(read('connection')) ?? 'ssh',
  };
  return { target, become: become(read) };
}

function become(read: SettingReader): BecomeTarget | undefined {
  if (flag(read('become')) !== true) return undefined;
  const method = becomeMethod(read('become_method')) ?? 'sudo';
  const program = words(read(`${method}_exe`), readBecomeProgram, `the name or path of ${method}`);
  const flags = words(
    read(`${method}_flags`),
    (written) => readBecomeFlags(method, written),
    `flags of ${method} that leave its input and its shell as they are`,
  );
  return {
    method,
    ...(program !== undefined && { program }),
    ...(flags !== undefined && { flags }),
    user: text(read('become_user')) ?? 'root',
    password: secret(read('become_password')),
  };
}

function words(
  found: FoundSetting | undefined,
  readWords: (written: string) => BecomeWords,
  expected: string,
): readonly string[] | undefined {
  const written = text(found);
  if (found === undefined || written === undefined) return undefined;
  const result = readWords(written);
  if ('wrong' in result) throw found.wrong(`${expected} (${result.wrong} is not among them)`);
  return result.words;
}

function connectionKind(found: FoundSetting | undefined): 'ssh' | 'local' | undefined {
  const name = text(found)?.replace(/^ansible\.(builtin|legacy)\./, '');
  if (found === undefined || name === undefined) return undefined;
  if (name === 'local') return 'local';
  if (['ssh', 'smart', 'paramiko', 'paramiko_ssh'].includes(name)) return 'ssh';
  throw new NoWayError(found.wrong('ssh or local'));
}

function becomeMethod(found: FoundSetting | undefined): BecomeTarget['method'] | undefined {
  const name = text(found)?.replace(/^(ansible\.builtin|community\.general)\./, '');
  if (found === undefined || name === undefined) return undefined;
  if (name === 'sudo' || name === 'su' || name === 'doas') return name;
  throw found.wrong('sudo, su or doas');
}

function hostKeyPolicy(found: FoundSetting | undefined): ConnectionTarget['hostKeyPolicy'] {
  const name = text(found);
  if (found === undefined || name === undefined) return undefined;
  if (name === 'strict' || name === 'accept-new' || name === 'off') return name;
  throw found.wrong('strict, accept-new or off');
}

function unchecked(read: SettingReader): 'strict' | 'off' | undefined {
  const checking = flag(read('host_key_checking'));
  return checking === undefined ? undefined : checking ? 'strict' : 'off';
}

function sshArguments(read: SettingReader): SshArguments {
  let args: SshArguments = { identityFiles: [] };
  for (const setting of ['common_args', 'extra_args'] as const) {
    const found = read(setting);
    const words = text(found);
    if (found === undefined || words === undefined) continue;
    const more = readSshArguments(words);
    if (typeof more === 'string')
      throw new NoWayError(found.wrong(`ssh arguments that are available here: ${more}`));
    args = { ...args, ...more, identityFiles: [...args.identityFiles, ...more.identityFiles] };
  }
  return args;
}

function text(found: FoundSetting | undefined): string | undefined {
  const value = found?.value;
  if (found === undefined || value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Secret) return value.reveal();
  throw found.wrong('a text');
}

function port(found: FoundSetting | undefined): number | undefined {
  const written = text(found);
  if (found === undefined || written === undefined) return undefined;
  const number = Number(written);
  if (/^\d+$/.test(written) && number >= 1 && number <= 65_535) return number;
  throw found.wrong('a port from 1 to 65535');
}

function timeout(found: FoundSetting | undefined): number | undefined {
  const value: Value | undefined = found?.value;
  if (found === undefined || value === undefined || value === null || value === '') return undefined;
  const durationMs = parseDurationMs(value);
  if (durationMs === undefined || durationMs === 0) throw found.wrong('a duration such as 10 or 30s');
  return durationMs;
}

function flag(found: FoundSetting | undefined): boolean | undefined {
  if (found === undefined || found.value === null) return undefined;
  const value = readFlag(found.value);
  if (value === undefined) throw found.wrong('true or false');
  return value;
}

/** A password. Whatever its type, it is kept out of all output from here on. */
function secret(found: FoundSetting | undefined): Secret | undefined {
  if (found === undefined || found.value === null || found.value === '') return undefined;
  if (found.value instanceof Secret) return found.secret(found.value);
  const written = text(found);
  return written === undefined ? undefined : found.secret(new Secret(written, found.name));
}

function identityFiles(found: FoundSetting | undefined): readonly string[] {
  if (found === undefined) return [];
  const texts = asTexts(found.value);
  if (texts === undefined) throw found.wrong('the path of a private key, or a list of them');
  return texts;
}
