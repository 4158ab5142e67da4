import type { Value } from '../model/value.ts';
import type { ResultRecord } from './settled.ts';

/**
 * A result of which only some fields are known: whoever reads another one, or all of them, is noted by `note` and sees
 * it as absent.
 */
export function partlyKnown(known: ResultRecord, note: () => void): Value {
  const noteOther = (fields: ResultRecord, name: string | symbol) => {
    if (typeof name === 'string' && !Object.hasOwn(fields, name)) note();
  };
  return new Proxy(known, {
    get: (fields, name) => {
      noteOther(fields, name);
      return Reflect.get(fields, name);
    },
    has: (fields, name) => {
      noteOther(fields, name);
      return Reflect.has(fields, name);
    },
    getOwnPropertyDescriptor: (fields, name) => {
      noteOther(fields, name);
      return Reflect.getOwnPropertyDescriptor(fields, name);
    },
    ownKeys: (fields) => {
      note();
      return Reflect.ownKeys(fields);
    },
  });
}
