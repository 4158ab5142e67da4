import { failure } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Plan } from '../model/plan.ts';
import { Float, isValueMap, Secret, Unsafe, type Value, VaultText } from '../model/value.ts';
import { deepFreeze } from './deep-freeze.ts';

/** Where a secret stands that a plan file only refers to. */
export interface SecretReference {
  /** The label of the layer of variables that holds it; empty for a secret outside of layers. */
  readonly layer: string;
  /** The way to it: from the layer's values, or from the root of the plan. */
  readonly path: readonly string[];
  /** The name under which it is shown. */
  readonly name: string;
}

/** Finds a secret again when a plan is read, by loading the layer once more; undefined where it is gone. */
export type SecretSource = (reference: SecretReference) => Value | undefined;

/**
 * Writes a plan as JSON. A secret is never written: a reference to it is, with the layer that defines it. Vault texts
 * are written as they are, encrypted. Values that JSON has no form for are objects with one key that begins with `$`.
 */
export function planToJson(plan: Plan): string {
  return JSON.stringify(encode(plan, { layer: '', path: [] }));
}

/**
 * Reads a plan that `planToJson` wrote, frozen.
 *
 * @throws RunbookError RB313 when the text is no plan, is of another version, or a secret it refers to is not found.
 */
export function planFromJson(text: string, secrets: SecretSource = () => undefined): Plan {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw wrongPlan(`it is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const plan = decode(raw, secrets);
  if (!isPlan(plan)) throw wrongPlan('it is no plan of version 1');
  for (const [index, node] of plan.nodes.entries()) {
    if (node.id !== index || node.after.some(({ from }) => plan.nodes[from] === undefined))
      throw wrongPlan(`its node ${index} is damaged`);
  }
  return deepFreeze(plan);
}

function wrongPlan(reason: string): Error {
  return failure('RB313', `the plan file cannot be used: ${reason}`, {
    hint: 'write it anew with `runbook plan -o FILE`',
  });
}

/** The parts that are looked at before the rest is trusted: the file was written by `planToJson` or it is refused. */
function isPlan(value: unknown): value is Plan {
  if (!isValueMap(value) || value['version'] !== 1) return false;
  const lists = ['hosts', 'plays', 'steps', 'blocks', 'nodes', 'eventLinks', 'layers', 'warnings'];
  if (!lists.every((key) => Array.isArray(value[key]))) return false;
  const { nodes } = value;
  return Array.isArray(nodes) && nodes.every((node) => isValueMap(node) && Array.isArray(node['after']));
}

interface Position {
  readonly layer: string;
  readonly path: readonly string[];
}

function encode(value: unknown, position: Position): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((item, index) => (isSimple(item) ? item : encode(item, below(position, String(index)))));
  if (value instanceof Secret) return { $secret: { ...position, name: value.name } };
  if (value instanceof Float) return { $float: encode(value.value, position) };
  if (value instanceof VaultText) return { $vault: { text: value.text, at: value.at } };
  if (value instanceof Unsafe) return { $unsafe: encode(value.value, position) };
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) => [
      encode(key, position),
      encode(item, below(position, String(key))),
    ]);
    return { $map: entries };
  }
  return encodeObject(value, position);
}

function encodeObject(value: object, position: Position): unknown {
  const isLayer = 'label' in value && 'values' in value && typeof value.label === 'string';
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]): [string, unknown] => {
      if (isSimple(item)) return [key, item];
      const inner =
        isLayer && key === 'values' ? { layer: String(value.label), path: [] } : below(position, key);
      return [key, encode(item, inner)];
    });
  const needsForm = entries.some(([key]) => key.startsWith('$') || key === '__proto__');
  return needsForm ? { $object: entries } : Object.fromEntries(entries);
}

/** Most of a plan: what JSON writes as it is. */
function isSimple(item: unknown): boolean {
  return typeof item === 'string' || typeof item === 'boolean' || Number.isFinite(item);
}

function below(position: Position, key: string): Position {
  return { layer: position.layer, path: [...position.path, key] };
}

function decode(value: unknown, secrets: SecretSource): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => decode(item, secrets));
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0].startsWith('$')) return decodeForm(first[0], first[1], secrets);
  return Object.fromEntries(entries.map(([key, item]) => [key, decode(item, secrets)]));
}

function decodeForm(form: string, content: unknown, secrets: SecretSource): unknown {
  switch (form) {
    case '$bigint':
      return BigInt(String(content));
    case '$number':
      return Number(content);
    case '$float':
      return new Float(Number(decode(content, secrets)));
    case '$vault': {
      // Written by `encode` from a vault text; its two parts are what they were.
      const { text, at } = content as { text: string; at: Place };
      return new VaultText(text, at);
    }
    case '$unsafe':
      return new Unsafe(decode(content, secrets) as Value);
    case '$map':
      return new Map(pairsOf(content).map(([key, item]) => [decode(key, secrets), decode(item, secrets)]));
    case '$object':
      return Object.fromEntries(pairsOf(content).map(([key, item]) => [String(key), decode(item, secrets)]));
    case '$secret':
      return findSecret(content as SecretReference, secrets);
    default:
      throw wrongPlan(`it holds the unknown form ${form}`);
  }
}

function pairsOf(content: unknown): [unknown, unknown][] {
  if (!Array.isArray(content)) throw wrongPlan('a list of pairs is damaged');
  return content.map((pair: unknown) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw wrongPlan('a list of pairs is damaged');
    return [pair[0], pair[1]];
  });
}

function findSecret(reference: SecretReference, secrets: SecretSource): Value {
  const found = secrets(reference);
  if (found !== undefined) return found;
  const owner = reference.layer === '' ? 'the plan' : reference.layer;
  throw wrongPlan(`the secret ${reference.path.join('.')} of ${owner} is not found`);
}
