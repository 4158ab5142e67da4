import { type Document, isScalar, Scalar, visit } from 'yaml';
import { Float, type Value } from '../model/value.ts';
import { readPlainScalar } from './yaml-scalar.ts';

/** Gives every unquoted scalar a form that YAML 1.2 reads as YAML 1.1 reads the one that is written. */
export function importScalars(document: Document): void {
  visit(document, {
    Scalar(_key, node) {
      if (node.type !== Scalar.PLAIN || node.tag !== undefined || typeof node.value !== 'string') return;
      const written = node.value;
      const old = readPlainScalar(written, 'ansible');
      const now = readPlainScalar(written, 'native');
      if (old === 'imprecise' || now === 'imprecise') return;
      const isOctal = typeof old.value === 'string' && /^0o?[0-7]+$/.test(written) && written !== '0';
      if (isOctal) setText(node, String(old.value));
      else if (!isSame(old.value, now.value)) setValue(node, old.value);
    },
  });
}

function isSame(one: Value, other: Value): boolean {
  if (one instanceof Float && other instanceof Float) return Object.is(one.value, other.value);
  return Object.is(one, other);
}

function setValue(node: Scalar, value: Value): void {
  if (typeof value === 'string') setText(node, value);
  else node.value = value instanceof Float ? value.value.toFixed(1) : String(value);
}

function setText(node: Scalar, text: string): void {
  node.value = text;
  node.type = Scalar.QUOTE_DOUBLE;
}

/** A text as a node: in quotes where it would be read as something else. */
export function textNode(text: string): Scalar {
  const node = new Scalar(text);
  const read = readPlainScalar(text, 'native');
  const old = readPlainScalar(text, 'ansible');
  const isText =
    [read, old].every((one) => one !== 'imprecise' && one.value === text) && !/^[-+]?0o?\d/.test(text);
  node.type = isText ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
  return node;
}

/** The text of a scalar; undefined for everything else. */
export function textOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}
