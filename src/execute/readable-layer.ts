import { isValueMap, Secret, type Value, VaultText } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';

/** Decrypts an encrypted text. Throws a `RunbookError` where it cannot. */
export type Decrypt = (text: VaultText) => Secret;

/**
 * Makes layers readable: their encrypted values are decrypted when, and only when, one is read, and then kept. A layer
 * without any comes back as it is. Every secret that a layer holds, or that is decrypted, is told to `remember`.
 */
export function createLayerReader(
  decrypt: Decrypt,
  remember: (secret: Secret) => void,
): (layer: VariableLayer) => VariableLayer {
  const decryptKnown: Decrypt = (text) => {
    const secret = decrypt(text);
    remember(secret);
    return secret;
  };
  const known = new WeakMap<VariableLayer, VariableLayer>();
  return (layer) => {
    // Data from hosts changes all the time and holds no encrypted text.
    if (layer.templated === false) return layer;
    const before = known.get(layer);
    if (before !== undefined) return before;
    for (const value of Object.values(layer.values)) eachSecret(value, remember);
    const readable = readableLayer(layer, decryptKnown);
    known.set(layer, readable);
    return readable;
  };
}

function readableLayer(layer: VariableLayer, decrypt: Decrypt): VariableLayer {
  const encrypted = Object.keys(layer.values).filter((name) => holdsVaultText(layer.values[name] ?? null));
  if (encrypted.length === 0) return layer;
  const values: Record<string, Value> = Object.assign(Object.create(null), layer.values);
  for (const name of encrypted) {
    const written = layer.values[name] ?? null;
    let read: { readonly value: Value } | undefined;
    const get = () => {
      read ??= { value: decrypted(written, decrypt) };
      return read.value;
    };
    Object.defineProperty(values, name, { get, enumerable: true, configurable: true });
  }
  return { ...layer, values };
}

function holdsVaultText(value: Value): boolean {
  if (value instanceof VaultText) return true;
  if (Array.isArray(value)) return value.some((entry: Value) => holdsVaultText(entry));
  if (value instanceof Map) return [...value.values()].some((entry: Value) => holdsVaultText(entry));
  return isValueMap(value) && Object.values(value).some((entry) => holdsVaultText(entry));
}

function eachSecret(value: Value, visit: (secret: Secret) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Secret) visit(value);
  else if (Array.isArray(value)) for (const entry of value) eachSecret(entry, visit);
  else if (value instanceof Map) for (const entry of value.values()) eachSecret(entry, visit);
  else if (isValueMap(value)) for (const entry of Object.values(value)) eachSecret(entry, visit);
}

/** The value with its encrypted texts as secrets. */
function decrypted(value: Value, decrypt: Decrypt): Value {
  if (value instanceof VaultText) return decrypt(value);
  if (!holdsVaultText(value)) return value;
  if (Array.isArray(value)) return value.map((entry: Value) => decrypted(entry, decrypt));
  if (value instanceof Map)
    return new Map([...value].map(([key, entry]) => [key, decrypted(entry, decrypt)]));
  if (!isValueMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, decrypted(entry, decrypt)]));
}
