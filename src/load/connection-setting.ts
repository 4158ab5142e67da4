import type { DocumentPath } from '../model/document.ts';
import { type Value, VaultText } from '../model/value.ts';
import { protect } from './inventory-draft.ts';
import { type EntryReader, kindOf, wrong } from './inventory-entry.ts';

type Check = (value: Value) => string | undefined;

const text: Check = (value) => (['string', 'number', 'bigint'].includes(typeof value) ? undefined : 'a text');
const boolean: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');
const port: Check = (value) => {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  const fits = typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= 65_535;
  return fits ? undefined : 'a port number from 1 to 65535';
};
const oneOf =
  (...names: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && names.includes(value) ? undefined : `one of ${names.join(', ')}`;
const files: Check = (value) =>
  typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    ? undefined
    : 'a path or a list of paths';
const duration: Check = (value) =>
  typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?\s*(ms|s|m|h)?$/.test(value))
    ? undefined
    : 'a duration such as 10s';
const secret: Check = (value) => (value instanceof VaultText ? undefined : text(value));

/** What each connection setting may be, when it is no template. */
const settings: Readonly<Record<string, Check>> = {
  connection: oneOf('ssh', 'local'),
  address: text,
  port,
  user: text,
  password: secret,
  identity_file: files,
  passphrase: secret,
  agent: boolean,
  proxy_jump: text,
  host_key_policy: oneOf('strict', 'accept-new', 'off'),
  connect_timeout: duration,
  become: boolean,
  become_method: oneOf('sudo', 'su', 'doas'),
  become_user: text,
  become_password: secret,
};

/** The native names of connection settings. */
export const settingNames: readonly string[] = Object.keys(settings);

/** Whether a key is a connection setting. */
export function isSetting(key: string): boolean {
  return Object.hasOwn(settings, key);
}

/** Checks a setting (RB202) and stores it; passwords become secrets. */
export function readSetting(
  reader: EntryReader,
  path: DocumentPath,
  value: Value,
  into: Record<string, Value>,
): void {
  const name = String(path.at(-1));
  const expected = typeof value === 'string' && /\{[{%]/.test(value) ? undefined : settings[name]?.(value);
  if (expected !== undefined) {
    // A password is never shown, not even a wrong one.
    const found = settings[name] === secret ? '' : `, found ${shown(value)}`;
    wrong(reader, 'RB202', path, `${name} must be ${expected}${found}`);
    return;
  }
  into[name] = settings[name] === secret ? protect(value, name) : value;
}

function shown(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : kindOf(value);
}
