import { z } from 'zod';

/** A JSON Schema of one parameter, as references show it. */
export interface ParamShape {
  readonly [keyword: string]: unknown;
  readonly default?: unknown;
  readonly description?: string | undefined;
}

/** The parameters of a module as references show them. */
export interface ParamShapes {
  readonly properties: Readonly<Record<string, ParamShape>>;
  readonly required: ReadonlySet<string>;
}

interface ObjectShape {
  readonly properties?: Readonly<Record<string, ParamShape>>;
  readonly required?: readonly string[];
}

/**
 * Reads a schema of parameters for people: a type is what the module is given, what is required is what must be written.
 * A value that is converted has its type and default only on the side of the module.
 */
export function paramShapes(schema: z.ZodType): ParamShapes {
  const written = shapeOf(schema, 'input');
  const given = shapeOf(schema, 'output');
  const properties = Object.entries(written.properties ?? {}).map(([name, shape]) => {
    const module = given.properties?.[name] ?? {};
    return [name, hasType(module) ? module : { ...module, ...shape }] as const;
  });
  return { properties: Object.fromEntries(properties), required: new Set(written.required ?? []) };
}

function shapeOf(schema: z.ZodType, io: 'input' | 'output'): ObjectShape {
  // The schema is one that zod made; only the parts in ObjectShape are read.
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  }) as ObjectShape;
}

function hasType(shape: ParamShape): boolean {
  return ['type', 'enum', 'const', 'anyOf', 'oneOf', '$ref'].some((keyword) => keyword in shape);
}
