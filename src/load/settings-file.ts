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

/** What each key takes, in words, and whether a value is that. */
const keys: Readonly<Record<keyof ProjectSettings, readonly [string, (value: Value) => boolean]>> = {
  inventory: [
    'a path or a list of paths',
    (value) =>
      typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string')),
  ],
  forks: ['a whole number from 1 on', (value) => Number.isInteger(value) && Number(value) >= 1],
  user: ['a name', (value) => typeof value === 'string'],
  private_key: ['a path', (value) => typeof value === 'string'],
  output: [outputs.join(', '), (value) => typeof value === 'string' && outputs.includes(value)],
};

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
  // Each value has been checked against its key just now.
  const settings = Object.fromEntries(entries) as ProjectSettings & {
    readonly inventory?: string | readonly string[];
  };
  const inventory =
    settings.inventory === undefined
      ? undefined
      : [settings.inventory].flat().map((source) => absoluteSource(source, folder));
  return { settings: { ...settings, inventory }, diagnostics: [] };
}

/** Host lists and `ssh_config:` sources are no paths. */
function absoluteSource(source: string, folder: string): string {
  return source.includes(',') || source.startsWith('ssh_config:') ? source : resolve(folder, source);
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
