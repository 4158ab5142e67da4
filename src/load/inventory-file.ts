import { extname } from 'node:path';
import { nearest } from '../lib/suggest.ts';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Dialect } from '../model/document.ts';
import type { SourceFile } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import { looksLikeAnsible, readAnsibleInventory } from './inventory-ansible.ts';
import type { InventoryDraft } from './inventory-draft.ts';
import { readIniInventory } from './inventory-ini.ts';
import { readNativeInventory } from './inventory-native.ts';
import { looksLikeSections, readSectionInventory } from './inventory-seed.ts';
import { entriesOf } from './mapping.ts';
import { readSourceFile } from './source-file.ts';
import type { Decrypt } from './vault-file.ts';
import { readYaml } from './yaml.ts';

const yamlExtensions: readonly string[] = ['.yml', '.yaml', '.json'];
const iniExtensions: readonly string[] = ['.ini', '.cfg', '.conf'];
const nativeKeys: readonly string[] = ['defaults', 'vars', 'hosts', 'groups'];

/** What was read, and the dialect that goes with its form. */
export interface InventoryFileReading {
  readonly file?: SourceFile;
  readonly dialect: Dialect;
}

/**
 * Reads one inventory file in the form that it is in. The extension decides between YAML and INI, else the first
 * line that says something; keys and sections decide the rest. Mistakes are added to the draft.
 */
export async function readInventoryFile(
  path: string,
  draft: InventoryDraft,
  options: { readonly cwd: string; readonly decrypt?: Decrypt | undefined },
): Promise<InventoryFileReading> {
  const reading = await readSourceFile(path, options);
  if (reading.file === undefined) {
    draft.diagnostics.push(...reading.diagnostics);
    return { dialect: 'native' };
  }
  const { file } = reading;
  const extension = extname(path).toLowerCase();
  const isYaml =
    yamlExtensions.includes(extension) || (!iniExtensions.includes(extension) && startsAsYaml(file.text));
  if (isYaml) return { file, dialect: readYamlInventory(file, draft) };
  if (looksLikeSections(file.text)) {
    readSectionInventory(file, draft);
    return { file, dialect: 'native' };
  }
  readIniInventory(file, draft);
  return { file, dialect: 'ansible' };
}

/** Whether the first line with content is one of YAML or JSON rather than of INI. */
function startsAsYaml(text: string): boolean {
  const first = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !/^[#;]/.test(line));
  return first !== undefined && /^(?:---|\{|%YAML|[\w.-]+:(?:\s|$))/.test(first);
}

function readYamlInventory(file: SourceFile, draft: InventoryDraft): Dialect {
  const native = readYaml(file, { dialect: 'native' });
  if (native.document === undefined) {
    draft.diagnostics.push(...native.diagnostics);
    return 'native';
  }
  const { value } = native.document;
  if (value === undefined || value === null) return 'native';
  const form = formOf(value);
  if (form === 'native') {
    readNativeInventory({ document: native.document, draft });
    return 'native';
  }
  if (form === 'ansible') {
    const { document, diagnostics } = readYaml(file, { dialect: 'ansible' });
    draft.diagnostics.push(...diagnostics);
    if (document) readAnsibleInventory({ document, draft });
    return 'ansible';
  }
  const at = native.document.locate([], 'value');
  draft.diagnostics.push(errorDiagnostic('RB120', form.message, { at, hint: form.hint }));
  return 'native';
}

function formOf(value: Value): 'native' | 'ansible' | { message: string; hint?: string } {
  const keys = entriesOf(value)?.map(([key]) => key);
  if (keys === undefined) {
    const found = Array.isArray(value) ? 'a list, as playbooks are' : 'no mapping';
    return {
      message: `an inventory must be a mapping, found ${found}`,
      hint: 'write hosts: and the hosts below it',
    };
  }
  if (keys.includes('plugin')) {
    const hint =
      'inventories of plugins are not read: save what ansible-inventory --list prints, or name a program that prints it';
    return { message: 'this file sets up an inventory plugin of Ansible', hint };
  }
  if (keys.includes('all')) return 'ansible';
  if (keys.some((key) => nativeKeys.includes(key))) return 'native';
  if (looksLikeAnsible(value)) return 'ansible';
  if (keys.some((key) => nearest(key, nativeKeys) !== undefined)) return 'native';
  return {
    message: `this is no inventory: tried the native form (${nativeKeys.join(', ')}) and Ansible's (groups of hosts, children, vars), found ${keys.slice(0, 5).join(', ')}`,
    hint: 'write hosts: and the hosts below it',
  };
}
