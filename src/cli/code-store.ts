import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Compiled code of one script. */
export interface KeptCode {
  readonly code: Buffer;
  /** How many runs have added to it, at least 1. */
  readonly runs: number;
}

/** Where compiled code is kept from run to run. Neither function throws: without it a program only starts slower. */
export interface CodeStore {
  read(script: string): KeptCode | undefined;
  write(script: string, kept: KeptCode): void;
}

/** Whose code is asked for. */
export interface CodeOwner {
  /** Identifies the scripts' contents. */
  readonly build: string;
  /** The command of the program; each keeps only what it uses. */
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What a command may be called: it becomes part of a file's name. */
const commandName = /^[a-z]{2,16}$/;

/** Entries beyond these are removed, the oldest first: those of former versions. */
const maxEntries = 48;

/** Ends each file: a checksum of the code before it, and the number of runs. V8 believes what it is given. */
const trailer = /^runbook-code ([0-9a-f]{8}) ([1-9])$/;
const trailerLength = 'runbook-code 01234567 1'.length;

const writableByOthers = 0o022;

/** Whether a command that ended so has done its work, so that its compiled code is worth keeping. */
export function keepsCode(exitCode: number): boolean {
  return exitCode === 0 || exitCode === 2 || exitCode === 3 || exitCode === 4;
}

/**
 * Opens the store in `$XDG_CACHE_HOME/runbook`, else `~/.cache/runbook`. Code from there is executed, so the folder and
 * its files must belong to this user, and nobody else may write them.
 *
 * @returns undefined where there is no such folder and none can be made, where `RUNBOOK_NO_CODE_CACHE` or
 * `NODE_DISABLE_COMPILE_CACHE` is set, on systems without user ids, and for what can be no command.
 */
export function openCodeStore(owner: CodeOwner): CodeStore | undefined {
  const { env, command } = owner;
  const uid = process.getuid?.();
  if (uid === undefined || env['RUNBOOK_NO_CODE_CACHE'] || env['NODE_DISABLE_COMPILE_CACHE'])
    return undefined;
  if (!commandName.test(command)) return undefined;
  const folder = cacheFolder(env, uid);
  if (folder === undefined) return undefined;
  const flags = textHash([...process.execArgv, env['NODE_OPTIONS'] ?? ''].join(' '));
  const prefix = [owner.build, process.version, process.arch, flags, command].join('-');
  const pathOf = (script: string) => join(folder, `${prefix}-${script.replace(/^\.\//, '')}.code`);
  return {
    read: (script) => readEntry(pathOf(script), uid),
    write: (script, kept) => writeEntry(folder, pathOf(script), kept),
  };
}

function cacheFolder(env: NodeJS.ProcessEnv, uid: number): string | undefined {
  const given = env['XDG_CACHE_HOME'];
  // A relative path is to be ignored, says the XDG specification.
  const base = given?.startsWith('/') ? given : env['HOME']?.startsWith('/') && join(env['HOME'], '.cache');
  if (!base) return undefined;
  try {
    const folder = join(base, 'runbook');
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (found === undefined) {
      // Nothing is left in the home of another user, as sudo would do.
      makeFolder(base, uid);
      if (!isOwn(lstatSync(base), uid)) return undefined;
      makeFolder(folder, uid);
    }
    // A folder that all may write to may be in the way, even where its entries are protected.
    if ((lstatSync(base).mode & 0o002) !== 0) return undefined;
    const stats = found ?? lstatSync(folder);
    return stats.isDirectory() && isOwn(stats, uid) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Makes a folder in one of this user's, when it is not there. */
function makeFolder(path: string, uid: number): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return;
  if (lstatSync(join(path, '..')).uid === uid) mkdirSync(path, { mode: 0o700 });
}

function isOwn(stats: Stats, uid: number): boolean {
  return stats.uid === uid && (stats.mode & writableByOthers) === 0;
}

function readEntry(path: string, uid: number): KeptCode | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const stats = fstatSync(file);
    if (!stats.isFile() || !isOwn(stats, uid)) return undefined;
    const bytes = readFileSync(file);
    const code = bytes.subarray(0, Math.max(0, bytes.length - trailerLength));
    const [, checksum, runs] = trailer.exec(bytes.toString('latin1', code.length)) ?? [];
    return checksum === checksumOf(code) ? { runs: Number(runs), code } : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function writeEntry(folder: string, path: string, { code, runs }: KeptCode): void {
  const temporary = `${path}.${process.pid}`;
  try {
    const bytes = Buffer.concat([code, Buffer.from(`runbook-code ${checksumOf(code)} ${runs}`)]);
    // Readers see the whole file or none; a name that somebody put there before is not written through.
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
    removeOld(folder);
  } catch {
    // A full disk, or a folder that was removed: the next run compiles again.
    rmSync(temporary, { force: true });
  }
}

/** Sees every damage of the size of a disk's block or memory page, at a hundredth of the cost of reading each byte. */
function checksumOf(code: Buffer): string {
  const stride = code.length > 65_536 ? 127 : 1;
  let sum = code.length;
  for (let at = 0; at < code.length; at += stride) sum = Math.imul(sum ^ (code[at] ?? 0), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, '0');
}

function removeOld(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= maxEntries) return;
  const dated = names.map((name) => {
    const path = join(folder, name);
    return { path, writtenAtMs: lstatSync(path).mtimeMs };
  });
  dated.sort((a, b) => b.writtenAtMs - a.writtenAtMs);
  for (const { path } of dated.slice(maxEntries)) rmSync(path, { force: true });
}

/** A short name for a text (FNV-1a): node's own hashes would have to be loaded. */
function textHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
