import { readFileSync } from 'node:fs';
import type { Value } from '../../model/value.ts';
import { flattenAll } from './collections.ts';
import { asFlag, asText, type Lookup, lookupFailure } from './lookup.ts';

/** `ini`: a key's value in a section of an INI file (`file`, `section`, `default`); with `re`, all keys that match. */
export const ini: Lookup = (terms, options, context) => {
  const path = context.find(asText(options['file'] ?? 'ansible.ini', 'file of ini'), 'files');
  const section = asText(options['section'] ?? 'global', 'section of ini');
  const values = readIni(readFileSync(path, 'utf8'), asText(options['type'] ?? 'ini', 'type of ini')).get(
    options['type'] === 'properties' ? 'global' : section,
  );
  return flattenAll(terms).flatMap((term): readonly Value[] => {
    const key = asText(term, 'a key of ini');
    if (asFlag(options['re'], false)) {
      const pattern = new RegExp(key);
      return [...(values ?? [])].filter(([name]) => pattern.test(name)).map(([, value]) => value);
    }
    const value = values?.get(key.toLowerCase());
    return value === undefined ? [options['default'] ?? ''] : [value];
  });
};

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

/** `csvfile`: column `col` (default 1) of the row whose first column (`keycol`, default 0) is the term. */
export const csvfile: Lookup = (terms, options, context) => {
  const path = context.find(asText(options['file'] ?? 'ansible.csv', 'file of csvfile'), 'files');
  const delimiter = asText(options['delimiter'] ?? 'TAB', 'delimiter of csvfile');
  const rows = readCsv(
    readFileSync(path, 'utf8'),
    delimiter === 'TAB' || delimiter === 't' ? '\t' : delimiter,
  );
  const column = Number(options['col'] ?? 1);
  const keyColumn = Number(options['keycol'] ?? 0);
  return flattenAll(terms).flatMap((term): readonly Value[] => {
    const key = asText(term, 'a key of csvfile');
    const row = rows.find((cells) => cells[keyColumn] === key);
    if (row === undefined) return options['default'] === undefined ? [] : [options['default']];
    const cell = row[column];
    if (cell === undefined)
      throw lookupFailure(`csvfile: the row of ${JSON.stringify(key)} has no column ${column}`);
    return [cell];
  });
};

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
