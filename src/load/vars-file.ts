import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Diagnostic, errorDiagnostic, RunbookError } from '../model/diagnostic.ts';
import type { Dialect, RawDocument } from '../model/document.ts';
import type { Place, SourceFile } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer, VariableSource } from '../model/variables.ts';
import { isVariableName, kindOf, variableNameDiagnostic } from './inventory-entry.ts';
import { emptyMapping, entriesOf } from './mapping.ts';
import { readSourceFile } from './source-file.ts';
import { type Decrypt, secretValues } from './vault-file.ts';
import { readYaml } from './yaml.ts';

/** How variables files are read. */
export interface VarsFileOptions {
  /** The directory that relative paths start from. */
  readonly cwd: string;
  readonly dialect: Dialect;
  readonly decrypt?: Decrypt | undefined;
}

/** A variables file as a layer, or what is wrong with it. */
export interface VarsFileReading {
  readonly layer?: VariableLayer;
  /** For the source lines of diagnostics; absent for an encrypted file, whose lines are secret. */
  readonly file?: SourceFile;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads variables from a file of YAML or JSON, encrypted as a whole or not. An empty file has none.
 *
 * RB101 to RB111 for a file that cannot be read, RB130 when it holds no mapping, RB131 when it is encrypted and
 * nothing decrypts it, RB202 for a name that templates cannot use.
 *
 * @param describe the layer's source and label; the label defaults to the path
 */
export async function loadVarsFile(
  path: string,
  describe: { readonly source: VariableSource; readonly label?: string; readonly beside?: 'playbook' },
  options: VarsFileOptions,
): Promise<VarsFileReading> {
  const reading = await readSourceFile(path, options);
  if (reading.file === undefined) return { diagnostics: reading.diagnostics };
  const vaulted = reading.isVaulted === true;
  const { document, diagnostics } = readYaml(reading.file, { dialect: options.dialect });
  const shown = vaulted ? {} : { file: reading.file };
  if (document === undefined) return { ...shown, diagnostics };
  const variables = readVariables(document, vaulted);
  const { values, places } = variables;
  const problems = [...diagnostics, ...variables.diagnostics];
  if (problems.some((one) => one.severity === 'error')) return { ...shown, diagnostics: problems };
  const { source, label = reading.file.path, beside } = describe;
  return { ...shown, layer: { source, label, values, places, beside }, diagnostics: problems };
}

interface Variables {
  readonly values: Record<string, Value>;
  readonly places: Record<string, Place>;
  readonly diagnostics: Diagnostic[];
}

function readVariables(document: RawDocument, vaulted: boolean): Variables {
  const read: Variables = { values: emptyMapping(), places: emptyMapping<Place>(), diagnostics: [] };
  if (document.value === undefined || document.value === null) return read;
  const entries = entriesOf(document.value);
  if (entries === undefined) {
    const message = `${document.file.path} must hold a mapping of variables, found ${kindOf(document.value)}`;
    const hint = 'write one "name: value" a line';
    read.diagnostics.push(errorDiagnostic('RB130', message, { at: document.locate([], 'value'), hint }));
    return read;
  }
  for (const [name, value] of entries) {
    const at = document.locate([name], 'key');
    if (!isVariableName(name)) read.diagnostics.push(variableNameDiagnostic(name, document.dialect, at));
    read.values[name] = vaulted ? secretValues(value, name) : value;
    read.places[name] = at;
  }
  return read;
}

/** Reads a file that `vars_files` names, beside the playbook or in its `vars/`; undefined when there is none. */
export async function findVarsFile(
  name: string,
  folder: string,
  options: VarsFileOptions,
): Promise<VarsFileReading | undefined> {
  const found = [resolve(folder, name), resolve(folder, 'vars', name)].find((path) => existsSync(path));
  return found === undefined ? undefined : loadVarsFile(found, { source: 'vars-files' }, options);
}

/** Reads a variables file at run time. @throws RunbookError with what is wrong with it. */
export async function readVarsLayer(path: string, options: VarsFileOptions): Promise<VariableLayer> {
  const { layer, diagnostics } = await loadVarsFile(path, { source: 'vars-files' }, options);
  if (layer === undefined) throw new RunbookError(diagnostics);
  return layer;
}
