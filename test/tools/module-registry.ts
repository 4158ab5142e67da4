import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** The registry's text and the files it imports. */
export interface Registry {
  readonly text: string;
  readonly files: readonly string[];
}

/** Makes the registry of the modules in a folder: every file of it with a default export. Subfolders hold none. */
export async function moduleRegistry(folder: string): Promise<Registry> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => entry.name);
  const files: string[] = [];
  for (const name of names.toSorted()) {
    if (name === 'index.ts') continue;
    const text = await readFile(join(folder, name), 'utf8');
    if (/^export default /m.test(text)) files.push(join(folder, name));
  }
  return { text: registryText(files.map((file) => basename(file, '.ts'))), files };
}

function registryText(names: readonly string[]): string {
  const imports = names.map((name) => `import ${identifierOf(name)} from './${name}.ts';`);
  return `${[
    '// Written by `npm run gen` from the files of this folder.',
    "import type { ModuleSpec } from '../model/module.ts';",
    ...imports,
    '',
    '/** Every module, by name. */',
    'export const modules: readonly ModuleSpec[] = [',
    ...names.map((name) => `  ${identifierOf(name)},`),
    '];',
  ].join('\n')}\n`;
}

/** `set_fact` as `setFactModule`: no module's name can clash with a word of the language. */
function identifierOf(name: string): string {
  return `${name.replaceAll(/[_-]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}Module`;
}
