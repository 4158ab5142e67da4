import { z } from 'zod';
import { booleanWord } from './scalars.ts';

/** A JSON Schema as data. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

/** Texts that hold a template. */
export const templateSchema: JsonSchema = { type: 'string', pattern: '\\{\\{|\\{%' };

/** A reference to a definition of the same file. */
export function refTo(definition: string): JsonSchema {
  return { $ref: `#/$defs/${definition}` };
}

/** A schema with the words that editors show; beside a reference they would be lost. */
export function described(schema: JsonSchema, description: unknown): JsonSchema {
  if (description === undefined) return schema;
  return '$ref' in schema ? { description, allOf: [schema] } : { description, ...schema };
}

/** The mark of values that a schema converts before it reads them. */
const converted = 'x-converted';

/** A zod schema as a JSON Schema of what may be written. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  const made: JsonSchema = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema instanceof z.ZodPipe && zodSchema.def.in instanceof z.ZodTransform)
        Object.assign(jsonSchema, { [converted]: true });
      // zod leaves out the default of a value that it converts, as it might have another type before that.
      if (zodSchema instanceof z.ZodDefault && isPlain(zodSchema.def.defaultValue))
        jsonSchema.default = zodSchema.def.defaultValue;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const { $schema: _, ...rest } = made;
  return rest;
}

/**
 * Widens a schema of rendered values to what may be written: each value that is more than any text may be a template,
 * and a value that is converted may come in the other forms that its conversion reads.
 */
export function widen(schema: JsonSchema): JsonSchema {
  const { description, default: preset, deprecated, [converted]: isConverted, ...core } = schema;
  const inner = widenBelow(core);
  const kept = {
    ...(description !== undefined && { description }),
    ...(preset !== undefined && { default: preset }),
    ...(deprecated !== undefined && { deprecated }),
  };
  const forms = isConverted === true ? convertedForms(core) : [];
  if (forms.length === 0 && (isAnyText(core) || Object.keys(core).length === 0)) return { ...inner, ...kept };
  return { anyOf: [inner, ...forms, refTo('template')], ...kept };
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isAnyText(schema: JsonSchema): boolean {
  return schema['type'] === 'string' && Object.keys(schema).length === 1;
}

function convertedForms(core: JsonSchema): readonly JsonSchema[] {
  switch (core['type']) {
    case 'boolean':
      return [{ type: 'string', pattern: booleanWord.source }, { enum: ['1', '0', 1, 0] }];
    case 'integer':
    case 'number':
      return [{ type: 'string', pattern: '^\\s*[+-]?\\d+(\\.\\d+)?\\s*$' }];
    case 'string':
      return [{ type: ['number', 'boolean'] }];
    default:
      return [{ type: ['string', 'number', 'boolean'] }];
  }
}

function widenBelow(schema: JsonSchema): JsonSchema {
  const result = { ...schema };
  for (const key of ['properties', 'patternProperties'])
    if (isSchema(result[key])) result[key] = mapSchemas(result[key]);
  for (const key of ['items', 'additionalProperties', 'not', 'contains'])
    if (isSchema(result[key])) result[key] = widen(result[key]);
  for (const key of ['anyOf', 'oneOf', 'allOf', 'prefixItems'])
    if (Array.isArray(result[key])) result[key] = result[key].map((one: JsonSchema) => widen(one));
  return result;
}

function mapSchemas(schemas: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, one]) => [name, isSchema(one) ? widen(one) : one]),
  );
}

/** A schema of parameters without `required`: what is missing may come from `args` or from `module_defaults`. */
export function withoutRequired(schema: JsonSchema): JsonSchema {
  const { required: _, ...result } = schema;
  for (const key of ['anyOf', 'oneOf', 'allOf'])
    if (Array.isArray(result[key])) result[key] = result[key].map((one: JsonSchema) => withoutRequired(one));
  return result;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
