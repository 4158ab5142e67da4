import type { DocumentPath } from '../model/document.ts';
import type { Value } from '../model/value.ts';
import { splitHostPort } from './host-port.ts';
import { addChild, addGroup, addHosts, addMember, addVariables, type GroupDraft } from './inventory-draft.ts';
import {
  type EntryReader,
  mappingAt,
  textsAt,
  unknownKey,
  variablesAt,
  variablesOf,
} from './inventory-entry.ts';
import { entriesOf } from './mapping.ts';

const groupKeys = ['hosts', 'children', 'vars'];

/** Whether a value looks like Ansible's YAML form: groups that hold nothing but hosts, children and vars. */
export function looksLikeAnsible(value: Value | undefined): boolean {
  const groups = entriesOf(value);
  if (groups === undefined || groups.length === 0) return false;
  if (groups.some(([name]) => name === 'all' || name === 'ungrouped')) return true;
  return groups.every(([, group]) => {
    const keys = group === null ? [] : entriesOf(group)?.map(([key]) => key);
    return keys?.every((key) => groupKeys.includes(key)) ?? false;
  });
}

/** Reads Ansible's YAML form: groups, at the top level or below `all`, with `hosts`, `children` and `vars`. */
export function readAnsibleInventory(reader: EntryReader): void {
  for (const [name, value] of mappingAt(reader, [], reader.document.value, 'an inventory')) {
    readGroup(reader, [name], value);
  }
}

function readGroup(reader: EntryReader, path: DocumentPath, value: Value): GroupDraft | undefined {
  const name = String(path.at(-1));
  const group = addGroup(reader.draft, name, reader.document.locate(path, 'key'));
  if (group === undefined) return undefined;
  const what = `the group ${name}`;
  for (const [key, item] of mappingAt(reader, path, value, what)) {
    const at = [...path, key];
    if (key === 'vars') addVariables(group, variablesAt(reader, at, item, `vars of ${what}`));
    else if (key === 'hosts') readHosts(reader, group, at, item);
    else if (key === 'children') readChildren(reader, group, at, item);
    else unknownKey(reader, at, what, groupKeys);
  }
  return group;
}

function readChildren(reader: EntryReader, group: GroupDraft, path: DocumentPath, value: Value): void {
  const what = `children of the group ${group.name}`;
  if (typeof value === 'string') {
    for (const { text, at } of textsAt(reader, path, value, what)) addChild(reader.draft, group, text, at);
    return;
  }
  for (const [name, child] of mappingAt(reader, path, value, what)) {
    // A child's name defines it, also where nothing stands behind the name.
    if (readGroup(reader, [...path, name], child)) {
      addChild(reader.draft, group, name, reader.document.locate([...path, name], 'key'));
    }
  }
}

function readHosts(reader: EntryReader, group: GroupDraft, path: DocumentPath, value: Value): void {
  const what = `hosts of the group ${group.name}`;
  if (typeof value === 'string') {
    for (const { text, at } of textsAt(reader, path, value, what)) {
      for (const host of addHosts(reader.draft, text, at)) addMember(group, host);
    }
    return;
  }
  for (const [entry, item] of mappingAt(reader, path, value, what))
    readHost(reader, group, [...path, entry], item);
}

function readHost(reader: EntryReader, group: GroupDraft, path: DocumentPath, value: Value): void {
  const { name, port } = splitHostPort(String(path.at(-1)));
  const at = reader.document.locate(path, 'key');
  const entries = mappingAt(reader, path, value, `the host ${name}`);
  const variables = variablesOf(reader, path, entries);
  const withPort =
    port === undefined
      ? variables
      : {
          ...variables,
          values: { ansible_port: port, ...variables.values },
          places: { ansible_port: at, ...variables.places },
        };
  for (const host of addHosts(reader.draft, name, at)) {
    addMember(group, host);
    addVariables(host, withPort);
  }
}
