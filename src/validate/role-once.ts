import type { RoleIdentity } from '../model/reuse.ts';
import { Secret, VaultText } from '../model/value.ts';
import type { RoleUse } from './role-use.ts';

/** What makes two uses of a role equal: its folder, its parameters and variables, its conditions, tags and files. */
export function onceKeyOf(use: RoleUse, role: RoleIdentity): string {
  const { when, tags } = use.head.keywords;
  const values = [...use.layers, ...(use.head.vars === undefined ? [] : [use.head.vars])].map((one) => [
    one.source,
    Object.entries(one.values),
  ]);
  return JSON.stringify([role.path, when ?? [], tags ?? [], use.from, values], plain);
}

/** What JSON has no form for, told apart by its text. */
function plain(this: unknown, key: string, value: unknown): unknown {
  const written: unknown = typeof this === 'object' && this !== null ? Reflect.get(this, key) : value;
  if (typeof written === 'bigint') return String(written);
  if (written instanceof VaultText) return written.text;
  if (written instanceof Secret) return written.reveal();
  return written instanceof Map ? [...written] : value;
}
