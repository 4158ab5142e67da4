import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  type YAMLMap,
} from 'yaml';
import { nearest } from '../lib/suggest.ts';
import { type Diagnostic, type DiagnosticExtras, errorDiagnostic } from '../model/diagnostic.ts';
import type { Dialect } from '../model/document.ts';
import type { ErrorCode } from '../model/error-codes.ts';
import { Unsafe, type Value, VaultText } from '../model/value.ts';
import type { LineIndex } from './line-index.ts';
import { refusedKeys, toMapping } from './mapping.ts';
import { readOldScalar, readPlainScalar } from './yaml-scalar.ts';
import { strangeSpaceDiagnostic, templateDiagnostic } from './yaml-syntax.ts';
import { readTagged } from './yaml-tag.ts';

/** How many values aliases may stand for in one file, counted as if each were written out. */
const aliasBudget = 100_000;
const maxDepth = 64;

/** How YAML is read. */
export interface ReadOptions {
  readonly dialect: Dialect;
  /**
   * Whether the reading is that of Ansible's own reader where the project's files are better read otherwise: numbers
   * in octal are numbers, and of a key that stands twice the last value counts. Default false.
   */
  readonly exact?: boolean | undefined;
}

/** A file while its nodes become values. */
export interface Conversion {
  readonly lines: LineIndex;
  readonly dialect: Dialect;
  /** Whether all is read as Ansible's own reader does: see `ReadOptions`. */
  readonly exact: boolean;
  readonly diagnostics: Diagnostic[];
  readonly anchors: Map<string, Anchor>;
  /** What each alias stands for, for places. */
  readonly targets: Map<Alias, Node>;
  /** Nodes made so far, those behind aliases counted each time. */
  count: number;
  aliased: number;
}

interface Anchor {
  readonly node: Node;
  value: Value;
  size: number;
  depth: number;
  open: boolean;
}

/** Starts a conversion. */
export function startConversion(
  lines: LineIndex,
  { dialect, exact = false }: ReadOptions,
  diagnostics: Diagnostic[],
): Conversion {
  return { lines, dialect, exact, diagnostics, anchors: new Map(), targets: new Map(), count: 0, aliased: 0 };
}

/** The value of a node. Mistakes are added to the conversion's diagnostics; a mistaken value is null. */
export function toValue(node: unknown, to: Conversion, depth = 1): Value {
  to.count++;
  if (isAlias(node)) return aliasValue(node, to, depth);
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
  if (node.anchor === undefined) return untagged(node, to, depth);
  const anchor: Anchor = { node, value: null, size: to.count, depth, open: true };
  to.anchors.set(node.anchor, anchor);
  anchor.value = untagged(node, to, depth);
  anchor.size = to.count - anchor.size + 1;
  anchor.open = false;
  return anchor.value;
}

/** Adds an error at a node. */
export function complain(
  to: Conversion,
  node: Node,
  code: ErrorCode,
  message: string,
  extras: DiagnosticExtras = {},
) {
  const [start, end] = node.range ?? [0, 1];
  to.diagnostics.push(errorDiagnostic(code, message, { at: to.lines.place(start, end), ...extras }));
}

/** The value of a node, its tag set aside. */
export function untaggedValue(node: Node, to: Conversion, depth: number): Value {
  if (isScalar(node)) return scalarValue(node, to);
  if (isSeq(node)) return node.items.map((item) => toValue(item, to, depth + 1));
  return isMap(node) ? mapValue(node, to, depth) : null;
}

function untagged(node: Node, to: Conversion, depth: number): Value {
  if (node.tag === undefined) return untaggedValue(node, to, depth);
  const tagged = readTagged(node, to.dialect);
  switch (tagged.kind) {
    case 'plain':
      return untaggedValue(node, to, depth);
    case 'value':
      return tagged.value;
    case 'unsafe':
      return new Unsafe(untaggedValue(node, to, depth));
    case 'vault':
      return new VaultText(tagged.text, to.lines.place(...rangeOf(node)));
    case 'wrong':
      complain(to, node, 'RB109', tagged.message, { at: tagPlace(to, node), hint: tagged.hint });
      return null;
  }
}

/** Where a node's tag was written; its range starts behind it. */
function tagPlace(to: Conversion, node: Node) {
  const [start] = rangeOf(node);
  const { text } = to.lines.file;
  const tag = text.lastIndexOf('!', start - 1);
  const first = text.charAt(tag - 1) === '!' ? tag - 1 : tag;
  return to.lines.place(first, first + (/^\S+/.exec(text.slice(first, start))?.[0].length ?? 1));
}

function rangeOf(node: Node): [number, number] {
  return node.range ? [node.range[0], node.range[1]] : [0, 1];
}

function scalarValue(node: Scalar, to: Conversion): Value {
  // The failsafe schema gives every scalar as text.
  const text = String(node.value ?? '');
  if (node.type !== Scalar.PLAIN) return text;
  const first = text.charCodeAt(0);
  if (first > 127 && /^[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/.test(text)) {
    to.diagnostics.push(strangeSpaceDiagnostic(to.lines, rangeOf(node)[0]));
  }
  const read = to.exact ? readOldScalar(text) : readPlainScalar(text, to.dialect);
  if (read !== 'imprecise') return read.value;
  complain(to, node, 'RB110', `the number ${text} would lose digits: numbers keep 17 of them`, {
    hint: `put it in quotes if it is a version or an identifier: "${text}"`,
  });
  return text;
}

function mapValue(map: YAMLMap, to: Conversion, depth: number): Value {
  if (map.flow === true && isUnquotedTemplate(map, to)) return null;
  const merged: (readonly [Value, Value])[] = [];
  const own: (readonly [Value, Value])[] = [];
  const seen = new Map<Value, Node>();
  for (const pair of map.items) {
    if (isMergeKey(pair)) {
      merged.push(...mergedEntries(pair, to, depth));
      continue;
    }
    const key = keyValue(pair, to);
    const value = toValue(pair.value, to, depth + 1);
    if (key === undefined) continue;
    const earlier = to.exact ? undefined : seen.get(key);
    if (earlier) complainDuplicate(to, pair.key as Node, earlier);
    else seen.set(key, pair.key as Node);
    own.push([to.exact && typeof key === 'boolean' ? sameKey(own, key) : key, value]);
  }
  if (to.exact) return toMapping([...new Map([...merged, ...own])]);
  if (merged.length === 0) return toMapping(own);
  return toMapping([...new Map([...merged, ...own])]);
}

/** The key among those before that equals a boolean, as 1 and 0 do in Python; else the boolean. */
function sameKey(own: readonly (readonly [Value, Value])[], key: boolean): Value {
  return own.find(([other]) => other === Number(key))?.[0] ?? key;
}

function complainDuplicate(to: Conversion, key: Node, earlier: Node): void {
  const name = to.lines.file.text.slice(...rangeOf(key));
  complain(to, key, 'RB104', `the key ${name} stands twice in one mapping`, {
    related: [{ at: to.lines.place(...rangeOf(earlier)), note: 'first here' }],
    hint: 'keep one of the two',
  });
}

/** A key's value, or undefined when it cannot be a key. */
function keyValue(pair: Pair, to: Conversion): Value | undefined {
  // Keys of parsed documents are nodes.
  const node = pair.key as Node;
  const key = toValue(node, to);
  if (typeof key === 'string' && refusedKeys.has(key)) {
    complain(to, node, 'RB111', `the key ${key} is not allowed`, { hint: 'choose another name' });
    return undefined;
  }
  if (typeof key !== 'object' || key === null) return key;
  // A template without quotes as a key was already explained.
  if (!to.lines.file.text.startsWith('{{', node.range?.[0])) {
    complain(to, node, 'RB103', 'a key must be a text, a number or a boolean', { hint: 'put it in quotes' });
  }
  return undefined;
}

function isUnquotedTemplate(map: YAMLMap, to: Conversion): boolean {
  const [start, end] = rangeOf(map);
  const { text } = to.lines.file;
  if (!text.startsWith('{{', start)) return false;
  to.diagnostics.push(
    templateDiagnostic(to.lines, start, text.slice(start, end).replaceAll(/\s*\n\s*/g, ' ')),
  );
  return true;
}

/** Whether a pair is a merge key: `<<` without quotes. */
export function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === Scalar.PLAIN;
}

function mergedEntries(pair: Pair, to: Conversion, depth: number): (readonly [Value, Value])[] {
  const value = toValue(pair.value, to, depth + 1);
  const sources = Array.isArray(value) ? value : [value];
  const entries: (readonly [Value, Value])[] = [];
  // An earlier mapping of the list wins, so the last one is laid down first.
  for (const source of [...sources].reverse()) {
    if (source instanceof Map) entries.push(...source);
    else if (isPlainMapping(source)) entries.push(...Object.entries(source));
    else if (isAlias(pair.value) && !to.targets.has(pair.value)) return [];
    else complain(to, pair.key as Node, 'RB103', 'a merge key << takes a mapping or a list of mappings');
  }
  return entries;
}

function isPlainMapping(value: Value): value is Record<string, Value> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}

function aliasValue(node: Alias, to: Conversion, depth: number): Value {
  const anchor = to.anchors.get(node.source);
  if (anchor === undefined) {
    const guess = nearest(node.source, to.anchors.keys());
    const near = guess === undefined ? '' : ` — did you mean "*${guess}"?`;
    const hint = 'an unquoted * starts an alias: put the value in quotes if it is text';
    complain(to, node, 'RB103', `no anchor &${node.source} stands above this alias${near}`, { hint });
    return null;
  }
  if (anchor.open) {
    complain(to, node, 'RB103', `the alias *${node.source} stands inside what it stands for`);
    return null;
  }
  to.targets.set(node, anchor.node);
  to.count += anchor.size - 1;
  const before = to.aliased;
  to.aliased += anchor.size;
  if (before <= aliasBudget && to.aliased > aliasBudget) {
    complain(to, node, 'RB107', `the aliases of this file stand for more than ${aliasBudget} values`, {
      hint: 'write out what is meant, or make it a variable',
    });
  }
  return to.aliased > aliasBudget || isTooDeep(anchor, node, to, depth) ? null : anchor.value;
}

/** Whether the alias takes the document deeper than a file may be written. */
function isTooDeep(anchor: Anchor, node: Alias, to: Conversion, depth: number): boolean {
  if (isScalar(anchor.node)) return false;
  const deep = depth + heightOf(anchor.value) > maxDepth;
  if (deep) complain(to, node, 'RB108', `this alias makes the file more than ${maxDepth} levels deep`);
  return deep;
}

function heightOf(value: Value): number {
  if (Array.isArray(value)) return 1 + value.reduce((most, item) => Math.max(most, heightOf(item)), 0);
  if (value instanceof Map) return 1 + Math.max(0, ...[...value.values()].map(heightOf));
  if (!isPlainMapping(value)) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(heightOf));
}
