import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FactStore } from '../model/fact-store.ts';
import type { ResultFields } from '../model/module.ts';
import { pythonJson } from '../model/python-json.ts';
import { isValueMap } from '../model/value.ts';
import { fromJson } from './json-value.ts';

/** Where the files are. */
export interface FactFileOptions {
  /** Absolute. Made where it is missing. */
  readonly folder: string;
  /** What the files' names begin with. Default: nothing. */
  readonly prefix?: string | undefined;
  /** Seconds after which a file no longer counts; 0: never. Default 86,400. */
  readonly timeoutS?: number | undefined;
  /** Told once for each thing that went wrong: a run goes on without its kept facts. */
  warn(message: string): void;
}

const dayS = 86_400;

/**
 * Facts in JSON files of a folder, one for each host and only for its owner to read, as Ansible's `jsonfile` has them:
 * both programs read what the other wrote. A file that is no JSON counts as none. A host whose name is no file's name is
 * not kept.
 */
export function openFactFiles(options: FactFileOptions): FactStore {
  const { folder, warn } = options;
  makeFolder(options);
  /** By host: what is to be written, undefined where the file is to go. */
  const waiting = new Map<string, ResultFields | undefined>();
  let working: Promise<void> | undefined;
  const work = async () => {
    for (let next = firstOf(waiting); next !== undefined; next = firstOf(waiting)) {
      const [host, facts] = next;
      waiting.delete(host);
      const path = pathOf(options, host);
      if (path === undefined) continue;
      await (facts === undefined ? rm(path, { force: true }) : replace(path, facts)).catch((error: unknown) =>
        warn(`facts of ${host} are not kept in ${folder}: ${messageOf(error)}`),
      );
    }
    working = undefined;
  };
  const add = (host: string, facts: ResultFields | undefined) => {
    waiting.set(host, facts);
    working ??= work();
  };
  return {
    read: (host) => readFacts(options, host),
    write: add,
    forget: (host) => add(host, undefined),
    settled: async () => working,
  };
}

function firstOf<K, V>(map: ReadonlyMap<K, V>): readonly [K, V] | undefined {
  return map.entries().next().value;
}

function makeFolder({ folder, warn }: FactFileOptions): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    warn(`facts are not kept: ${messageOf(error)}`);
  }
}

function pathOf({ folder, prefix = '' }: FactFileOptions, host: string): string | undefined {
  const name = `${prefix}${host}`;
  return /[/\0]/.test(name) || name === '.' || name === '..' || host === '' ? undefined : join(folder, name);
}

function readFacts(options: FactFileOptions, host: string): ResultFields | undefined {
  const { timeoutS = dayS } = options;
  const path = pathOf(options, host);
  if (path === undefined) return undefined;
  try {
    if (timeoutS > 0 && Date.now() - statSync(path).mtimeMs > timeoutS * 1_000) return undefined;
    const facts = fromJson(JSON.parse(readFileSync(path, 'utf8')));
    if (isValueMap(facts)) return facts;
    options.warn(`${path} holds no facts: it is left aside`);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') options.warn(`${path} is left aside: ${messageOf(error)}`);
  }
  return undefined;
}

async function replace(path: string, facts: ResultFields): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(temporary, pythonJson(facts, { indent: 4, sortKeys: true }), { flag: 'wx', mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
