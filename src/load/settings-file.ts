import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { RawDocument } from '../model/document.ts';
import type { ProjectSettings } from '../model/project.ts';
import type { Value } from '../model/value.ts';
import { entriesOf } from './mapping.ts';
import { displayPath, readSourceFile } from './source-file.ts';
import { readYaml } from './yaml.ts';

/** The name of the settings file. */
export const settingsFileName = 'runbook.config.yml';

/** Settings as found; empty where there is no file. */
export interface SettingsReading {
  readonly settings: ProjectSettings;
  readonly diagnostics: readonly Diagnostic[];
}

const outputs: readonly string[] = ['tty', 'plain', 'jsonl', 'quiet'];

type Check = readonly [string, (value: Value) => boolean];

const aName: Check = ['a name', (value) => typeof value === 'string'];
const aPath: Check = ['a path', (value) => typeof value === 'string'];
const aFlag: Check = ['true or false', (value) => typeof value === 'boolean'];
const aCount: Check = ['a whole number from 1 on', (value) => Number.isInteger(value) && Number(value) >= 1];
const seconds: Check = ['a number of seconds', (value) => Number.isInteger(value) && Number(value) >= 0];
const isTexts = (value: Value) => Array.isArray(value) && value.every((one) => typeof one === 'string');
const somePaths: Check = [
  'a path or a list of paths',
  (value) => typeof value === 'string' || isTexts(value),
];
const someNames: Check = ['a list of names', isTexts];
const oneOf = (...names: readonly string[]): Check => [
  names.join(', '),
  (value) => typeof value === 'string' && names.includes(value),
];

/** What each key takes, in words, and whether a value is that. */
const keys: Readonly<Record<keyof ProjectSettings, Check>> = {
  inventory: somePaths,
  forks: aCount,
  user: aName,
  private_key: aPath,
  output: oneOf(...outputs),
  report: someNames,
  connect_timeout: aCount,
  host_key_checking: aFlag,
  ask_pass: aFlag,
  become: aFlag,
  become_method: oneOf('sudo', 'su', 'doas'),
  become_user: aName,
  become_exe: aName,
  become_flags: aName,
  ask_become_pass: aFlag,
  roles_path: somePaths,
  collections_path: somePaths,
  library: somePaths,
  module_utils: somePaths,
  vault_password_file: aPath,
  vault_identity_list: someNames,
  force_handlers: aFlag,
  gathering: oneOf('implicit', 'explicit', 'smart'),
  any_errors_fatal: aFlag,
  fact_caching: oneOf('memory', 'jsonfile'),
  fact_caching_connection: aPath,
  fact_caching_prefix: aName,
  fact_caching_timeout: seconds,
  jinja2_native: aFlag,
  diff: aFlag,
  tags: someNames,
  skip_tags: someNames,
};

/** The keys whose values are paths, relative to the settings file. */
const pathKeys: readonly (keyof ProjectSettings)[] = [
  'inventory',
  'private_key',
  'roles_path',
  'collections_path',
  'library',
  'module_utils',
  'vault_password_file',
  'fact_caching_connection',
];

/** The keys whose values are lists, which one text alone may stand for. */
const listKeys: readonly (keyof ProjectSettings)[] = [
  'inventory',
  'roles_path',
  'collections_path',
  'library',
  'module_utils',
];

/** The nearest settings file in the folder or above it, up to the root of the git repository (or of the file system). */
function findSettings(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, settingsFileName);
    if (existsSync(file)) return file;
    if (existsSync(join(at, '.git')) || dirname(at) === at) return undefined;
  }
}

/** Whether users other than the owner may write the file or its folder: its settings could then be anybody's. */
async function isWritableByOthers(file: string): Promise<boolean> {
  const isOpen = async (path: string) => ((await stat(path)).mode & 0o002) !== 0;
  return (await isOpen(file)) || (await isOpen(dirname(file)));
}

/**
 * Reads the `runbook.config.yml` that holds for a folder. One that other users may write is left aside with a warning.
 * RB702 for a wrong key or value; RB101 to RB111 for a file that cannot be read.
 */
export async function readSettings(folder: string, cwd: string): Promise<SettingsReading> {
  const file = findSettings(folder);
  if (file === undefined) return { settings: {}, diagnostics: [] };
  if (await isWritableByOthers(file)) {
    const message = `${displayPath(file, cwd)} is left aside, because users other than its owner may write it or its folder`;
    return {
      settings: {},
      diagnostics: [
        warningDiagnostic('RB702', message, {
          hint: `chmod o-w ${displayPath(file, cwd)}, and the folder it is in`,
        }),
      ],
    };
  }
  const reading = await readSourceFile(file, { cwd });
  if (reading.file === undefined) return { settings: {}, diagnostics: reading.diagnostics };
  const { document, diagnostics } = readYaml(reading.file, { dialect: 'native' });
  if (document === undefined) return { settings: {}, diagnostics };
  return settingsOf(document, dirname(file));
}

function settingsOf(document: RawDocument, folder: string): SettingsReading {
  const entries = document.value === undefined ? [] : entriesOf(document.value);
  if (entries === undefined) {
    return {
      settings: {},
      diagnostics: [
        errorDiagnostic('RB702', 'expected a mapping of settings', { at: document.locate([], 'value') }),
      ],
    };
  }
  const diagnostics = entries.flatMap(([name, value]) => checkEntry(document, name, value));
  if (diagnostics.length > 0) return { settings: {}, diagnostics };
  return { settings: resolvePaths(Object.fromEntries(entries), folder), diagnostics: [] };
}

/** Values that were checked against their keys, as settings: paths absolute, single texts as lists. */
function resolvePaths(values: Readonly<Record<string, Value>>, folder: string): ProjectSettings {
  const settings: Record<string, Value> = { ...values };
  for (const key of pathKeys) {
    const value = settings[key];
    if (value === undefined) continue;
    const texts = [value].flat().map((one) => absoluteSource(String(one), folder));
    settings[key] = listKeys.includes(key) ? texts : (texts[0] ?? null);
  }
  return settings;
}

/** `~` is the user's; host lists and `ssh_config:` sources are no paths. */
function absoluteSource(source: string, folder: string): string {
  if (source.includes(',') || source.startsWith('ssh_config:')) return source;
  return resolve(folder, source.replace(/^~(?=\/|$)/, process.env['HOME'] ?? '~'));
}

/** The settings that `RUNBOOK_FORKS` and the like give. RB702 for a value that is wrong. */
export function settingsOfEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): SettingsReading {
  const values: Record<string, Value> = {};
  const diagnostics: Diagnostic[] = [];
  for (const [name, [expected, isRight]] of Object.entries(keys)) {
    const text = env[`RUNBOOK_${name.toUpperCase()}`];
    if (name === 'inventory' || text === undefined || text === '') continue;
    const value = valueOfText(text, name);
    if (isRight(value)) values[name] = value;
    else diagnostics.push(errorDiagnostic('RB702', `RUNBOOK_${name.toUpperCase()} takes ${expected}`));
  }
  return { settings: resolvePaths(values, cwd), diagnostics };
}

function valueOfText(text: string, name: string): Value {
  const check = keys[name as keyof ProjectSettings];
  if (check === someNames) return text.split(',').map((one) => one.trim());
  if (check === somePaths) return text.split(':');
  if (check === aFlag)
    return { true: true, yes: true, '1': true, false: false, no: false, '0': false }[text] ?? text;
  return (check === aCount || check === seconds) && /^\d+$/.test(text) ? Number(text) : text;
}

function checkEntry(document: RawDocument, name: string, value: Value): readonly Diagnostic[] {
  if (!Object.hasOwn(keys, name)) {
    return [
      errorDiagnostic('RB702', `there is no setting "${name}"${didYouMean(name, Object.keys(keys))}`, {
        at: document.locate([name], 'key'),
        hint: `settings are: ${Object.keys(keys).join(', ')}`,
      }),
    ];
  }
  // The name was looked up just now.
  const [expected, isRight] = keys[name as keyof ProjectSettings];
  return isRight(value)
    ? []
    : [errorDiagnostic('RB702', `"${name}" takes ${expected}`, { at: document.locate([name], 'value') })];
}
