import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Place, SourceFile } from '../model/place.ts';
import {
  addChild,
  addGroup,
  addHost,
  addMember,
  type HostDraft,
  type InventoryDraft,
  protect,
} from './inventory-draft.ts';
import { LineIndex } from './line-index.ts';

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly at: Place;
  readonly valueAt: Place;
}

interface Section {
  readonly name: string;
  readonly at: Place;
  readonly entries: Entry[];
}

const hostKeys = ['ip', 'port', 'user', 'passwd'];

/** Whether an INI file has a section whose first entry is `ip`, as files of hosts and groups by section have. */
export function looksLikeSections(text: string): boolean {
  return /^\s*\[[^\]:]+\]\s*(?:\r?\n\s*(?:[#;].*)?)*\r?\n\s*ip\s*[=:]/m.test(text);
}

/**
 * Reads an INI file of sections: one whose first entry is `ip` is a host (`ip`, `port`, `user`, `passwd`), any other
 * one is a group whose entries `name = name` are its members, hosts or groups.
 */
export function readSectionInventory(file: SourceFile, draft: InventoryDraft): void {
  const sections = readSections(file, draft);
  const isHost = (section: Section) => section.entries[0]?.key === 'ip';
  for (const section of sections.filter(isHost)) readHost(section, draft);
  const groups = sections.filter((section) => !isHost(section));
  for (const section of groups) addGroup(draft, section.name, section.at);
  for (const section of groups) readGroup(section, draft);
}

function readSections(file: SourceFile, draft: InventoryDraft): Section[] {
  const lines = new LineIndex({ path: file.path, text: file.text.replace(/^\ufeff/, '') });
  const sections: Section[] = [];
  for (const [index, raw] of lines.file.text.split('\n').entries()) {
    const text = raw.trim();
    if (text === '' || /^[#;]/.test(text)) continue;
    const start = lines.startOf(index + 1) + raw.length - raw.trimStart().length;
    const at = lines.place(start, start + text.length);
    const name = /^\[([^\]]+)\]$/.exec(text)?.[1];
    const entry = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(text);
    const section = sections.at(-1);
    if (name !== undefined) {
      sections.push({ name: name.trim(), at, entries: [] });
    } else if (entry?.[1] !== undefined && section) {
      const value = entry[2] ?? '';
      const valueAt = lines.place(start + text.length - value.length, start + text.length);
      section.entries.push({
        key: entry[1].toLowerCase(),
        value,
        at: { ...at, length: entry[1].length },
        valueAt,
      });
    } else {
      const expected = section ? 'expected "key = value"' : 'expected a [section] first';
      draft.diagnostics.push(errorDiagnostic('RB121', `${expected}, found ${JSON.stringify(text)}`, { at }));
    }
  }
  return sections;
}

function readHost(section: Section, draft: InventoryDraft): void {
  const host = addHost(draft, section.name, section.at);
  if (host === undefined) return;
  for (const entry of section.entries) readSetting(entry, host, draft);
}

function readSetting({ key, value, at, valueAt }: Entry, host: HostDraft, draft: InventoryDraft): void {
  switch (key) {
    case 'ip':
      host.settings['address'] = value;
      return;
    case 'user':
      host.settings['user'] = value;
      return;
    case 'passwd':
      host.settings['password'] = protect(value, 'password');
      return;
    case 'port':
      if (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535)
        host.settings['port'] = Number(value);
      else
        draft.diagnostics.push(
          errorDiagnostic('RB121', `port must be a number from 1 to 65535, found ${JSON.stringify(value)}`, {
            at: valueAt,
          }),
        );
      return;
    default: {
      const message = `the host ${host.name} has no key ${key}${didYouMean(key, hostKeys)}`;
      draft.diagnostics.push(
        errorDiagnostic('RB121', message, { at, hint: `known keys: ${hostKeys.join(', ')}` }),
      );
    }
  }
}

function readGroup(section: Section, draft: InventoryDraft): void {
  const group = draft.groups.get(section.name);
  if (group === undefined) return;
  for (const { value, valueAt } of section.entries) {
    const host = draft.hosts.get(value);
    if (host) addMember(group, host);
    else if (draft.groups.has(value)) addChild(draft, group, value, valueAt);
    else {
      const near = didYouMean(value, [...draft.hosts.keys(), ...draft.groups.keys()]);
      const message = `the group ${section.name} names ${value}, which is no host and no group${near}`;
      draft.diagnostics.push(errorDiagnostic('RB301', message, { at: valueAt }));
    }
  }
}
