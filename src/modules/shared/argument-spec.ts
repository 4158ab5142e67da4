import { z } from 'zod';
import { booleanParam } from './param-types.ts';

const types = [
  'str',
  'int',
  'float',
  'bool',
  'list',
  'dict',
  'path',
  'raw',
  'jsonarg',
  'json',
  'bytes',
  'bits',
] as const;

const groups = z.array(z.array(z.string()));

/** The specification of one argument. */
export interface ArgumentOption {
  readonly type?: (typeof types)[number] | undefined;
  readonly required?: boolean | undefined;
  readonly default?: unknown;
  readonly choices?: readonly unknown[] | undefined;
  readonly elements?: (typeof types)[number] | undefined;
  readonly options?: ArgumentSpec | undefined;
  readonly aliases?: readonly string[] | undefined;
  readonly no_log?: boolean | undefined;
  readonly mutually_exclusive?: readonly (readonly string[])[] | undefined;
  readonly required_together?: readonly (readonly string[])[] | undefined;
  readonly required_one_of?: readonly (readonly string[])[] | undefined;
  readonly required_if?: readonly (readonly unknown[])[] | undefined;
  readonly required_by?: Readonly<Record<string, string | readonly string[]>> | undefined;
}

/** Arguments by name. */
export type ArgumentSpec = Readonly<Record<string, ArgumentOption>>;

const type = z.enum(types, { error: `expected one of ${types.join(', ')}` });

const option = z.looseObject({
  type: type.optional().describe('What the value must be; default str.'),
  required: booleanParam.optional().describe('Whether there must be a value.'),
  default: z.unknown().optional().describe('What holds where there is none.'),
  choices: z.array(z.unknown()).optional().describe('The values that are allowed.'),
  elements: type.optional().describe('What each item of a list must be.'),
  options: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('The arguments in a mapping, or in each mapping of a list.'),
  aliases: z.array(z.string()).optional().describe('Further names.'),
  no_log: booleanParam.optional().describe('Keep the value out of messages.'),
  mutually_exclusive: groups.optional().describe('Of each group at most one is given.'),
  required_together: groups.optional().describe('Of each group all or none are given.'),
  required_one_of: groups.optional().describe('Of each group at least one is given.'),
  required_if: z
    .array(z.array(z.unknown()).min(3))
    .optional()
    .describe('Lists of an option, a value of it, and what is required then.'),
  required_by: z
    .record(z.string(), z.union([z.string(), z.array(z.string())]))
    .optional()
    .describe('What else is required where an option is given.'),
});

/** The specification of arguments as roles write it; keys that are for people only are left as they are. */
export const argumentSpec = z.record(z.string(), option).superRefine(checkNested);

/** Specifications inside specifications, at any depth. */
function checkNested(
  spec: Record<string, { options?: Record<string, unknown> | undefined }>,
  context: z.RefinementCtx,
): void {
  for (const [name, { options }] of Object.entries(spec)) {
    if (options === undefined) continue;
    const { error } = argumentSpec.safeParse(options);
    for (const { path, message } of error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [name, 'options', ...path], message });
  }
}
