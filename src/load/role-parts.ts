import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Dialect } from '../model/document.ts';
import type { ReuseFiles, RoleIdentity, RoleVariables, RoleVariablesPart } from '../model/reuse.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { ReadDocument } from './document-reader.ts';
import { loadVarsFile } from './vars-file.ts';
import type { Decrypt } from './vault-file.ts';

interface PartOptions {
  readonly cwd: string;
  readonly decrypt?: Decrypt | undefined;
  readonly read: ReadDocument;
}

const endings = ['.yml', '.yaml', '', '.json'];

/** Reads the parts of roles: documents of `tasks`, `handlers`, `meta`, and variables of `defaults` and `vars`. */
export function createRoleParts({
  cwd,
  decrypt,
  read,
}: PartOptions): Pick<ReuseFiles, 'rolePart' | 'roleVariables'> {
  const variables = new Map<string, Promise<RoleVariables | undefined>>();
  return {
    rolePart: async (role, part, entry, dialect) => {
      const path = entryPaths(role, part, entry).find(isFile);
      if (path !== undefined) return read(path, dialect);
      if (entry === 'main' || part === 'meta') return undefined;
      return { path: join(role.path, part, entry), diagnostics: [missingPart(role, part, entry)] };
    },
    roleVariables: (role, part, entry, dialect) => {
      const key = [dialect, role.path, part, entry].join('\0');
      const reading = variables.get(key) ?? readVariables(role, part, entry, { cwd, decrypt, dialect });
      variables.set(key, reading);
      return reading;
    },
  };
}

/** `main.yml`, `main.yaml`, `main`, `main.json`; a name that has an ending is taken as it is first. */
function entryPaths(role: RoleIdentity, part: string, entry: string): string[] {
  const base = join(role.path, part, entry);
  return extname(entry) === ''
    ? endings.map((ending) => base + ending)
    : [base, ...endings.map((e) => base + e)];
}

interface VariablesOptions {
  readonly cwd: string;
  readonly dialect: Dialect;
  readonly decrypt?: Decrypt | undefined;
}

async function readVariables(
  role: RoleIdentity,
  part: RoleVariablesPart,
  entry: string,
  options: VariablesOptions,
): Promise<RoleVariables | undefined> {
  const paths = entryPaths(role, part, entry);
  const file = paths.find(isFile);
  const files = file === undefined ? filesBelow(paths.find(isFolder)) : [file];
  if (files === undefined)
    return entry === 'main' ? undefined : { layers: [], diagnostics: [missingPart(role, part, entry)] };
  const source = part === 'defaults' ? 'role-defaults' : 'role-vars';
  const layers: VariableLayer[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of files) {
    const reading = await loadVarsFile(path, { source }, options);
    diagnostics.push(...reading.diagnostics);
    if (reading.layer !== undefined) layers.push(reading.layer);
  }
  return { layers, diagnostics };
}

function missingPart(role: RoleIdentity, part: string, entry: string): Diagnostic {
  const folder = join(role.path, part);
  const names = isFolder(folder) ? readdirSync(folder) : [];
  const guess = didYouMean(entry, [...names, ...names.map((name) => basename(name, extname(name)))]);
  return errorDiagnostic('RB101', `the role ${role.name} has no file "${entry}" in ${part}${guess}`, {
    hint: `looked for it in ${folder}`,
  });
}

/** All files of variables in a folder and below, in the order of their names. */
function filesBelow(folder: string | undefined): string[] | undefined {
  if (folder === undefined) return undefined;
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && !name.endsWith('~'))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (isFolder(path)) return filesBelow(path) ?? [];
      return ['.yml', '.yaml', '.json', ''].includes(extname(name)) ? [path] : [];
    });
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
