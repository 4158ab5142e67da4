import { createHash, createHmac } from 'node:crypto';

/** A key of a known_hosts file, with its place. */
export interface KnownKey {
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  /** `ssh-ed25519` and the like, as the key itself says. */
  readonly type: string;
  readonly key: Buffer;
  readonly file: string;
  readonly line: number;
}

interface KnownLine extends KnownKey {
  readonly names: string;
}

/** A parsed known_hosts file. Lines that OpenSSH would not understand are left out, as it does. */
export interface KnownHosts {
  readonly lines: readonly KnownLine[];
}

/** Reads the text of a known_hosts file. */
export function parseKnownHosts(text: string, file: string): KnownHosts {
  const lines: KnownLine[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const words = raw.trim().split(/[ \t]+/);
    const [first = ''] = words;
    if (first === '' || first.startsWith('#')) continue;
    const marker = markerOf(first);
    if (marker === undefined) continue;
    const [names, , encoded] = marker === 'none' ? words : words.slice(1);
    if (names === undefined || encoded === undefined) continue;
    const key = Buffer.from(encoded, 'base64');
    const type = keyTypeOf(key);
    if (type !== undefined) lines.push({ marker, names, type, key, file, line: index + 1 });
  }
  return { lines };
}

function markerOf(word: string): KnownKey['marker'] | undefined {
  if (!word.startsWith('@')) return 'none';
  if (word === '@revoked') return 'revoked';
  return word === '@cert-authority' ? 'cert-authority' : undefined;
}

/** The name under which OpenSSH keeps a host: lower case, with the port where it is not 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** All keys that the files hold for a name made by `knownHostName`, in the order of the files. */
export function keysFor(name: string, files: readonly KnownHosts[]): KnownKey[] {
  return files.flatMap((file) => file.lines.filter((line) => namesMatch(line.names, name)));
}

/** Whether the first field of a line means the host: patterns with `*` and `?`, `!` for exceptions, or a hash. */
function namesMatch(names: string, host: string): boolean {
  if (names.startsWith('|1|')) return hashMatches(names, host);
  let matched = false;
  for (const pattern of names.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!globMatches(negated ? pattern.slice(1) : pattern, host)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function hashMatches(field: string, host: string): boolean {
  const [, , salt = '', hash = ''] = field.split('|');
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest('base64') === hash;
}

function globMatches(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** The type that a public key in SSH's wire form names, or undefined when it is no key. */
export function keyTypeOf(key: Buffer): string | undefined {
  if (key.length < 8) return undefined;
  const length = key.readUInt32BE(0);
  if (length === 0 || length > 64 || key.length < 4 + length) return undefined;
  return key.toString('latin1', 4, 4 + length);
}

/** The fingerprint that people compare: `SHA256:…`, as OpenSSH prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
