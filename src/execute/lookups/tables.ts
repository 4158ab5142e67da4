import { readFileSync } from 'node:fs';
import type { Value } from '../../model/value.ts';
import { flattenAll } from './collections.ts';
import { asFlag, asText, type Lookup, lookupFailure } from './lookup.ts';

/**
 * `ini`: a key's value in a section of an INI file (`file`, `section`, `default`); with `re`, all keys that match.
 * Options may stand in the term, behind the key: `port section=web file=users.ini`.
 */
export const ini: Lookup = (terms, options, context) =>
  flattenAll(terms).flatMap((term): readonly Value[] => {
    const { key, given } = optionsIn(asText(term, 'a key of ini'), iniOptions, options);
    const path = context.find(asText(given['file'] ?? 'ansible.ini', 'file of ini'), 'files');
    const section = asText(given['section'] ?? 'global', 'section of ini');
    const values = readIni(readFileSync(path, 'utf8'), asText(given['type'] ?? 'ini', 'type of ini')).get(
      given['type'] === 'properties' ? 'global' : section,
    );
    if (asFlag(given['re'], false)) {
      const pattern = new RegExp(key);
      return [...(values ?? [])].filter(([name]) => pattern.test(name)).map(([, value]) => value);
    }
    const value = values?.get(key.toLowerCase());
    return value === undefined ? [given['default'] ?? ''] : [value];
  });

const iniOptions: readonly string[] = ['file', 'section', 'default', 're', 'type', 'encoding'];
const csvOptions: readonly string[] = ['file', 'delimiter', 'col', 'keycol', 'default', 'encoding'];

/** Splits `KEY name=value …` at the words that set a known option; blanks in a key or a value stay. */
function optionsIn(
  term: string,
  names: readonly string[],
  options: Readonly<Record<string, Value>>,
): { readonly key: string; readonly given: Readonly<Record<string, Value>> } {
  const [key = '', ...words] = term.trim().split(new RegExp(`\\s+(?=(?:${names.join('|')})=)`));
  const inTerm = words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
  return { key, given: { ...options, ...Object.fromEntries(inTerm) } };
}

function readIni(text: string, type: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  if (type === 'properties') sections.set('global', current);
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const heading = /^\[(.+)\]$/.exec(line);
    if (heading !== null) {
      current = sections.get(heading[1] ?? '') ?? new Map();
      sections.set(heading[1] ?? '', current);
      continue;
    }
    const entry = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line);
    if (entry !== null) current.set((entry[1] ?? '').toLowerCase(), entry[2] ?? '');
  }
  return sections;
}

/**
 * `csvfile`: column `col` (default 1) of the row whose first column (`keycol`, default 0) is the term. Options may stand
 * in the term, behind the key: `Li file=elements.csv delimiter=,`.
 */
export const csvfile: Lookup = (terms, options, context) =>
  flattenAll(terms).flatMap((term): readonly Value[] => {
    const { key, given } = optionsIn(asText(term, 'a key of csvfile'), csvOptions, options);
    const path = context.find(asText(given['file'] ?? 'ansible.csv', 'file of csvfile'), 'files');
    const delimiter = asText(given['delimiter'] ?? 'TAB', 'delimiter of csvfile');
    const rows = readCsv(
      readFileSync(path, 'utf8'),
      delimiter === 'TAB' || delimiter === 't' ? '\t' : delimiter,
    );
    const column = Number(given['col'] ?? 1);
    const row = rows.find((cells) => cells[Number(given['keycol'] ?? 0)] === key);
    if (row === undefined) return given['default'] === undefined ? [] : [given['default']];
    const cell = row[column];
    if (cell === undefined)
      throw lookupFailure(`csvfile: the row of ${JSON.stringify(key)} has no column ${column}`);
    return [cell];
  });

/** Rows of cells; a cell in double quotes may hold delimiters, line breaks and doubled quotes. */
function readCsv(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted && character === '"' && text[index + 1] === '"') cell += text[++index];
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === delimiter) {
      row.push(cell);
      cell = '';
    } else if (!quoted && character === '\n') {
      rows.push([...row, cell.replace(/\r$/, '')]);
      [row, cell] = [[], ''];
    } else cell += character;
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell]);
  return rows;
}
