import type { Datum } from './datum.ts';
import { readLiteral } from './python/read-literal.ts';

/** Characters of the longest text that is read as data: reading takes time that no budget counts. */
const longestText = 8 * 1024 * 1024;

/** Filters whose text is meant as text, though it looks like data. */
const endsInTextFilter =
  /\|\s*(?:string|to_json|to_nice_json|to_yaml|to_nice_yaml|ppretty|json)(?:\([^|]*\))?\s*\)?\s*\}\}/;

/**
 * What a text made by a template is in Ansible: a list, a mapping or a boolean where it is written as such, unless the
 * template's last filter makes texts. All other texts are what they are.
 */
export function textAsData(text: string, template: string): Datum {
  const looksLikeData = /^(?:\{(?!\{)|\[|True$|False$)/.test(text);
  if (!looksLikeData || text.length > longestText || endsInTextFilter.test(template)) return text;
  const data = readLiteral(text);
  return data === undefined ? text : data;
}
