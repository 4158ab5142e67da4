import { Float, Secret } from '../../model/value.ts';
import { type Datum, type Run, TemplateObject, Tuple, Undefined } from '../datum.ts';
import { type Dict, dictEntries, isDict } from './dict.ts';
import { showFloat, showInteger } from './number.ts';

/**
 * A value as `{{ }}` prints it: Python's `str()`.
 *
 * @throws TemplateError when it is undefined.
 */
export function toText(run: Run, value: Datum): string {
  if (typeof value === 'string') return value;
  if (value instanceof Undefined) {
    if (value.silent) return '';
    throw value.toError();
  }
  if (value instanceof Secret) return run.reveal(value);
  return value instanceof TemplateObject && !isDict(value) ? value.show(run) : represent(run, value);
}

/** A value as Python's `repr()` writes it, which is how it prints inside a list. */
export function represent(run: Run, value: Datum, depth = 0): string {
  switch (typeof value) {
    case 'string':
      return quoteText(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return Number.isInteger(value) ? showInteger(value) : showFloat(value);
    case 'bigint':
      return value.toString();
    default:
      return representObject(run, value, depth);
  }
}

function representObject(run: Run, value: Datum, depth: number): string {
  if (value === null) return 'None';
  if (value instanceof Float) return showFloat(value.value);
  if (value instanceof Secret) return quoteText(run.reveal(value));
  if (value instanceof Undefined) return 'Undefined';
  run.step();
  if (depth > 100) return '...';
  if (Array.isArray(value)) return representList(run, value, depth);
  if (isDict(value)) return representDict(run, value, depth);
  if (!(value instanceof TemplateObject)) return String(value);
  return value.typeName === 'Markup' ? `Markup(${quoteText(value.show(run))})` : value.show(run);
}

function representList(run: Run, list: readonly Datum[], depth: number): string {
  const parts: string[] = [];
  for (const item of list) {
    const part = represent(run, item, depth + 1);
    run.spend(part.length);
    parts.push(part);
  }
  if (!(list instanceof Tuple)) return `[${parts.join(', ')}]`;
  return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(', ')})`;
}

function representDict(run: Run, dict: Dict, depth: number): string {
  const parts: string[] = [];
  for (const [key, value] of dictEntries(dict)) {
    const part = `${represent(run, key, depth + 1)}: ${represent(run, value, depth + 1)}`;
    run.spend(part.length);
    parts.push(part);
  }
  return `{${parts.join(', ')}}`;
}

const plain = /^[\x20-\x26\x28-\x5b\x5d-\x7e]*$/;
const special = /[\\\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]/gu;
const shortEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  ' ': ' ',
};

/** A string in quotes as Python writes it. */
function quoteText(text: string): string {
  if (plain.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = text.replace(special, (c) => shortEscapes[c] ?? numericEscape(c));
  if (quote === "'") body = body.replaceAll("'", "\\'");
  return quote + body + quote;
}

/** A value as Python's `ascii()` writes it: as `represent`, with escapes for all that is beyond ASCII. */
export function ascii(run: Run, value: Datum): string {
  return represent(run, value).replace(/[^\x00-\x7f]/gu, numericEscape);
}

function numericEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
