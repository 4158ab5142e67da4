import type { DocumentPath, RawDocument, TextSpan } from '../model/document.ts';
import type { Place } from '../model/place.ts';
import { isValueMap, type Value } from '../model/value.ts';

/** A value in a document and the way to it. */
export interface Cursor {
  readonly document: RawDocument;
  readonly path: DocumentPath;
  readonly value: Value | undefined;
}

/** The root of a document. */
export function rootCursor(document: RawDocument): Cursor {
  return { document, path: [], value: document.value };
}

/** The value under a key or at an index; undefined in it where there is none. */
export function childOf(cursor: Cursor, key: string | number): Cursor {
  return { document: cursor.document, path: [...cursor.path, key], value: valueUnder(cursor.value, key) };
}

function valueUnder(value: Value | undefined, key: string | number): Value | undefined {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  return entriesOf(value)?.find(([one]) => one === String(key))?.[1];
}

/** A mapping's entries with keys as text, whichever form it has; undefined when the value is no mapping. */
export function entriesOf(value: Value | undefined): readonly (readonly [string, Value])[] | undefined {
  if (value instanceof Map) return [...value].map(([key, item]) => [String(key), item] as const);
  return isValueMap(value) ? Object.entries(value) : undefined;
}

/** Where the value stands, or a stretch of it where it is text. */
export function placeOf(cursor: Cursor, span?: TextSpan): Place {
  return cursor.document.locate(cursor.path, 'value', span);
}

/** Where the key of the value stands. */
export function keyPlace(cursor: Cursor): Place {
  return cursor.document.locate(cursor.path, 'key');
}
