import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, Scalar } from 'yaml';
import type { DocumentPath, TextSpan } from '../model/document.ts';
import type { Place } from '../model/place.ts';
import type { LineIndex } from './line-index.ts';
import { isMergeKey } from './yaml-value.ts';

/** What places are looked up in. */
export interface LocatedTree {
  readonly root: Node | null;
  readonly lines: LineIndex;
  readonly targets: ReadonlyMap<Alias, Node>;
}

/** The place of the value, or the key, that a path leads to; see `RawDocument.locate`. */
export function locateInTree(
  tree: LocatedTree,
  path: DocumentPath,
  part: 'key' | 'value',
  span?: TextSpan,
): Place {
  let node = tree.root;
  let key: Node | undefined;
  for (const step of path) {
    const found = child(tree, resolve(tree, node), step);
    if (found === undefined) break;
    key = found.key;
    // A key without a value has its place where its key stands.
    node = found.value ?? found.key ?? node;
  }
  if (part === 'key' && key !== undefined) return nodePlace(tree, key);
  if (node === null) return tree.lines.place(0);
  return (span && isScalar(node) && spanPlace(tree, node, span)) || nodePlace(tree, node);
}

function resolve(tree: LocatedTree, node: Node | null): Node | null {
  return isAlias(node) ? (tree.targets.get(node) ?? node) : node;
}

interface Child {
  readonly key: Node | undefined;
  readonly value: Node | null;
}

function child(tree: LocatedTree, parent: Node | null, step: string | number): Child | undefined {
  if (isSeq(parent)) {
    // Items of a parsed list are nodes.
    const item = typeof step === 'number' ? (parent.items[step] as Node | undefined) : undefined;
    return item === undefined ? undefined : { key: undefined, value: item };
  }
  if (!isMap(parent)) return undefined;
  const name = String(step);
  const pair = parent.items.find((one) => !isMergeKey(one) && keyName(tree, one) === name);
  if (pair) return { key: pair.key as Node, value: (pair.value as Node | null) ?? null };
  for (const merge of parent.items.filter(isMergeKey)) {
    const source = resolve(tree, merge.value as Node | null);
    const sources = isSeq(source) ? source.items.map((item) => resolve(tree, item as Node)) : [source];
    for (const one of sources) {
      const found = child(tree, one, step);
      if (found) return found;
    }
  }
  return undefined;
}

function keyName(tree: LocatedTree, pair: Pair): string | undefined {
  const key = resolve(tree, pair.key as Node | null);
  return isScalar(key) ? String(key.value ?? '') : undefined;
}

function nodePlace(tree: LocatedTree, node: Node): Place {
  const [start, end] = node.range ?? [0, 1];
  if (isMap(node) && node.flow !== true) {
    const first = node.items[0]?.key as Node | undefined;
    return first?.range ? tree.lines.place(start, first.range[1]) : tree.lines.place(start);
  }
  return isSeq(node) && node.flow !== true ? tree.lines.place(start) : tree.lines.place(start, end);
}

/** The place of part of a text, where each character of it stands for one of the file. */
function spanPlace(tree: LocatedTree, node: Scalar, span: TextSpan): Place | undefined {
  const [start, end] = node.range ?? [0, 0];
  const source = tree.lines.file.text.slice(start, end);
  const value = String(node.value ?? '');
  if (node.type === Scalar.BLOCK_LITERAL) return literalPlace(tree, start, source, value, span);
  const skip = node.type === Scalar.PLAIN ? 0 : 1;
  if (source.slice(skip, skip + value.length) !== value) return undefined;
  const from = start + skip + span.offset;
  return tree.lines.place(from, from + span.length);
}

function literalPlace(tree: LocatedTree, start: number, source: string, value: string, span: TextSpan) {
  const before = value.slice(0, span.offset).split('\n');
  const row = before.length - 1;
  const lineText = value.split('\n')[row] ?? '';
  const line = tree.lines.lineAt(start) + 1 + row;
  const indent = tree.lines.textOf(line).length - lineText.length;
  if (indent < 0 || !tree.lines.textOf(line).endsWith(lineText) || !source.includes('\n')) return undefined;
  const from = tree.lines.startOf(line) + indent + (before[row]?.length ?? 0);
  return tree.lines.place(from, from + Math.min(span.length, Math.max(1, lineText.length)));
}
