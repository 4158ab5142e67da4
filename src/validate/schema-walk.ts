import { z } from 'zod';

/** The schema behind `optional`, `default`, `nullable`, transforms and the like. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNonOptional ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch
  )
    return unwrap(schema.def.innerType);
  if (schema instanceof z.ZodLazy) return unwrap(schema.def.getter());
  if (schema instanceof z.ZodPipe)
    return unwrap(schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in);
  return schema;
}

/** The branches of a union, of unions in it too; a schema that is none is its only branch. */
export function branchesOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const inner = unwrap(schema);
  return inner instanceof z.ZodUnion ? inner.def.options.flatMap(branchesOf) : [inner];
}

/** The schemas that a value at `path` below `schema` is checked by; several where unions stand on the way. */
export function schemasAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly z.core.$ZodType[] {
  const branches = branchesOf(schema);
  const [key, ...rest] = path;
  if (key === undefined) return branches;
  return branches.flatMap((branch) => {
    const below = under(branch, key);
    return below === undefined ? [] : schemasAt(below, rest);
  });
}

function under(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) {
    const { shape, catchall } = schema.def;
    return shape[String(key)] ?? (catchall instanceof z.ZodNever ? undefined : catchall);
  }
  if (schema instanceof z.ZodRecord) return schema.def.valueType;
  if (schema instanceof z.ZodArray) return typeof key === 'number' ? schema.def.element : undefined;
  if (schema instanceof z.ZodTuple) return schema.def.items[Number(key)] ?? undefined;
  return undefined;
}

/** The keys that the mapping at `path` may have, as far as the schema names them. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const objects = schemasAt(schema, path).filter((one) => one instanceof z.ZodObject);
  return [...new Set(objects.flatMap((one) => Object.keys(one.def.shape)))];
}

/** What a schema asks for, in words: `a whole number`, `one of "a", "b"`. */
export function describeExpected(schema: z.core.$ZodType): string {
  const phrases = branchesOf(schema).map(describeBranch);
  return joinOr([...new Set(phrases)]);
}

/** The values that a schema lists, where it lists all of them. */
export function listedValues(schema: z.core.$ZodType): readonly unknown[] {
  if (schema instanceof z.ZodEnum) return Object.values(schema.def.entries);
  if (schema instanceof z.ZodLiteral) return schema.def.values;
  return [];
}

function describeBranch(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodString || schema instanceof z.ZodTemplateLiteral) return 'text';
  if (schema instanceof z.ZodNumber) return schema.format === 'safeint' ? 'a whole number' : 'a number';
  if (schema instanceof z.ZodNumberFormat) return 'a whole number';
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodArray || schema instanceof z.ZodTuple) return 'a list';
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return 'a mapping';
  if (schema instanceof z.ZodNull) return 'nothing';
  const values = listedValues(schema).map((value) => JSON.stringify(value));
  if (values.length === 0) return 'another value';
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function joinOr(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
