import { isValueMap, type Secret, Unsafe, type Value, VaultText } from '../model/value.ts';
import { hasTemplateTags } from '../template/syntax/options.ts';

/** Decrypts an encrypted text, of the variable of this name if any. Throws a `RunbookError` where it cannot. */
export type Decrypt = (text: VaultText, name?: string) => Secret;

/** Whether a value holds encrypted or unsafe parts, which the template engine does not know. */
export function needsReading(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof VaultText || value instanceof Unsafe) return true;
  if (Array.isArray(value)) return value.some((entry: Value) => needsReading(entry));
  if (value instanceof Map) return [...value.values()].some((entry: Value) => needsReading(entry));
  return isValueMap(value) && Object.values(value).some((entry) => needsReading(entry));
}

/**
 * The value as the template engine can render it: encrypted texts decrypted, and unsafe texts, which are never
 * templates, as templates that come to exactly them. The same object where it holds neither.
 */
export function readableValue(value: Value, decrypt: Decrypt): Value {
  if (!needsReading(value)) return value;
  if (value instanceof VaultText) return decrypt(value);
  if (value instanceof Unsafe) return literal(value.value, decrypt);
  return mapParts(value, (part) => readableValue(part, decrypt));
}

function literal(value: Value, decrypt: Decrypt): Value {
  if (typeof value === 'string') return literalTemplate(value);
  if (value instanceof VaultText) return decrypt(value);
  if (value instanceof Unsafe) return literal(value.value, decrypt);
  return mapParts(value, (part) => literal(part, decrypt), literalTemplate);
}

/** Template text that renders to the text given, whatever that looks like. */
function literalTemplate(text: string): string {
  if (!hasTemplateTags(text)) return text;
  // Whatever backslashes mean in a literal: none is in it, and no quote that could end it.
  const codes: number[] = [];
  const format = text.replace(/[\\'%\n\r]/g, (one) => {
    if (one === '%') return '%%';
    codes.push(one.charCodeAt(0));
    return '%c';
  });
  return `{{ '${format}' % (${codes.map((code) => `${code},`).join('')}) }}`;
}

function mapParts(value: Value, part: (value: Value) => Value, key = (text: string) => text): Value {
  if (Array.isArray(value)) return value.map((entry: Value) => part(entry));
  if (value instanceof Map)
    return new Map(
      [...value].map(([name, entry]) => [typeof name === 'string' ? key(name) : name, part(entry)]),
    );
  if (!isValueMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [key(name), part(entry)]));
}
