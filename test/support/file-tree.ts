import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** A file that a case starts with: text, or what differs from a plain file. */
export type FileSeed =
  | string
  | {
      readonly content?: string;
      readonly base64?: string;
      /** The text repeated so often. */
      readonly times?: number;
      readonly link?: string;
      readonly hard?: string;
      readonly directory?: boolean;
      readonly mode?: string;
      readonly uid?: number;
      readonly gid?: number;
      readonly mtime?: number;
    };

/** Makes the files of a case, parents first, and gives all of them to one owner. */
export function plantTree(
  root: string,
  seeds: Readonly<Record<string, FileSeed>>,
  owner: { uid: number; gid: number },
): void {
  for (const [name, seed] of Object.entries(seeds)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    plant(root, path, typeof seed === 'string' ? { content: seed } : seed);
  }
  if (process.getuid?.() !== 0) return;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
    if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), owner.uid, owner.gid);
  chownSync(root, owner.uid, owner.gid);
  // Modes are set after all, as a new owner clears set-user-ID bits and a closed directory could not be filled.
  for (const [name, seed] of Object.entries(seeds).reverse()) dress(join(root, name), seed);
}

function plant(root: string, path: string, seed: Exclude<FileSeed, string>): void {
  if (seed.link !== undefined) symlinkSync(seed.link, path);
  else if (seed.hard !== undefined) linkSync(join(root, seed.hard), path);
  else if (seed.directory === true) mkdirSync(path, { recursive: true });
  else {
    const text = (seed.content ?? '').repeat(seed.times ?? 1);
    writeFileSync(path, seed.base64 === undefined ? text : Buffer.from(seed.base64, 'base64'));
    chmodSync(path, 0o644);
  }
}

function dress(path: string, seed: FileSeed): void {
  if (typeof seed === 'string') return;
  if (seed.uid !== undefined || seed.gid !== undefined) {
    const now = lstatSync(path);
    chownSync(path, seed.uid ?? now.uid, seed.gid ?? now.gid);
  }
  if (seed.mode !== undefined) chmodSync(path, Number.parseInt(seed.mode, 8));
  if (seed.mtime !== undefined) utimesSync(path, seed.mtime, seed.mtime);
}

/** All that can be seen of a tree but access times: one line a file. Two equal pictures mean that nothing was written. */
export function pictureTree(root: string): string {
  const lines: string[] = [];
  const visit = (path: string) => {
    const stat = lstatSync(path);
    lines.push(
      `${path} ${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${stat.ino} ${stat.mtimeMs} ${stat.ctimeMs} ${contentMark(path, stat)}`,
    );
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
  };
  visit(root);
  return lines.join('\n');
}

function contentMark(path: string, stat: Stats): string {
  if (stat.isSymbolicLink()) return readlinkSync(path);
  return stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
}

/** Names below a directory, sorted; links are not followed. */
export function namesBelow(root: string): string[] {
  const visit = (name: string): string[] =>
    readdirSync(join(root, name), { withFileTypes: true }).flatMap((entry) => {
      const path = join(name, entry.name);
      return entry.isDirectory() ? [path, ...visit(path)] : [path];
    });
  return visit('').sort();
}
