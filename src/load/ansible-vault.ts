import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** An encrypted text of ansible-vault, taken apart. */
export interface AnsibleEnvelope {
  /** The vault id that a 1.2 header names. */
  readonly label: string | undefined;
  readonly salt: Buffer;
  readonly mac: Buffer;
  readonly body: Buffer;
}

const iterations = 10_000;
const saltBytes = 32;
const keyBytes = 32;
const ivBytes = 16;
const lineLength = 80;

/**
 * Takes an encrypted text apart: formats 1.1 and 1.2 with AES256. White space around lines does not matter, as texts
 * in YAML are indented.
 *
 * @returns what is wrong with the text, where it is none.
 */
export function readEnvelope(text: string): AnsibleEnvelope | { readonly problem: string } {
  const [header = '', ...lines] = text.split('\n').map((line) => line.trim());
  const [, version = '', cipher = '', label] = header.split(';');
  if (version !== '1.1' && version !== '1.2')
    return { problem: `the vault format ${version || '(none)'} is not read, expected 1.1 or 1.2` };
  if (cipher !== 'AES256')
    return { problem: `the vault cipher ${cipher || '(none)'} is not read, expected AES256` };
  const parts = fromHex(lines.join(''))?.toString('latin1').split('\n').map(fromHex) ?? [];
  const [salt, mac, body] = parts;
  if (salt === undefined || mac === undefined || body === undefined || parts.length !== 3)
    return {
      problem: 'the encrypted text is damaged: it is not the hexadecimal text that ansible-vault writes',
    };
  return { label: label === '' ? undefined : label, salt, mac, body };
}

function fromHex(text: string): Buffer | undefined {
  return text !== '' && text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text)
    ? Buffer.from(text, 'hex')
    : undefined;
}

/** The plain bytes; undefined when the password is another one or the text was changed. */
export function openEnvelope(envelope: AnsibleEnvelope, password: string): Buffer | undefined {
  const keys = keysOf(password, envelope.salt);
  const mac = createHmac('sha256', keys.mac).update(envelope.body).digest();
  if (mac.length !== envelope.mac.length || !timingSafeEqual(mac, envelope.mac)) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.iv);
  return unpadded(Buffer.concat([decipher.update(envelope.body), decipher.final()]));
}

/**
 * Encrypts as ansible-vault does: format 1.2 with a vault id, else 1.1. The text ends in a line break.
 *
 * @param salt Default: random, as it should be wherever the text need not come out the same each time.
 */
export function sealEnvelope(
  plain: Buffer,
  password: string,
  label: string | undefined,
  salt = randomBytes(saltBytes),
): string {
  const keys = keysOf(password, salt);
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.iv);
  const body = Buffer.concat([cipher.update(padded(plain)), cipher.final()]);
  const mac = createHmac('sha256', keys.mac).update(body).digest();
  const inner = [salt, mac, body].map((part) => part.toString('hex')).join('\n');
  const header = label === undefined ? '$ANSIBLE_VAULT;1.1;AES256' : `$ANSIBLE_VAULT;1.2;AES256;${label}`;
  const hex = Buffer.from(inner, 'latin1').toString('hex');
  const lines = [header];
  for (let at = 0; at < hex.length; at += lineLength) lines.push(hex.slice(at, at + lineLength));
  return `${lines.join('\n')}\n`;
}

function keysOf(password: string, salt: Buffer): { cipher: Buffer; mac: Buffer; iv: Buffer } {
  const derived = pbkdf2Sync(password, salt, iterations, 2 * keyBytes + ivBytes, 'sha256');
  return {
    cipher: derived.subarray(0, keyBytes),
    mac: derived.subarray(keyBytes, 2 * keyBytes),
    iv: derived.subarray(2 * keyBytes),
  };
}

/** PKCS #7 to blocks of 16 bytes: the format wants it although the cipher's mode does not. */
function padded(plain: Buffer): Buffer {
  const count = 16 - (plain.length % 16);
  return Buffer.concat([plain, Buffer.alloc(count, count)]);
}

function unpadded(bytes: Buffer): Buffer | undefined {
  const count = bytes.at(-1) ?? 0;
  return count >= 1 && count <= 16 && count <= bytes.length ? bytes.subarray(0, -count) : undefined;
}
