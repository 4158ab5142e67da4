import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ModuleSpec } from '../../src/model/module.ts';
import { inventoryJsonSchema, playbookJsonSchema } from '../../src/validate/json-schema.ts';
import { keywordReference } from './keyword-reference.ts';
import { moduleReference } from './module-reference.ts';
import { moduleRegistry } from './module-registry.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Writes what is generated from the modules and schemas; with `--check` it only tells what is stale. */
async function generate(check: boolean): Promise<number> {
  const stale: string[] = [];
  const put = async (path: string, text: string) => {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
    stale.push(relative(root, path));
    if (check) return;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  const registryPath = `${root}src/modules/index.ts`;
  const registry = await moduleRegistry(`${root}src/modules`);
  await put(registryPath, registry.text);
  const modules = await importModules(registry.files);
  await put(`${root}schemas/playbook.schema.json`, asJson(playbookJsonSchema(modules)));
  await put(`${root}schemas/inventory.schema.json`, asJson(inventoryJsonSchema()));
  await put(`${root}schemas/MODULES.md`, moduleReference(modules));
  await put(`${root}schemas/KEYWORDS.md`, keywordReference());
  for (const path of stale) console.log(`${check ? 'stale' : 'wrote'} ${path}`);
  if (check && stale.length > 0) console.log('run `npm run gen` and commit what it writes');
  return check && stale.length > 0 ? 1 : 0;
}

async function importModules(files: readonly string[]): Promise<readonly ModuleSpec[]> {
  const modules: ModuleSpec[] = [];
  for (const file of files) {
    const { default: spec }: { default: ModuleSpec } = await import(pathToFileURL(file).href);
    modules.push(spec);
  }
  return modules;
}

/** JSON with what is short on one line, so that a change of one thing is a change of few lines. */
function asJson(value: unknown): string {
  return `${layOut(value, '')}\n`;
}

function layOut(value: unknown, indent: string): string {
  const short = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || short.length + indent.length <= 110) return short;
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return `[\n${value.map((one) => inner + layOut(one, inner)).join(',\n')}\n${indent}]`;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const lines = entries.map(([key, one]) => `${inner}${JSON.stringify(key)}: ${layOut(one, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

process.exitCode = await generate(process.argv.includes('--check'));
