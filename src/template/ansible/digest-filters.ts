import { createHash, getHashes } from 'node:crypto';
import { integerArgument, isAbsent, textArgument } from '../arguments.ts';
import { Bytes, type Datum, type Run } from '../datum.ts';
import { type Native, native } from '../native.ts';
import { decodeBytes, encodeText } from '../python/encode-text.ts';
import { toText } from '../python/text.ts';
import { isText } from '../python/types.ts';
import { cryptPassword } from './crypt-password.ts';

/** The namespace in which `to_uuid` makes its version 5 UUIDs unless told another. */
const uuidNamespace = '361e6d51-faec-444a-9079-341386da8e2e';

const invalidNamespace = 'Invalid value for "namespace": it must be a UUID';

function bytesOf(run: Run, value: Datum, encoding?: Datum): Buffer {
  if (value instanceof Bytes) return Buffer.from(value.bytes);
  return encodeText(run, toText(run, value), textArgument(run, encoding, 'encoding', 'utf-8'));
}

function digest(algorithm: string): Native {
  return native('value', (run: Run, value: Datum) =>
    createHash(algorithm).update(bytesOf(run, value)).digest('hex'),
  );
}

function hash(run: Run, value: Datum, type?: Datum): string {
  const name = textArgument(run, type, 'hashtype', 'sha1').toLowerCase().replace(/_/g, '-');
  const algorithm = ['blake2b', 'blake2s'].includes(name)
    ? `${name}${name.endsWith('b') ? '512' : '256'}`
    : name;
  if (!getHashes().some((known) => known.toLowerCase() === algorithm))
    throw run.fail(`unsupported hash type "${name}"`);
  return createHash(algorithm).update(bytesOf(run, value)).digest('hex');
}

function toUuid(run: Run, value: Datum, namespace?: Datum): string {
  if (namespace !== undefined && !isText(namespace)) throw run.fail(invalidNamespace);
  const space = textArgument(run, namespace, 'namespace', uuidNamespace).replaceAll('-', '');
  if (!/^[\da-f]{32}$/i.test(space)) throw run.fail(invalidNamespace);
  const bytes = createHash('sha1')
    .update(Buffer.from(space, 'hex'))
    .update(bytesOf(run, value))
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function decode(run: Run, value: Datum, encoding?: Datum): string {
  // Python leaves out what is no base64 and stops at the padding; only that must be whole.
  const text = toText(run, value)
    .replace(/[^A-Za-z0-9+/=]+/g, '')
    .replace(/^(.*?={1,2}).*$/, '$1');
  if (text.length % 4 !== 0) {
    throw run.fail('"b64decode" was given text that is no base64');
  }
  return decodeBytes(run, Buffer.from(text, 'base64'), textArgument(run, encoding, 'encoding', 'utf-8'));
}

/** Ansible's filters that encode, hash and make identifiers. */
export const digestFilters: Readonly<Record<string, Native>> = {
  b64encode: native('value, encoding?', (run: Run, value: Datum, encoding?: Datum) =>
    bytesOf(run, value, encoding).toString('base64'),
  ),
  b64decode: native('value, encoding?', decode),
  md5: digest('md5'),
  sha1: digest('sha1'),
  checksum: digest('sha1'),
  hash: native('value, hashtype?', hash),
  to_uuid: native('value, namespace?', toUuid),
  password_hash: native(
    'password, hashtype?, salt?, salt_size?, rounds?, ident?',
    (run: Run, password: Datum, ...[type, salt, size, rounds, ident]: readonly (Datum | undefined)[]) =>
      cryptPassword(run, {
        saltLength: isAbsent(size) ? undefined : integerArgument(run, size, 'salt_size'),
        password: textArgument(run, password, 'password'),
        type: textArgument(run, type, 'hashtype', 'sha512'),
        salt: isAbsent(salt) ? undefined : toText(run, salt),
        rounds: isAbsent(rounds) ? undefined : integerArgument(run, rounds, 'rounds'),
        ident: isAbsent(ident) ? undefined : toText(run, ident),
      }),
  ),
  urldecode: native('value', (run: Run, value: Datum) => {
    const text = textArgument(run, value, 'value').replaceAll('+', ' ');
    return text.replace(/(?:%[\da-fA-F]{2})+/g, (part) =>
      Buffer.from(part.replaceAll('%', ''), 'hex').toString('utf8'),
    );
  }),
};
