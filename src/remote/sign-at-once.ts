import type { Client, ParsedKey } from 'ssh2';

/** The part of the library's protocol object that is wrapped below. */
interface KeyLogin {
  authPK?: (username: string, key: unknown, algorithm: unknown, sign?: unknown) => void;
}

/**
 * Saves a round trip: a key is used to sign at once, in place of asking first whether the server would take it. Where
 * the library's internals are not as expected, it asks first, as it would by itself.
 */
export function signAtOnce(client: Client): void {
  // The protocol object is not part of the library's types.
  const protocol = (client as { _protocol?: KeyLogin })._protocol;
  const original = protocol?.authPK;
  if (protocol === undefined || typeof original !== 'function') return;
  protocol.authPK = function authPK(username, key, algorithm, sign) {
    const signer = sign ?? signerFor(key, algorithm);
    if (signer === undefined) original.call(this, username, key, algorithm);
    else original.call(this, username, key, algorithm, signer);
  };
}

function signerFor(key: unknown, algorithm: unknown) {
  const candidate = key as Partial<ParsedKey> | undefined;
  if (typeof candidate?.sign !== 'function' || candidate.isPrivateKey?.() !== true) return undefined;
  const hash = algorithm === 'rsa-sha2-512' ? 'sha512' : algorithm === 'rsa-sha2-256' ? 'sha256' : undefined;
  if (candidate.type === 'ssh-rsa' && hash === undefined) return undefined;
  return (data: Buffer, done: (signature: Buffer) => void): void => {
    // Typed as Buffer only, but the library gives an Error back as a value.
    const signature: Buffer | Error | undefined = candidate.sign?.(data, hash);
    if (Buffer.isBuffer(signature)) done(signature);
    else throw signature ?? new Error('the key cannot sign');
  };
}
