import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { LibraryModule, LibrarySource } from '../../model/library.ts';
import { pythonText } from './module-kind.ts';

/** What is sent to a host to run one module. */
export interface ModuleBundle {
  /** Names the content. */
  readonly hash: string;
  /** JSON of paths and contents (one character for each byte), compressed by gzip; of a program its file as it is. */
  readonly bytes: Buffer;
}

/** The folder of our Python files: beside this one, or beside the bundled program. */
const ownFolder = new URL('./python/', import.meta.url);

let ownFiles: ReadonlyMap<string, Buffer> | undefined;

/** Our Python files by their paths below the folder that Python imports from. */
export function ownPythonFiles(): ReadonlyMap<string, Buffer> {
  const folder = fileURLToPath(ownFolder);
  ownFiles ??= new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.py'))
      .sort()
      .map((name) => [name, readFileSync(posix.join(folder, name))] as const),
  );
  return ownFiles;
}

/** The dotted name by which Python runs a module. */
export function dottedName({ name, collection }: LibraryModule): string {
  if (collection === undefined) return `ansible.modules.${name}`;
  const { namespace, name: own } = collection;
  return `ansible_collections.${namespace}.${own}.plugins.modules.${name.split('.').at(-1) ?? name}`;
}

/** A module in Python with all that it may import. Ours goes before what the project has under the same path. */
export function pythonBundle(module: LibraryModule, source: LibrarySource): ModuleBundle {
  const path = `${dottedName(module).replaceAll('.', '/')}.py`;
  const files = new Map([...source.shared, ...ownPythonFiles(), [path, pythonText(source.content)] as const]);
  for (const name of packagesOf([...files.keys()])) if (!files.has(name)) files.set(name, Buffer.alloc(0));
  const entries = [...files].map(([name, content]) => [name, content.toString('latin1')]);
  const json = JSON.stringify(Object.fromEntries(entries));
  return { hash: hashOf(Buffer.from(json)), bytes: gzipSync(json) };
}

/** A module in any other language: its file. */
export function programBundle(source: LibrarySource): ModuleBundle {
  return { hash: hashOf(source.content), bytes: source.content };
}

/** Each folder of a file is a package. */
function packagesOf(files: readonly string[]): ReadonlySet<string> {
  const packages = new Set<string>();
  for (const file of files)
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder))
      packages.add(`${folder}/__init__.py`);
  return packages;
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 24);
}
