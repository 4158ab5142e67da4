import { createDecipheriv, createHmac, hkdfSync, scryptSync, timingSafeEqual } from 'node:crypto';
import { type AgeIdentity, sharedSecret } from './age-keys.ts';

/** An encrypted file of age, taken apart. */
export interface AgeFile {
  readonly stanzas: readonly Stanza[];
  /** What the header's code is made of: everything up to and with `---`. */
  readonly signed: string;
  readonly mac: Buffer;
  readonly payload: Buffer;
}

/** One way to get at the file's key. */
export interface Stanza {
  readonly args: readonly string[];
  readonly body: Buffer;
}

const version = 'age-encryption.org/v1';
const fileKeyBytes = 16;
const tagBytes = 16;
const chunkBytes = 64 * 1024;
const nonceBytes = 16;
const shareBytes = 32;
const saltBytes = 16;
/** The dearest passphrase that is tried: 2^20 rounds take about 4 s and 1 GiB. */
const largestWorkFactor = 20;

/**
 * Takes an age file in its text form apart. It is read here, and not by the package that writes it, as templates read
 * variables at once and the package only answers later.
 *
 * @returns what is wrong with the text, where it is none.
 */
export function readAge(text: string): AgeFile | { readonly problem: string } {
  const lines = text.trim().split(/\s*\n\s*/);
  if (lines.at(-1) !== '-----END AGE ENCRYPTED FILE-----')
    return { problem: 'the encrypted text is damaged: its last line, END AGE ENCRYPTED FILE, is missing' };
  const bytes = fromBase64(lines.slice(1, -1).join(''), true);
  const parsed = bytes === undefined ? undefined : readFile(bytes);
  return parsed ?? { problem: 'the encrypted text is damaged: it is not what age writes' };
}

function readFile(bytes: Buffer): AgeFile | undefined {
  const end = bytes.indexOf('\n--- ');
  const headerEnd = end === -1 ? -1 : bytes.indexOf('\n', end + 1);
  if (headerEnd === -1) return undefined;
  const lines = bytes.toString('latin1', 0, end).split('\n');
  const mac = fromBase64(bytes.toString('latin1', end + 5, headerEnd));
  if (lines.shift() !== version || mac === undefined) return undefined;
  const stanzas = readStanzas(lines);
  const payload = bytes.subarray(headerEnd + 1);
  return stanzas && { stanzas, signed: bytes.toString('latin1', 0, end + 4), mac, payload };
}

function readStanzas(lines: readonly string[]): Stanza[] | undefined {
  const stanzas: { args: string[]; body: string }[] = [];
  for (const line of lines) {
    const last = stanzas.at(-1);
    if (line.startsWith('-> ')) stanzas.push({ args: line.slice(3).split(' '), body: '' });
    else if (last === undefined) return undefined;
    else last.body += line;
  }
  const read = stanzas.map(({ args, body }) => ({ args, body: fromBase64(body) }));
  return read.flatMap(({ args, body }) => (body === undefined ? [] : [{ args, body }]));
}

function fromBase64(text: string, padded = false): Buffer | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || (!padded && text.includes('='))) return undefined;
  return Buffer.from(text, 'base64');
}

/** Whether a passphrase opens the file, rather than a key. */
export function needsPassphrase(file: AgeFile): boolean {
  return file.stanzas.some((stanza) => stanza.args[0] === 'scrypt');
}

/** The file's key by a passphrase; undefined when it is another one. */
export function keyByPassphrase(file: AgeFile, passphrase: string): Buffer | undefined {
  const [stanza] = file.stanzas;
  const [kind, salt = '', factor = ''] = stanza?.args ?? [];
  const saltPart = fromBase64(salt);
  // A passphrase stands alone, so that nobody can slip in a key of their own beside it.
  if (stanza === undefined || file.stanzas.length !== 1 || kind !== 'scrypt') return undefined;
  if (saltPart?.length !== saltBytes || !/^[1-9]\d?$/.test(factor) || Number(factor) > largestWorkFactor)
    return undefined;
  const rounds = 2 ** Number(factor);
  const fullSalt = Buffer.concat([Buffer.from(`${version}/scrypt`), saltPart]);
  const key = scryptSync(passphrase, fullSalt, 32, { N: rounds, r: 8, p: 1, maxmem: 256 * 8 * rounds });
  return checked(file, unwrap(key, stanza.body));
}

/** The file's key by a private key; undefined when the file is for others. */
export function keyByIdentity(file: AgeFile, identity: AgeIdentity): Buffer | undefined {
  for (const { args, body } of file.stanzas) {
    const share = fromBase64(args[1] ?? '');
    if (args[0] !== 'X25519' || share?.length !== shareBytes) continue;
    const shared = sharedSecret(identity, share);
    if (shared === undefined) continue;
    const key = derive(shared, Buffer.concat([share, identity.publicKey]), `${version}/X25519`);
    const fileKey = checked(file, unwrap(key, body));
    if (fileKey !== undefined) return fileKey;
  }
  return undefined;
}

/** The key, if the header's code confirms that nobody changed the header. */
function checked(file: AgeFile, fileKey: Buffer | undefined): Buffer | undefined {
  if (fileKey === undefined) return undefined;
  const mac = createHmac('sha256', derive(fileKey, Buffer.alloc(0), 'header'))
    .update(file.signed, 'latin1')
    .digest();
  return mac.length === file.mac.length && timingSafeEqual(mac, file.mac) ? fileKey : undefined;
}

function derive(key: Buffer, salt: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, purpose, 32));
}

function unwrap(key: Buffer, body: Buffer): Buffer | undefined {
  return body.length === fileKeyBytes + tagBytes ? openChunk(key, Buffer.alloc(12), body) : undefined;
}

/** The plain bytes; undefined when the payload was changed or cut. */
export function openPayload(file: AgeFile, fileKey: Buffer): Buffer | undefined {
  const key = derive(fileKey, file.payload.subarray(0, nonceBytes), 'payload');
  const sealed = file.payload.subarray(nonceBytes);
  const step = chunkBytes + tagBytes;
  const count = Math.max(1, Math.ceil(sealed.length / step));
  const chunks: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const nonce = Buffer.alloc(12);
    nonce.writeUIntBE(index, 5, 6);
    // The last chunk is marked, so that a file that was cut at a chunk's end does not pass for a whole one.
    nonce[11] = index === count - 1 ? 1 : 0;
    const chunk = openChunk(key, nonce, sealed.subarray(index * step, (index + 1) * step));
    if (chunk === undefined || (chunk.length === 0 && index > 0)) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function openChunk(key: Buffer, nonce: Buffer, sealed: Buffer): Buffer | undefined {
  if (sealed.length < tagBytes) return undefined;
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    // The tag does not fit: another key, or changed bytes.
    return undefined;
  }
}
