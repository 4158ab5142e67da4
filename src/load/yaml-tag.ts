import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { nearest } from '../lib/suggest.ts';
import type { Dialect } from '../model/document.ts';
import type { Value } from '../model/value.ts';
import { readPlainScalar } from './yaml-scalar.ts';

/** What a tag makes of its node. */
export type Tagged =
  | { readonly kind: 'plain' }
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'unsafe' }
  | { readonly kind: 'vault'; readonly text: string }
  | { readonly kind: 'wrong'; readonly message: string; readonly hint?: string };

const core = 'tag:yaml.org,2002:';
const known = ['!vault', '!unsafe', '!!str', '!!int', '!!float', '!!bool', '!!null', '!!map', '!!seq'];

/** Reads a node's tag: the core tags of YAML, `!vault` and `!unsafe`. */
export function readTagged(node: Node, dialect: Dialect): Tagged {
  const tag = node.tag ?? '';
  const text = isScalar(node) ? String(node.value ?? '') : undefined;
  switch (tag) {
    case '!unsafe':
      return { kind: 'unsafe' };
    case '!vault':
    case '!vault-encrypted':
      if (text !== undefined) return { kind: 'vault', text };
      return {
        kind: 'wrong',
        message: 'a !vault value is an encrypted text',
        hint: 'write !vault | and the text below it',
      };
    case `${core}map`:
      return isMap(node) ? { kind: 'plain' } : mismatch(tag);
    case `${core}seq`:
      return isSeq(node) ? { kind: 'plain' } : mismatch(tag);
    case '!':
    case `${core}str`:
      return text === undefined ? mismatch(tag) : { kind: 'value', value: text };
    case `${core}int`:
    case `${core}float`:
    case `${core}bool`:
    case `${core}null`:
      return typedScalar(tag, text, dialect);
    default:
      return unknownTag(tag);
  }
}

function typedScalar(tag: string, text: string | undefined, dialect: Dialect): Tagged {
  const read = text === undefined ? 'imprecise' : readPlainScalar(text, dialect);
  if (read === 'imprecise') return mismatch(tag);
  const { value } = read;
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  const fits =
    (tag === `${core}null` && value === null) ||
    (tag === `${core}bool` && typeof value === 'boolean') ||
    (tag === `${core}int` && isNumber && (typeof value === 'bigint' || Number.isInteger(value))) ||
    (tag === `${core}float` && (isNumber || typeof value === 'object'));
  return fits ? { kind: 'value', value } : mismatch(tag);
}

function mismatch(tag: string): Tagged {
  return { kind: 'wrong', message: `the value does not fit its tag ${shortTag(tag)}` };
}

function unknownTag(tag: string): Tagged {
  const short = shortTag(tag);
  const guess = nearest(short, known);
  return {
    kind: 'wrong',
    message: `the tag ${short} is not known${guess === undefined ? '' : ` — did you mean "${guess}"?`}`,
    hint: `tags that are read: ${known.join(' ')}; a text that starts with ! needs quotes`,
  };
}

function shortTag(tag: string): string {
  return tag.startsWith(core) ? `!!${tag.slice(core.length)}` : tag;
}
