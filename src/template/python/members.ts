import { Secret } from '../../model/value.ts';
import {
  Bytes,
  type CallArguments,
  Callable,
  type Datum,
  Markup,
  orElse,
  type Run,
  TemplateObject,
  Tuple,
  Undefined,
} from '../datum.ts';
import { callNative, type Native, seal } from '../native.ts';
import { bytesMethods, dictMethods, listMethods } from './container-methods.ts';
import { dictGet, dictKeys, isDict } from './dict.ts';
import { formatMethod } from './format-method.ts';
import { isNumber } from './number.ts';
import { floatMethods, integerMethods, numberAttribute } from './number-members.ts';
import { stringMethods } from './string-methods.ts';
import { isFloat, isInteger, isList, isText, typeName } from './types.ts';

type Methods = Readonly<Record<string, Native>>;
const tupleMethods: Methods = Object.fromEntries(
  ['count', 'index'].flatMap((name) => pick(listMethods, name)),
);
const noMethods: Methods = {};

function pick(methods: Methods, name: string): [string, Native][] {
  const method = methods[name];
  return method === undefined ? [] : [[name, method]];
}

function methodsOf(value: Datum): Methods {
  if (isText(value)) return stringMethods;
  if (isList(value)) return value instanceof Tuple ? tupleMethods : listMethods;
  if (isDict(value)) return dictMethods;
  if (isInteger(value)) return integerMethods;
  if (isFloat(value)) return floatMethods;
  return value instanceof Bytes ? bytesMethods : noMethods;
}

function methodOf(value: Datum, name: string): Native | undefined {
  const methods = methodsOf(value);
  return Object.hasOwn(methods, name) ? methods[name] : undefined;
}

/** `value.name(arguments)` without making a function object in between; undefined where there is no such method. */
export function callMethod(run: Run, value: Datum, name: string, given: CallArguments): Datum | undefined {
  if (value instanceof Secret) {
    const result = callMethod(run, run.open(value), name, given);
    return result === undefined ? undefined : seal(result, value.name);
  }
  if (name === 'format' && isText(value)) return callFormat(run, value, given);
  const method = methodOf(value, name);
  if (method === undefined) return undefined;
  const self = value instanceof Markup ? value.text : value;
  return callNative(run, `"${name}"`, method, { ...given, positional: [self, ...given.positional] });
}

function callFormat(run: Run, value: string | Markup, given: CallArguments): Datum {
  const before = run.revealed;
  run.revealed = undefined;
  try {
    const text = formatMethod(run, typeof value === 'string' ? value : value.text, given, readMember);
    return run.revealed === undefined ? text : seal(text, run.revealed);
  } finally {
    run.revealed = before;
  }
}

function readMember(run: Run, target: Datum, name: string, isItem: boolean): Datum {
  const key = isItem && /^\d+$/.test(name) ? Number(name) : name;
  // Unlike the language of templates, a format string reads no keys of mappings by `.name`.
  const isKey = !isItem && isDict(target) && boundMethod(target, name) === undefined;
  if (isKey) throw run.fail(`a mapping has no attribute "${name}"; write "[${name}]" in the format string`);
  const value = isItem ? getItem(run, target, key, name) : getAttribute(run, target, name, name);
  if (value instanceof Undefined) throw value.toError();
  return value;
}

/** A method as a value, or undefined where there is none. */
function boundMethod(value: Datum, name: string): Callable | undefined {
  const known = methodOf(value, name) !== undefined || (name === 'format' && isText(value));
  if (!known) return undefined;
  const label = `built-in method ${name} of ${typeName(value)} object`;
  return new Callable(label, (run, given) => orElse(callMethod(run, value, name, given), () => null));
}

/** A method of a secret's text: what it gives is secret. */
function secretMethod(run: Run, value: Secret, name: string): Callable | undefined {
  if (boundMethod(run.open(value), name) === undefined) return undefined;
  return new Callable(`built-in method ${name} of str object`, (inner, given) =>
    orElse(callMethod(inner, value, name, given), () => null),
  );
}

/**
 * `value.name`: a method or attribute first, then an item of that name. `path` is how the template reads it, for
 * messages. What does not exist is undefined.
 */
export function getAttribute(run: Run, value: Datum, name: string, path: string): Datum {
  if (value instanceof Undefined) return value;
  if (value instanceof Secret) return secretMethod(run, value, name) ?? missing(run, value, path);
  const found = attributeOf(value, name);
  return orElse(found, () => missing(run, value, path));
}

function attributeOf(value: Datum, name: string): Datum | undefined {
  if (isDict(value)) return boundMethod(value, name) ?? dictGet(value, name);
  if (value instanceof TemplateObject) {
    const own = value.attribute(name);
    return own === undefined ? (boundMethod(value, name) ?? value.item(name)) : own;
  }
  return boundMethod(value, name) ?? (isNumber(value) ? numberAttribute(value, name) : undefined);
}

/** `value[key]`: an item first, then a method or attribute of that name. */
export function getItem(run: Run, value: Datum, key: Datum, path: string): Datum {
  if (value instanceof Undefined) return value;
  if (key instanceof Undefined) throw key.toError();
  const plainKey = key instanceof Secret ? run.open(key) : key;
  if (value instanceof Secret) {
    if (typeof plainKey === 'string') return getAttribute(run, value, plainKey, path);
    return seal(getItem(run, run.open(value), plainKey, path), value.name);
  }
  const item = itemAt(value, plainKey);
  if (item !== undefined) return item;
  if (typeof plainKey !== 'string') return missing(run, value, path);
  const attribute = value instanceof TemplateObject && !isDict(value) ? value.attribute(plainKey) : undefined;
  if (attribute !== undefined) return attribute;
  return boundMethod(value, plainKey) ?? missing(run, value, path);
}

function itemAt(value: Datum, key: Datum): Datum | undefined {
  if (isDict(value)) return dictGet(value, key);
  if (value instanceof TemplateObject && !(value instanceof Markup)) return value.item(key);
  if (!isNumber(key) || !isInteger(key)) return undefined;
  const index = Number(key);
  if (isList(value)) return value.at(index);
  if (isText(value)) return [...(typeof value === 'string' ? value : value.text)].at(index);
  return undefined;
}

function missing(run: Run, value: Datum, path: string): Undefined {
  return new Undefined(path, run.site, {
    candidates: () =>
      isDict(value) ? dictKeys(value).filter((key): key is string => typeof key === 'string') : [],
  });
}
