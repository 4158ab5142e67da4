import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { globToRegExp, isGlob } from '../lib/glob.ts';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Place, SourceFile } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import { addHost, type InventoryDraft } from './inventory-draft.ts';
import { LineIndex } from './line-index.ts';
import { readSourceFile } from './source-file.ts';

/** A `Host` block: its patterns, and its settings by lower-case keyword (a block's first value counts). */
interface Block {
  readonly patterns: readonly string[];
  readonly at: Place | undefined;
  readonly values: [keyword: string, value: string][];
}

interface ConfigReader {
  readonly cwd: string;
  readonly home: string;
  readonly draft: InventoryDraft;
  readonly files: SourceFile[];
  readonly blocks: Block[];
}

const maxIncludes = 16;

/**
 * Adds the hosts that an OpenSSH client configuration names: every name of a `Host` line without a wildcard, with its
 * HostName, Port, User, IdentityFile and ProxyJump as settings. `Include` is followed; `Match` blocks are left out.
 *
 * @returns the files read
 */
export async function readSshConfigHosts(
  path: string,
  draft: InventoryDraft,
  options: { readonly cwd: string; readonly home: string },
): Promise<SourceFile[]> {
  const reader: ConfigReader = { ...options, draft, files: [], blocks: [] };
  await readConfig(reader, path, 0);
  for (const block of reader.blocks) {
    for (const pattern of block.patterns) {
      if (/[*?!]/.test(pattern)) continue;
      const host = addHost(draft, pattern, block.at);
      if (host) Object.assign(host.settings, settingsFor(reader, pattern));
    }
  }
  return reader.files;
}

async function readConfig(reader: ConfigReader, path: string, depth: number): Promise<void> {
  const reading = await readSourceFile(path, reader);
  if (reading.file === undefined) {
    reader.draft.diagnostics.push(...reading.diagnostics);
    return;
  }
  reader.files.push(reading.file);
  const lines = new LineIndex(reading.file);
  let block: Block | undefined = { patterns: ['*'], at: undefined, values: [] };
  reader.blocks.push(block);
  for (const [index, text] of reading.file.text.split('\n').entries()) {
    const line = readKeyword(text);
    if (line === undefined) continue;
    const start = lines.startOf(index + 1);
    const at = lines.place(start + text.length - text.trimStart().length, start + text.length);
    if (line.keyword === 'host') {
      block = { patterns: line.words, at, values: [] };
      reader.blocks.push(block);
    } else if (line.keyword === 'match') {
      block = undefined;
    } else if (line.keyword === 'include') {
      await include(reader, line.words, at, depth);
    } else {
      block?.values.push([line.keyword, line.words.join(' ')]);
    }
  }
}

function readKeyword(line: string): { keyword: string; words: string[] } | undefined {
  const match = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line);
  if (match?.[1] === undefined) return undefined;
  const words = [...(match[2] ?? '').matchAll(/"([^"]*)"|(\S+)/g)].map((word) => word[1] ?? word[2] ?? '');
  const comment = words.findIndex((word) => word.startsWith('#'));
  return { keyword: match[1].toLowerCase(), words: comment === -1 ? words : words.slice(0, comment) };
}

async function include(
  reader: ConfigReader,
  words: readonly string[],
  at: Place,
  depth: number,
): Promise<void> {
  if (depth >= maxIncludes) {
    reader.draft.diagnostics.push(
      errorDiagnostic('RB113', `more than ${maxIncludes} files include each other here`, { at }),
    );
    return;
  }
  for (const word of words) {
    const path = word.startsWith('~/') ? join(reader.home, word.slice(2)) : word;
    const absolute = isAbsolute(path) ? path : join(reader.home, '.ssh', path);
    for (const file of await filesOf(absolute)) await readConfig(reader, file, depth + 1);
  }
}

/** The files that a path with a glob in its last part names; one that matches nothing is no mistake. */
async function filesOf(path: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch(() => []);
  const pattern = basename(path);
  const matches = isGlob(pattern) ? globToRegExp(pattern) : undefined;
  return names
    .filter((name) => (matches ? matches.test(name) : name === pattern))
    .sort()
    .map((name) => join(dirname(path), name));
}

function settingsFor(reader: ConfigReader, name: string): Record<string, Value> {
  const values = new Map<string, string>();
  const identityFiles: string[] = [];
  for (const block of reader.blocks.filter((one) => matches(one.patterns, name))) {
    for (const [keyword, value] of block.values) {
      if (keyword === 'identityfile') identityFiles.push(value);
      else if (!values.has(keyword)) values.set(keyword, value);
    }
  }
  const settings: Record<string, Value> = {};
  const put = (setting: string, value: Value | undefined) => {
    if (value !== undefined) settings[setting] = value;
  };
  put('address', values.get('hostname')?.replaceAll('%h', name));
  put('port', numberOf(values.get('port')));
  put('user', values.get('user'));
  const jump = values.get('proxyjump');
  if (jump !== 'none') put('proxy_jump', jump);
  if (identityFiles.length > 0) settings['identity_file'] = identityFiles;
  return settings;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

function matches(patterns: readonly string[], name: string): boolean {
  const test = (pattern: string) => globToRegExp(pattern.toLowerCase()).test(name.toLowerCase());
  if (patterns.some((pattern) => pattern.startsWith('!') && test(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && test(pattern));
}
