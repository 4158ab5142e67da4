import type { Value } from '../../model/value.ts';

/** What each letter of `lsattr` means, in Ansible's words. */
const attributeNames: Readonly<Record<string, string>> = {
  A: 'noatime',
  a: 'append',
  c: 'compressed',
  C: 'nocow',
  d: 'nodump',
  D: 'dirsync',
  e: 'extents',
  E: 'encrypted',
  h: 'blocksize',
  i: 'immutable',
  I: 'indexed',
  j: 'journalled',
  N: 'inline',
  s: 'zero',
  S: 'synchronous',
  t: 'notail',
  T: 'blockroot',
  u: 'undelete',
  X: 'compressedraw',
  Z: 'compresseddirty',
};

/** Reads `text/plain; charset=us-ascii`, the answer of `file --mime`. */
export function mimeOf(line: string): Record<string, Value> {
  const [, mimetype, charset] = /^([\w.+-]+\/[\w.+-]+); charset=(\S+)$/.exec(line) ?? [];
  return { mimetype: mimetype ?? 'unknown', charset: charset ?? 'unknown' };
}

/** Reads `1234 ----i---e---- /path`, the answer of `lsattr -vd`. */
export function attributesOf(line: string): Record<string, Value> {
  const [, version, letters] = /^\s*(\d+)\s+([A-Za-z-]+)\s/.exec(line) ?? [];
  const flags = (letters ?? '').replaceAll('-', '');
  return {
    version: version ?? null,
    attr_flags: flags,
    attributes: [...flags].map((flag) => attributeNames[flag] ?? flag),
  };
}
