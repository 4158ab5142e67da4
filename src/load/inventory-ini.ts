import { readShellWords } from '../lib/shell-words.ts';
import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Place, SourceFile } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import { splitHostPort } from './host-port.ts';
import {
  addChild,
  addGroup,
  addHosts,
  addMember,
  addVariables,
  type GroupDraft,
  type InventoryDraft,
} from './inventory-draft.ts';
import { isVariableName, variableNameDiagnostic } from './inventory-entry.ts';
import { LineIndex } from './line-index.ts';
import { emptyMapping } from './mapping.ts';
import { readPythonLiteral } from './python-literal.ts';

type SectionKind = 'hosts' | 'children' | 'vars';

interface IniReader {
  readonly draft: InventoryDraft;
  readonly lines: LineIndex;
  group: GroupDraft | undefined;
  kind: SectionKind;
  /** Variables of the section so far. */
  values: Record<string, Value>;
  places: Record<string, Place>;
  /** Groups that have only `:vars` sections yet, each with its place. */
  readonly undefinedGroups: Map<string, Place>;
}

const header = /^\[([^\]]*)\]\s*(?:[#;].*)?$/;
const kinds: readonly string[] = ['children', 'vars', 'hosts'];

/**
 * Reads Ansible's INI form: hosts with `key=value` variables on their lines, `[group]`, `[group:children]` and
 * `[group:vars]`. Values are Python literals (`1`, `True`, `[1, 2]`), else texts.
 */
export function readIniInventory(file: SourceFile, draft: InventoryDraft): void {
  const lines = new LineIndex({ path: file.path, text: file.text.replace(/^\ufeff/, '') });
  const reader: IniReader = {
    draft,
    lines,
    group: addGroup(draft, 'ungrouped'),
    kind: 'hosts',
    values: emptyMapping(),
    places: emptyMapping<Place>(),
    undefinedGroups: new Map(),
  };
  const count = lines.file.text.split('\n').length;
  for (let line = 1; line <= count; line++) readLine(reader, line);
  endSection(reader);
  for (const [name, at] of reader.undefinedGroups) {
    const group = draft.groups.get(name);
    if (group?.defined !== false || isChild(draft, name)) continue;
    draft.groups.delete(name);
    const near = didYouMean(
      name,
      [...draft.groups.values()].filter((one) => one.defined).map((one) => one.name),
    );
    const message = `[${name}:vars] belongs to no group: there is no [${name}] and no [${name}:children]${near}`;
    draft.diagnostics.push(errorDiagnostic('RB121', message, { at }));
  }
}

function isChild(draft: InventoryDraft, name: string): boolean {
  return [...draft.groups.values()].some((group) => group.children.has(name));
}

function readLine(reader: IniReader, line: number): void {
  const text = reader.lines.textOf(line);
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) return;
  if (trimmed.startsWith('[') && !/^\[[0-9a-fA-F:.%]*:[0-9a-fA-F:.%]*\]/.test(trimmed)) {
    readHeader(reader, line);
    return;
  }
  if (reader.group === undefined) return;
  if (reader.kind === 'children') {
    readChild(reader, reader.group, line);
    return;
  }
  if (reader.kind === 'vars') {
    readVariable(reader, line);
    return;
  }
  readHost(reader, reader.group, line);
}

function complain(reader: IniReader, line: number, message: string, hint?: string, at?: Place): void {
  reader.draft.diagnostics.push(
    errorDiagnostic('RB121', message, { at: at ?? linePlace(reader, line), hint }),
  );
}

function linePlace(reader: IniReader, line: number): Place {
  const text = reader.lines.textOf(line);
  const start = reader.lines.startOf(line) + (text.length - text.trimStart().length);
  return reader.lines.place(start, start + text.trim().length);
}

function readHeader(reader: IniReader, line: number): void {
  endSection(reader);
  reader.group = undefined;
  const inside = header.exec(reader.lines.textOf(line).trim())?.[1]?.trim();
  if (inside === undefined) {
    complain(reader, line, 'expected [group], [group:children] or [group:vars]', 'close the section with ]');
    return;
  }
  const colon = inside.lastIndexOf(':');
  const name = (colon === -1 ? inside : inside.slice(0, colon)).trim();
  const kind = colon === -1 ? 'hosts' : inside.slice(colon + 1).trim();
  if (!isKind(kind)) {
    const near = didYouMean(kind, kinds);
    complain(
      reader,
      line,
      `a section [${name}:${kind}] is not known${near}`,
      'write [group:children] or [group:vars]',
    );
    return;
  }
  const at = linePlace(reader, line);
  reader.kind = kind;
  const known = reader.draft.groups.get(name);
  if (kind === 'vars' && !known?.defined) {
    reader.undefinedGroups.set(name, at);
    reader.group = known ?? addGroup(reader.draft, name, at);
    if (reader.group) reader.group.defined = false;
    return;
  }
  reader.group = addGroup(reader.draft, name, at);
}

function isKind(kind: string): kind is SectionKind {
  return kinds.includes(kind);
}

function endSection(reader: IniReader): void {
  if (reader.group && reader.kind === 'vars') {
    addVariables(reader.group, {
      label: reader.lines.file.path,
      values: reader.values,
      places: reader.places,
    });
  }
  reader.values = emptyMapping();
  reader.places = emptyMapping<Place>();
}

function readChild(reader: IniReader, group: GroupDraft, line: number): void {
  const name = reader.lines
    .textOf(line)
    .replace(/[#;].*$/, '')
    .trim();
  if (/[\s=]/.test(name)) {
    complain(
      reader,
      line,
      `expected the name of one group, found ${JSON.stringify(name)}`,
      `variables of a group go into [${group.name}:vars]`,
    );
    return;
  }
  addChild(reader.draft, group, name, linePlace(reader, line));
}

function readVariable(reader: IniReader, line: number): void {
  const text = reader.lines.textOf(line);
  const equals = text.indexOf('=');
  if (equals === -1) {
    complain(reader, line, 'expected name=value', 'hosts go into a section without :vars');
    return;
  }
  const name = text.slice(0, equals).trim();
  const at = linePlace(reader, line);
  if (!isVariableName(name)) {
    reader.draft.diagnostics.push(
      variableNameDiagnostic(name, 'ansible', { ...at, length: name.length || 1 }),
    );
  }
  reader.values[name] = readPythonLiteral(text.slice(equals + 1).trim());
  reader.places[name] = { ...at, length: name.length };
}

function readHost(reader: IniReader, group: GroupDraft, line: number): void {
  const text = reader.lines.textOf(line);
  const start = reader.lines.startOf(line);
  const split = readShellWords(text, { comments: true });
  if (split.words === undefined) {
    complain(
      reader,
      line,
      text.charAt(split.unclosedAt) === '\\'
        ? 'this line ends in a backslash'
        : 'a quote in this line is never closed',
      undefined,
      reader.lines.place(start + split.unclosedAt),
    );
    return;
  }
  const [first, ...rest] = split.words;
  if (first === undefined) return;
  const { name, port } = splitHostPort(first.text);
  const at = reader.lines.place(start + first.offset, start + first.offset + first.text.length);
  const values = emptyMapping();
  const places = emptyMapping<Place>();
  if (port !== undefined) {
    values['ansible_port'] = port;
    places['ansible_port'] = at;
  }
  for (const word of rest) {
    const place = reader.lines.place(start + word.offset, start + word.offset + word.text.length);
    const equals = word.text.indexOf('=');
    if (equals === -1) {
      const hint = 'a host takes one line: its name, then name=value';
      complain(reader, line, `expected name=value, found ${JSON.stringify(word.text)}`, hint, place);
      continue;
    }
    const variable = word.text.slice(0, equals);
    if (!isVariableName(variable)) {
      reader.draft.diagnostics.push(variableNameDiagnostic(variable, 'ansible', place));
    }
    values[variable] = readPythonLiteral(word.text.slice(equals + 1));
    places[variable] = place;
  }
  for (const host of addHosts(reader.draft, name, at)) {
    addMember(group, host);
    addVariables(host, { label: reader.lines.file.path, values, places });
  }
}
