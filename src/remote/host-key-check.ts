import { HostError } from '../model/host.ts';
import { fingerprintOf, type KnownKey, keyTypeOf } from './known-hosts.ts';

/** What a host's key is judged by. */
export interface HostKeyContext {
  /** For messages: the inventory name. */
  readonly hostName: string;
  /** The name that known_hosts has for it. */
  readonly knownName: string;
  readonly dialHost: string;
  readonly port: number;
  readonly policy: 'strict' | 'accept-new' | 'off';
  /** The file that a new key belongs into. */
  readonly userFile: string;
  /** Every key that is known for the host. */
  readonly known: readonly KnownKey[];
  /** Where the host lies behind another one, which `ssh-keyscan` cannot reach through. */
  readonly jump?: string | undefined;
}

/** The verdict on a key: trusted, trusted once it has been written down, or the reason why not. */
export type HostKeyVerdict =
  | { readonly type: 'trusted' }
  | { readonly type: 'record'; readonly line: string }
  | { readonly type: 'refused'; readonly error: HostError };

/**
 * Judges the key that a host presents. A key that differs from a known one is refused under every policy, also when
 * only its type differs: the algorithms are ordered so that a host offers a known type first.
 */
export function judgeHostKey(key: Buffer, context: HostKeyContext): HostKeyVerdict {
  const same = context.known.filter((entry) => entry.key.equals(key));
  const revoked = same.find((entry) => entry.marker === 'revoked');
  if (revoked !== undefined) return { type: 'refused', error: revokedError(key, revoked, context) };
  if (same.some((entry) => entry.marker === 'none')) return { type: 'trusted' };
  const other = context.known.filter((entry) => entry.marker === 'none');
  const [changed = undefined] = [...other.filter((entry) => entry.type === keyTypeOf(key)), ...other];
  if (changed !== undefined) return { type: 'refused', error: changedError(key, changed, context) };
  if (context.policy === 'off') return { type: 'trusted' };
  if (context.policy === 'accept-new') return { type: 'record', line: knownHostsLine(key, context) };
  return { type: 'refused', error: unknownError(key, context) };
}

function knownHostsLine(key: Buffer, context: HostKeyContext): string {
  return `${context.knownName} ${keyTypeOf(key)} ${key.toString('base64')}`;
}

function unknownError(key: Buffer, context: HostKeyContext): HostError {
  const authority = context.known.some((entry) => entry.marker === 'cert-authority')
    ? ' (its @cert-authority line is not used: host certificates are not supported)'
    : '';
  const message = `${context.hostName}: the host key of ${context.knownName} is not known: ${describe(key)}${authority}`;
  return new HostError('unreachable', 'RB505', message, {
    hint: `compare the fingerprint with the host's own, then: ${trustCommand(context)}`,
  });
}

/** The command that writes the key down. */
function trustCommand(context: HostKeyContext): string {
  const port = context.port === 22 ? '' : `-p ${context.port} `;
  if (context.jump !== undefined) {
    return `ssh -J ${context.jump} ${port}-o UserKnownHostsFile=${context.userFile} ${context.dialHost} true`;
  }
  return `ssh-keyscan ${port}${context.dialHost} >> ${context.userFile}`;
}

function changedError(key: Buffer, known: KnownKey, context: HostKeyContext): HostError {
  const place = `${known.file}:${known.line}`;
  const message =
    `${context.hostName}: the host key of ${context.knownName} has CHANGED: it presents ${describe(key)}, ` +
    `but ${place} knows ${describe(known.key)}. Someone may be in between`;
  return new HostError('unreachable', 'RB506', message, {
    hint: `if the change is genuine, forget the old key: ssh-keygen -R '${context.knownName}' -f ${known.file}`,
  });
}

function revokedError(key: Buffer, known: KnownKey, context: HostKeyContext): HostError {
  const message = `${context.hostName}: the host key of ${context.knownName} is revoked by ${known.file}:${known.line}: ${describe(key)}`;
  return new HostError('unreachable', 'RB507', message, { hint: 'give the host a new key' });
}

function describe(key: Buffer): string {
  return `${keyTypeOf(key) ?? 'unknown type'} ${fingerprintOf(key)}`;
}
