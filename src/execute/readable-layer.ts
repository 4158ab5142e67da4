import { isValueMap, Secret, type Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import { type Decrypt, needsReading, readableValue } from './readable-value.ts';

/**
 * Makes layers readable for the template engine: an encrypted value is decrypted when, and only when, it is read, and
 * then kept; an unsafe one is never rendered. A layer without any comes back as it is. Every secret that a layer holds
 * is told to `remember`.
 */
export function createLayerReader(
  decrypt: Decrypt,
  remember: (secret: Secret) => void,
): (layer: VariableLayer) => VariableLayer {
  const known = new WeakMap<VariableLayer, VariableLayer>();
  return (layer) => {
    // Data from hosts changes all the time, and holds neither.
    if (layer.templated === false) return layer;
    const before = known.get(layer);
    if (before !== undefined) return before;
    for (const value of Object.values(layer.values)) eachSecret(value, remember);
    const readable = readableLayer(layer, decrypt);
    known.set(layer, readable);
    return readable;
  };
}

function readableLayer(layer: VariableLayer, decrypt: Decrypt): VariableLayer {
  const names = Object.keys(layer.values).filter((name) => needsReading(layer.values[name] ?? null));
  if (names.length === 0) return layer;
  const values: Record<string, Value> = Object.assign(Object.create(null), layer.values);
  for (const name of names) {
    const written = layer.values[name] ?? null;
    let read: { readonly value: Value } | undefined;
    const get = () => {
      read ??= { value: readableValue(written, (text) => decrypt(text, name)) };
      return read.value;
    };
    Object.defineProperty(values, name, { get, enumerable: true, configurable: true });
  }
  return { ...layer, values };
}

function eachSecret(value: Value, visit: (secret: Secret) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Secret) visit(value);
  else if (Array.isArray(value)) for (const entry of value) eachSecret(entry, visit);
  else if (value instanceof Map) for (const entry of value.values()) eachSecret(entry, visit);
  else if (isValueMap(value)) for (const entry of Object.values(value)) eachSecret(entry, visit);
}
