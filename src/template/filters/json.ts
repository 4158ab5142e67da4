import { Float, Secret } from '../../model/value.ts';
import { type Datum, type Run, Undefined } from '../datum.ts';
import { compare } from '../python/compare.ts';
import { type Dict, dictEntries, isDict } from '../python/dict.ts';
import { showFloat, showInteger } from '../python/number.ts';
import { isList, isText, typeName } from '../python/types.ts';

/** How JSON is laid out; the defaults are those of Python's `json.dumps`. */
export interface JsonLayout {
  readonly indent?: number | string | undefined;
  readonly sortKeys?: boolean;
  /** Write characters outside ASCII as `\uXXXX`. */
  readonly ascii?: boolean;
  readonly itemSeparator?: string;
  readonly keySeparator?: string;
}

interface Writer {
  readonly run: Run;
  readonly layout: JsonLayout;
  readonly itemSeparator: string;
  readonly keySeparator: string;
  readonly indent: string | undefined;
}

/**
 * A value as Python's `json.dumps` writes it.
 *
 * @throws TemplateError when a part of it has no JSON form, or is undefined.
 */
export function writeJson(run: Run, value: Datum, layout: JsonLayout): string {
  const { indent } = layout;
  const unit =
    indent === undefined ? undefined : typeof indent === 'number' ? ' '.repeat(Math.max(0, indent)) : indent;
  const writer: Writer = {
    run,
    layout,
    indent: unit,
    itemSeparator: layout.itemSeparator ?? (unit === undefined ? ', ' : ','),
    keySeparator: layout.keySeparator ?? ': ',
  };
  return write(writer, value, '');
}

function write(writer: Writer, value: Datum, margin: string): string {
  const { run, layout } = writer;
  run.step();
  if (value instanceof Undefined) throw value.toError();
  if (value instanceof Secret) return quoteJson(run.reveal(value), layout.ascii ?? true);
  if (isText(value)) {
    const text = quoteJson(typeof value === 'string' ? value : value.text, layout.ascii ?? true);
    run.spend(text.length);
    return text;
  }
  return writeScalar(value) ?? writeContainer(writer, value, margin);
}

/** The JSON of None, a boolean or a number; undefined for others. */
function writeScalar(value: Datum): string | undefined {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isInteger(value) ? showInteger(value) : jsonFloat(value);
  return value instanceof Float ? jsonFloat(value.value) : undefined;
}

function writeContainer(writer: Writer, value: Datum, margin: string): string {
  const { run } = writer;
  if (isDict(value)) return writeDict(writer, value, margin);
  const items = isList(value) ? value : undefined;
  if (items === undefined) throw run.fail(`a value of type ${typeName(value)} cannot be written as JSON`);
  const inner = margin + (writer.indent ?? '');
  const parts = items.map((item) => write(writer, item, inner));
  return enclose(writer, '[', parts, ']', margin);
}

function writeDict(writer: Writer, dict: Dict, margin: string): string {
  const inner = margin + (writer.indent ?? '');
  const sorted = dictEntries(dict);
  if (writer.layout.sortKeys === true) sorted.sort(([a], [b]) => compare(writer.run, a, b));
  const entries = sorted.map(([key, value]) => [keyText(writer.run, key), value] as const);
  const parts = entries.map(
    ([key, value]) =>
      quoteJson(key, writer.layout.ascii ?? true) + writer.keySeparator + write(writer, value, inner),
  );
  return enclose(writer, '{', parts, '}', margin);
}

function keyText(run: Run, key: Datum): string {
  if (isText(key)) return typeof key === 'string' ? key : key.text;
  if (key instanceof Secret) return run.reveal(key);
  if (key === null) return 'null';
  if (typeof key === 'boolean') return String(key);
  if (typeof key === 'number') return Number.isInteger(key) ? showInteger(key) : showFloat(key);
  if (typeof key === 'bigint') return key.toString();
  if (key instanceof Float) return showFloat(key.value);
  throw run.fail(`a key of type ${typeName(key)} cannot be written as JSON`);
}

function enclose(
  writer: Writer,
  open: string,
  parts: readonly string[],
  close: string,
  margin: string,
): string {
  if (parts.length === 0) return open + close;
  if (writer.indent === undefined) return open + parts.join(writer.itemSeparator) + close;
  const line = `\n${margin}${writer.indent}`;
  return `${open}${line}${parts.join(writer.itemSeparator + line)}\n${margin}${close}`;
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return showFloat(value);
}

/** A string in JSON's quotes. */
function quoteJson(text: string, ascii: boolean): string {
  const quoted = JSON.stringify(text);
  if (!ascii)
    return quoted.replace(/\\u([dD][89a-fA-F][0-9a-fA-F]{2})/g, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return quoted.replace(/[\x7f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** JSON with the characters that mean something in HTML written as escapes. */
export function htmlSafe(json: string): string {
  return json.replace(/[<>&']/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
