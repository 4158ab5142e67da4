import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { nearest } from '../lib/suggest.ts';
import { type Diagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { SourceFile } from '../model/place.ts';
import type { VariableSource } from '../model/variables.ts';
import type { GroupDraft, HostDraft, InventoryDraft } from './inventory-draft.ts';
import { protectVariable } from './inventory-draft.ts';
import { emptyMapping } from './mapping.ts';
import { displayPath } from './source-file.ts';
import { loadVarsFile, type VarsFileOptions } from './vars-file.ts';

/** A folder that may hold `group_vars/` and `host_vars/`. */
export interface VarsFolder {
  readonly path: string;
  /** Set for the playbook's folder: its variables win over those beside the inventory. */
  readonly beside?: 'playbook' | undefined;
}

const extensions: readonly string[] = ['', '.yml', '.yaml', '.json'];

/**
 * Adds the variables of `group_vars/` and `host_vars/` to the groups and hosts of the draft. Each is a file of the
 * name, with `.yml`, `.yaml`, `.json` or no extension, or a folder of such files, read in the order of their names.
 *
 * @returns the files read
 */
export async function addVarsFolder(
  draft: InventoryDraft,
  folder: VarsFolder,
  options: VarsFileOptions,
): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const [name, entries] of [
    ['group_vars', draft.groups],
    ['host_vars', draft.hosts],
  ] as const) {
    const root = join(folder.path, name);
    for (const [owner, paths] of await ownersIn(root, draft, options.cwd)) {
      const isLocalhost = name === 'host_vars' && owner === 'localhost';
      const entry = entries.get(owner) ?? (isLocalhost ? draft.localhost : undefined);
      if (entry === undefined) {
        warnOfStranger(draft, displayPath(paths[0] ?? root, options.cwd), owner, entries.keys());
        continue;
      }
      for (const path of paths) files.push(...(await addFile(draft, entry, path, { folder, options })));
    }
  }
  return files;
}

interface Reading {
  readonly folder: VarsFolder;
  readonly options: VarsFileOptions;
}

async function addFile(
  draft: InventoryDraft,
  entry: HostDraft | GroupDraft,
  path: string,
  { folder, options }: Reading,
): Promise<SourceFile[]> {
  const beside = folder.beside === undefined ? {} : { beside: folder.beside };
  const reading = await loadVarsFile(path, { source: sourceOf(entry), ...beside }, options);
  draft.diagnostics.push(...reading.diagnostics);
  if (reading.layer) {
    const values = emptyMapping();
    for (const [name, value] of Object.entries(reading.layer.values))
      values[name] = protectVariable(name, value);
    entry.layers.push({ ...reading.layer, values });
    const priority = Number(reading.layer.values['ansible_group_priority'] ?? Number.NaN);
    if ('priority' in entry && Number.isInteger(priority)) entry.priority = priority;
  }
  return reading.file === undefined ? [] : [reading.file];
}

function sourceOf(entry: HostDraft | GroupDraft): VariableSource {
  if (!('patterns' in entry)) return 'host-vars';
  return entry.name === 'all' ? 'group-vars-all' : 'group-vars';
}

/** The files of each name in a folder. Of a name that stands there twice, the folder or the first extension counts. */
async function ownersIn(root: string, draft: InventoryDraft, cwd: string): Promise<Map<string, string[]>> {
  const owners = new Map<string, { path: string; rank: number }>();
  for (const name of await namesIn(root)) {
    const path = join(root, name);
    const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
    const extension = isFolder ? '' : knownExtension(name);
    const owner = basename(name, extension);
    const candidate = { path, rank: isFolder ? -1 : extensions.indexOf(extension) };
    const known = owners.get(owner);
    if (known) draft.diagnostics.push(unused(known, candidate, cwd));
    if (known === undefined || candidate.rank < known.rank) owners.set(owner, candidate);
  }
  const files = new Map<string, string[]>();
  for (const [owner, { path, rank }] of owners)
    files.set(owner, rank === -1 ? await filesBelow(path) : [path]);
  return files;
}

function unused(
  a: { path: string; rank: number },
  b: { path: string; rank: number },
  cwd: string,
): Diagnostic {
  const [used, other] = a.rank < b.rank ? [a, b] : [b, a];
  const message = `${displayPath(other.path, cwd)} is not read, since ${displayPath(used.path, cwd)} is`;
  return warningDiagnostic('RB132', message, { hint: 'move its variables there' });
}

/** A host's name may hold dots, so only the extensions of data files count. */
function knownExtension(name: string): string {
  const extension = extname(name);
  return extensions.includes(extension) ? extension : '';
}

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    if ((await stat(path).catch(() => undefined))?.isDirectory()) files.push(...(await filesBelow(path)));
    else if (extensions.includes(extname(name))) files.push(path);
  }
  return files;
}

/** Names in a folder, sorted, without hidden ones and editors' copies. Empty where there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.startsWith('.') && !name.endsWith('~')).sort();
}

/** Files of groups that are not in this inventory are usual; a name that is nearly one of it is a slip. */
function warnOfStranger(draft: InventoryDraft, path: string, owner: string, names: Iterable<string>): void {
  const guess = nearest(owner, names);
  if (guess === undefined) return;
  const message = `${path} belongs to nothing in the inventory — did you mean "${guess}"?`;
  draft.diagnostics.push(warningDiagnostic('RB132', message));
}
