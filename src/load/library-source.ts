import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LibraryModule, LibrarySource } from '../model/library.ts';
import { collectionFolders } from './find-role.ts';
import { inRoles, type LibrarySearch } from './library.ts';

/**
 * Reads a module with the Python files that it may import: the project's `module_utils` folders, and those of the
 * collections that it, or what it imports, names.
 */
export async function readLibraryModule(
  module: LibraryModule,
  search: LibrarySearch,
): Promise<LibrarySource> {
  const content = await readFile(module.path);
  const shared = new Map<string, Buffer>();
  if (!content.includes('module_utils')) return { content, shared };
  const folders = [
    ...search.moduleUtils,
    join(search.projectDir, 'module_utils'),
    ...inRoles(search, 'module_utils'),
  ];
  for (const folder of folders) await addFolder(shared, folder, 'ansible/module_utils');
  const { collection } = module;
  const first = collection === undefined ? [] : [`${collection.namespace}.${collection.name}`];
  await addCollections(shared, [...first, ...collectionsNamed(content)], search);
  return { content, shared };
}

/** What is there already stays: the first folder counts. */
async function addFolder(shared: Map<string, Buffer>, folder: string, below: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const name = `${below}/${file}`;
    if (file.endsWith('.py') && !shared.has(name)) shared.set(name, await readFile(join(folder, file)));
  }
}

async function addCollections(
  shared: Map<string, Buffer>,
  names: readonly string[],
  search: LibrarySearch,
): Promise<void> {
  const done = new Set<string>();
  const open = [...names];
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    if (done.has(name)) continue;
    done.add(name);
    const below = `ansible_collections/${name.replace('.', '/')}/plugins/module_utils`;
    const before = new Set(shared.keys());
    for (const folder of collectionFolders(search))
      await addFolder(shared, join(folder, ...name.split('.'), 'plugins', 'module_utils'), below);
    for (const [file, content] of shared) if (!before.has(file)) open.push(...collectionsNamed(content));
  }
}

function collectionsNamed(content: Buffer): string[] {
  const names = content
    .toString('latin1')
    .matchAll(/\bansible_collections\.(\w+\.\w+)\.plugins\.module_utils\b/g);
  return [...names].map(([, name = '']) => name);
}
