import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import type { FileSeed } from './file-tree.ts';

/** A case of a module, as data. `DIR` in texts stands for the directory that the case runs in, which is also the home. */
export interface ModuleCase {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Files of the host before. */
  readonly host?: Readonly<Record<string, FileSeed>>;
  /** Files of the controller. */
  readonly controller?: Readonly<Record<string, FileSeed>>;
  /** Run as a user who is not root. */
  readonly unprivileged?: boolean;
  readonly umask?: string;
  /** Variables of the step, and its `environment`. */
  readonly vars?: Readonly<Record<string, Value>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What the person at the terminal types. */
  readonly answer?: string;
  /** Shells that the case is for; all by default. */
  readonly shells?: readonly string[];
  readonly expect: Expectation;
}

/** What a case expects. Exactly one of `changed`, `failed` and `refused`. */
export interface Expectation {
  readonly changed?: boolean;
  /** Whether the module says that it did nothing at all. */
  readonly skipped?: boolean;
  /** Facts that it must give. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** What `meta` asks of the scheduler. */
  readonly meta?: string;
  readonly rc?: number;
  /** Part of the message of a failure. */
  readonly failed?: string;
  /** Part of the message by which the parameters are refused. */
  readonly refused?: string;
  /** Whether the failure shows only when the change is carried out. */
  readonly late?: boolean;
  readonly reason?: string;
  readonly msg?: string;
  /** Fields that the result must have; `null` means absent. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, FileExpectation>>;
  /** Files of the controller afterwards. */
  readonly controller?: Readonly<Record<string, string>>;
  /** Number of names below the directory, backups included. */
  readonly names?: readonly string[];
  /** Parts of the diff, before and after. */
  readonly before?: string;
  readonly after?: string;
  /** Whether a second run changes something again. */
  readonly again?: boolean;
}

/** What a file must be; text alone means its content; `null` that nothing is there. */
export type FileExpectation =
  | string
  | null
  | {
      readonly content?: string;
      readonly base64?: string;
      readonly size?: number;
      readonly link?: string;
      readonly type?: 'directory' | 'file';
      readonly mode?: string;
      readonly uid?: number;
      readonly gid?: number;
      readonly sameInodeAs?: string;
      readonly mtime?: number;
    };

/** Replaces `DIR` in every text of a value. */
export function placeIn(directory: string, value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('DIR', directory);
  if (Array.isArray(value)) return value.map((entry) => placeIn(directory, entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, placeIn(directory, entry)]));
}

/** Asserts what a case says of the files afterwards. */
export function expectFiles(root: string, files: Readonly<Record<string, FileExpectation>>): void {
  for (const [name, wanted] of Object.entries(files)) {
    const stat = lstatSync(join(root, name), { throwIfNoEntry: false });
    expect(stat === undefined, `${name} exists`).toBe(wanted === null);
    if (stat === undefined || wanted === null) continue;
    const want = typeof wanted === 'string' ? { content: wanted } : wanted;
    const { sameInodeAs, ...others } = want;
    expect(picture(join(root, name), stat, others), name).toEqual(others);
    if (sameInodeAs !== undefined) expect(stat.ino, name).toBe(lstatSync(join(root, sameInodeAs)).ino);
  }
}

/** What a file is, as far as it is asked for. */
function picture(path: string, stat: Stats, asked: object): Record<string, unknown> {
  const views: Readonly<Record<string, () => unknown>> = {
    content: () => readFileSync(path, 'utf8'),
    base64: () => readFileSync(path).toString('base64'),
    size: () => stat.size,
    link: () => readlinkSync(path),
    type: () => (stat.isDirectory() ? 'directory' : 'file'),
    mode: () => (stat.mode & 0o7777).toString(8).padStart(4, '0'),
    uid: () => stat.uid,
    gid: () => stat.gid,
    mtime: () => stat.mtimeMs / 1000,
  };
  return Object.fromEntries(Object.keys(asked).map((name) => [name, views[name]?.()]));
}
