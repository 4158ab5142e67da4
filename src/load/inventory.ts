import { open, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Dialect } from '../model/document.ts';
import type { Inventory } from '../model/inventory.ts';
import type { SourceFile } from '../model/place.ts';
import { splitHostPort } from './host-port.ts';
import { addHosts, type InventoryDraft, startDraft, warn } from './inventory-draft.ts';
import { readInventoryFile } from './inventory-file.ts';
import { finishInventory } from './inventory-finish.ts';
import { readProgramInventory } from './inventory-program.ts';
import { displayPath, unreadable } from './source-file.ts';
import { readSshConfigHosts } from './ssh-config-hosts.ts';
import { addVarsFolder } from './vars-folders.ts';
import type { Decrypt } from './vault-file.ts';

/** How inventories are read. */
export interface InventoryOptions {
  /** The directory that relative paths start from. */
  readonly cwd: string;
  /** What `~` stands for. */
  readonly home: string;
  /** Whether executable files are run. Where not, a warning says so and their hosts are missing. */
  readonly runPrograms: boolean;
  /** The playbook's folder: its `group_vars/` and `host_vars/` win over those beside the inventory. */
  readonly projectDir?: string | undefined;
  /** The dialect of variables files. Default: that of the source's own form. */
  readonly dialect?: Dialect | undefined;
  readonly decrypt?: Decrypt | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An inventory, whole where no diagnostic is an error. */
export interface LoadedInventory {
  readonly inventory: Inventory;
  /** Every file read, for the source lines of diagnostics. */
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Loading {
  readonly draft: InventoryDraft;
  readonly options: InventoryOptions;
  readonly files: SourceFile[];
  readonly folders: { readonly path: string; readonly dialect: Dialect }[];
}

/**
 * Reads and merges inventories; a later source adds to an earlier one and wins over it. A source is a path of a file,
 * a folder or a program, `ssh_config:PATH`, or a list of hosts with a comma in it (`h1,h2,`). All mistakes of all
 * sources are told at once.
 */
export async function loadInventory(
  sources: readonly string[],
  options: InventoryOptions,
): Promise<LoadedInventory> {
  const loading: Loading = { draft: startDraft(), options, files: [], folders: [] };
  const shown: string[] = [];
  for (const source of sources) {
    shown.push(await readSource(loading, source));
  }
  await readVarsFolders(loading);
  const inventory = finishInventory(loading.draft, shown);
  return { inventory, files: loading.files, diagnostics: loading.draft.diagnostics };
}

async function readVarsFolders({ draft, options, folders, files }: Loading): Promise<void> {
  const { cwd, decrypt, projectDir } = options;
  const seen = new Set<string>();
  for (const { path, dialect } of folders) {
    if (seen.has(path)) continue;
    seen.add(path);
    files.push(
      ...(await addVarsFolder(draft, { path }, { cwd, decrypt, dialect: options.dialect ?? dialect })),
    );
  }
  // What lies beside both is read once, as what lies beside the inventory.
  const project = projectDir === undefined ? undefined : resolve(cwd, projectDir);
  if (project === undefined || seen.has(project)) return;
  const { dialect = 'native' } = options;
  files.push(
    ...(await addVarsFolder(draft, { path: project, beside: 'playbook' }, { cwd, decrypt, dialect })),
  );
}

/** Reads one source, and gives it back as the user would type it. */
async function readSource(loading: Loading, source: string): Promise<string> {
  const { draft, options } = loading;
  if (source.startsWith('ssh_config:')) {
    const path = expandHome(source.slice('ssh_config:'.length), options.home);
    loading.files.push(...(await readSshConfigHosts(path, draft, options)));
    return source;
  }
  const absolute = resolve(options.cwd, expandHome(source, options.home));
  const shown = displayPath(absolute, options.cwd);
  const found = await stat(absolute).catch((error: unknown) => ({ error }));
  if ('error' in found) {
    if (source.includes(',')) readHostList(draft, source);
    else draft.diagnostics.push(await unreadable(absolute, shown, found.error));
    return source;
  }
  if (found.isDirectory()) await readDirectory(loading, absolute);
  else await readPath(loading, absolute, dirname(absolute));
  return shown;
}

function readHostList(draft: InventoryDraft, list: string): void {
  for (const item of list.split(',')) {
    const text = item.trim();
    if (text === '') continue;
    const { name, port } = splitHostPort(text);
    for (const host of addHosts(draft, name)) if (port !== undefined) host.settings['port'] = port;
  }
}

const ignoredFolders: ReadonlySet<string> = new Set(['group_vars', 'host_vars']);
const ignoredFile = /^ansible\.cfg$|~$|\.(?:orig|bak|retry|pyc|pyo|swp|rst|md)$/;

async function readDirectory(loading: Loading, folder: string): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    if (name.startsWith('.') || ignoredFolders.has(name) || ignoredFile.test(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) await readNested(loading, path);
    else await readPath(loading, path, folder);
  }
  if (!loading.folders.some((one) => one.path === folder))
    loading.folders.push({ path: folder, dialect: 'native' });
}

/** Folders in an inventory folder hold further sources; their variables belong to the outermost folder. */
async function readNested(loading: Loading, folder: string): Promise<void> {
  const inner: Loading = { ...loading, folders: [] };
  await readDirectory(inner, folder);
}

async function readPath(loading: Loading, absolute: string, folder: string): Promise<void> {
  const { draft, options } = loading;
  const shown = displayPath(absolute, options.cwd);
  if (await isProgram(absolute)) {
    loading.folders.push({ path: folder, dialect: 'ansible' });
    if (options.runPrograms) {
      await readProgramInventory({ path: absolute, shown, cwd: options.cwd }, draft, options.signal);
    } else {
      warn(draft, 'RB122', `${shown} is a program and was not run, so its hosts are not known`);
    }
    return;
  }
  const read = await readInventoryFile(absolute, draft, options);
  if (read.file) loading.files.push(read.file);
  loading.folders.push({ path: folder, dialect: read.dialect });
}

/** A program has its executable bit and starts as one: some file systems set the bit on every file. */
async function isProgram(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || (found.mode & 0o111) === 0) return false;
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1', 0, 2) === '#!' || buffer.toString('latin1') === '\x7fELF';
  } finally {
    await handle.close();
  }
}

function expandHome(path: string, home: string): string {
  if (path === '~') return home;
  return path.startsWith('~/') ? join(home, path.slice(2)) : path;
}
