import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../model/diagnostic.ts';
import type { Dialect, DocumentPath, RawDocument } from '../model/document.ts';
import type { ErrorCode } from '../model/error-codes.ts';
import type { Place } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import type { InventoryDraft, VariableValues } from './inventory-draft.ts';
import { emptyMapping, entriesOf, refusedKeys } from './mapping.ts';

/** A YAML inventory while its entries are read. */
export interface EntryReader {
  readonly document: RawDocument;
  readonly draft: InventoryDraft;
}

/** Adds an error at a path of the document. */
export function wrong(
  reader: EntryReader,
  code: ErrorCode,
  path: DocumentPath,
  message: string,
  extras: { readonly part?: 'key' | 'value'; readonly hint?: string | undefined } = {},
): void {
  const at = reader.document.locate(path, extras.part ?? 'value');
  reader.draft.diagnostics.push(errorDiagnostic(code, message, { at, hint: extras.hint }));
}

/** The entries of a mapping. Nothing stands for an empty one; anything else is RB202. */
export function mappingAt(
  reader: EntryReader,
  path: DocumentPath,
  value: Value | undefined,
  what: string,
): [string, Value][] {
  if (value === null || value === undefined) return [];
  const entries = entriesOf(value);
  if (entries) return entries;
  wrong(reader, 'RB202', path, `${what} must be a mapping, found ${kindOf(value)}`, {
    hint: Array.isArray(value) ? 'write "name:" on each line instead of "- name"' : undefined,
  });
  return [];
}

/** The texts of a list; one text stands for a list of one. Anything else is RB202. */
export function textsAt(
  reader: EntryReader,
  path: DocumentPath,
  value: Value | undefined,
  what: string,
): { readonly text: string; readonly at: Place }[] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'string') return [{ text: value, at: reader.document.locate(path, 'value') }];
  if (!Array.isArray(value)) {
    wrong(reader, 'RB202', path, `${what} must be a list of names, found ${kindOf(value)}`, {
      hint: entriesOf(value) ? 'write "- name" on each line instead of "name:"' : undefined,
    });
    return [];
  }
  const texts: { text: string; at: Place }[] = [];
  for (const [index, item] of value.entries()) {
    if (typeof item === 'string' || typeof item === 'number') {
      texts.push({ text: String(item), at: reader.document.locate([...path, index], 'value') });
    } else {
      wrong(reader, 'RB202', [...path, index], `${what} must hold names, found ${kindOf(item)}`);
    }
  }
  return texts;
}

/** RB201 for a key that is none of those known. */
export function unknownKey(
  reader: EntryReader,
  path: DocumentPath,
  what: string,
  known: readonly string[],
): void {
  const key = String(path.at(-1));
  const message = `${what} has no key ${key}${didYouMean(key, known)}`;
  wrong(reader, 'RB201', path, message, { part: 'key', hint: `known keys: ${known.join(', ')}` });
}

/** Variables written as a mapping, with the place of each. */
export function variablesAt(
  reader: EntryReader,
  path: DocumentPath,
  value: Value | undefined,
  what: string,
): VariableValues {
  return variablesOf(reader, path, mappingAt(reader, path, value, what));
}

/** Variables of entries already taken apart. */
export function variablesOf(
  reader: EntryReader,
  path: DocumentPath,
  entries: readonly (readonly [string, Value])[],
): VariableValues {
  const values = emptyMapping();
  const places = emptyMapping<Place>();
  for (const [name, item] of entries) {
    const at = reader.document.locate([...path, name], 'key');
    if (!isVariableName(name)) {
      reader.draft.diagnostics.push(variableNameDiagnostic(name, reader.document.dialect, at));
    }
    values[name] = item;
    places[name] = at;
  }
  return { label: reader.document.file.path, values, places };
}

/**
 * RB202 for a name that templates cannot use. Files of Ansible's dialect may hold such names, to be read through
 * `hostvars`; there it is a warning.
 */
export function variableNameDiagnostic(name: string, dialect: Dialect, at?: Place): Diagnostic {
  const make = dialect === 'native' ? errorDiagnostic : warningDiagnostic;
  const hint = 'names are made of letters, digits and _, and start with a letter or _';
  return make('RB202', `${JSON.stringify(name)} cannot be a variable's name`, { at, hint });
}

/** Whether templates can use a variable of this name. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !refusedKeys.has(name);
}

/** A value's kind in words. */
export function kindOf(value: Value): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (entriesOf(value)) return 'a mapping';
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  if (typeof value === 'boolean') return `the boolean ${value}`;
  return typeof value === 'object' ? 'another value' : `the number ${value}`;
}
