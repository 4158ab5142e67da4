import type { DocumentPath } from '../model/document.ts';
import type { Value } from '../model/value.ts';
import { isSetting, readSetting, settingNames } from './connection-setting.ts';
import {
  addChild,
  addGroup,
  addHosts,
  addVariables,
  type GroupDraft,
  type HostDraft,
} from './inventory-draft.ts';
import {
  type EntryReader,
  mappingAt,
  textsAt,
  unknownKey,
  variablesAt,
  variablesOf,
  wrong,
} from './inventory-entry.ts';

const topKeys = ['defaults', 'vars', 'hosts', 'groups'];

/** Reads the native form: a mapping with `defaults`, `vars`, `hosts` and `groups`, each of them optional. */
export function readNativeInventory(reader: EntryReader): void {
  for (const [key, value] of mappingAt(reader, [], reader.document.value, 'an inventory')) {
    if (key === 'defaults') readDefaults(reader, value);
    else if (key === 'vars') readVars(reader, value);
    else if (key === 'hosts') readHosts(reader, value);
    else if (key === 'groups') readGroups(reader, value);
    else unknownKey(reader, [key], 'the inventory', topKeys);
  }
}

function readDefaults(reader: EntryReader, value: Value): void {
  for (const [key, setting] of mappingAt(reader, ['defaults'], value, 'defaults')) {
    const path = ['defaults', key];
    if (isSetting(key)) readSetting(reader, path, setting, reader.draft.defaults);
    else unknownKey(reader, path, 'defaults', settingNames);
  }
}

function readVars(reader: EntryReader, value: Value): void {
  const all = addGroup(reader.draft, 'all');
  if (all) addVariables(all, variablesAt(reader, ['vars'], value, 'vars'));
}

function readHosts(reader: EntryReader, value: Value): void {
  if (Array.isArray(value) || typeof value === 'string') {
    for (const { text, at } of textsAt(reader, ['hosts'], value, 'hosts')) addHosts(reader.draft, text, at);
    return;
  }
  for (const [name, entry] of mappingAt(reader, ['hosts'], value, 'hosts')) {
    const hosts = addHosts(reader.draft, name, reader.document.locate(['hosts', name], 'key'));
    readHost(reader, ['hosts', name], entry, hosts);
  }
}

function readHost(reader: EntryReader, path: DocumentPath, value: Value, hosts: readonly HostDraft[]): void {
  const own: [string, Value][] = [];
  const settings: Record<string, Value> = {};
  const what = `the host ${path.at(-1)}`;
  for (const [key, item] of mappingAt(reader, path, value, what)) {
    if (isSetting(key)) readSetting(reader, [...path, key], item, settings);
    else if (key.startsWith('ansible_')) own.push([key, item]);
    else if (key === 'vars') {
      const variables = variablesAt(reader, [...path, key], item, `vars of ${what}`);
      for (const host of hosts) addVariables(host, variables);
    } else unknownKey(reader, [...path, key], what, ['vars', ...settingNames]);
  }
  const variables = variablesOf(reader, path, own);
  for (const host of hosts) {
    Object.assign(host.settings, settings);
    addVariables(host, variables);
  }
}

function readGroups(reader: EntryReader, value: Value): void {
  for (const [name, entry] of mappingAt(reader, ['groups'], value, 'groups')) readGroup(reader, name, entry);
}

function readGroup(reader: EntryReader, name: string, value: Value): void {
  const path = ['groups', name];
  const group = addGroup(reader.draft, name, reader.document.locate(path, 'key'));
  if (group === undefined) return;
  for (const [key, item] of mappingAt(reader, path, value, `the group ${name}`)) {
    readGroupKey(reader, group, [...path, key], item);
  }
}

function readGroupKey(reader: EntryReader, group: GroupDraft, path: DocumentPath, value: Value): void {
  const key = String(path.at(-1));
  const what = `the group ${group.name}`;
  if (isSetting(key)) {
    readSetting(reader, path, value, group.settings);
    return;
  }
  if (key.startsWith('ansible_')) {
    addVariables(group, variablesOf(reader, path.slice(0, -1), [[key, value]]));
    return;
  }
  switch (key) {
    case 'vars':
      addVariables(group, variablesAt(reader, path, value, `vars of ${what}`));
      return;
    case 'hosts':
      for (const { text, at } of textsAt(reader, path, value, `hosts of ${what}`)) {
        group.patterns.push({ pattern: text, at });
      }
      return;
    case 'children':
      for (const { text, at } of textsAt(reader, path, value, `children of ${what}`)) {
        addChild(reader.draft, group, text, at);
      }
      return;
    case 'priority':
      if (typeof value === 'number' && Number.isInteger(value)) group.priority = value;
      else wrong(reader, 'RB202', path, 'priority must be a whole number');
      return;
    default:
      unknownKey(reader, path, what, ['hosts', 'children', 'vars', 'priority', ...settingNames]);
  }
}
