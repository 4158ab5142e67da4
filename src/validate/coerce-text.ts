import type { Value } from '../model/value.ts';

/**
 * A text from the command line as the type that a JSON Schema asks for, where it can be read as one; else the text
 * itself, so that the schema's own complaint is heard.
 *
 * @param type The `type` of the schema: a name, a list of names, or undefined.
 */
export function coerceText(text: string, type: Value | undefined): Value {
  const types = (Array.isArray(type) ? type : [type]).filter((one) => typeof one === 'string');
  if (types.length === 0 || types.includes('string')) return text;
  for (const one of types) {
    const value = readAs(text.trim(), one);
    if (value !== undefined) return value;
  }
  return text;
}

function readAs(text: string, type: string): Value | undefined {
  switch (type) {
    case 'integer':
      return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
    case 'number':
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'boolean':
      if (/^(?:true|yes|on|1)$/i.test(text)) return true;
      return /^(?:false|no|off|0)$/i.test(text) ? false : undefined;
    case 'null':
      return text === '' || text === 'null' ? null : undefined;
    case 'array':
    case 'object':
      return readJson(text, type);
    default:
      return undefined;
  }
}

function readJson(text: string, type: 'array' | 'object'): Value | undefined {
  try {
    // JSON.parse gives texts, numbers, booleans, null, lists and mappings only.
    const value = JSON.parse(text) as Value;
    if (typeof value !== 'object' || value === null) return undefined;
    return Array.isArray(value) === (type === 'array') ? value : undefined;
  } catch {
    return undefined;
  }
}
