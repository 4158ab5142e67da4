import { z } from 'zod';

const trueWord = /^(?:y|Y|yes|Yes|YES|t|T|true|True|TRUE|on|On|ON)$/;

/** Every spelling of true and false that YAML 1.1 and Ansible read. */
export const booleanWord =
  /^(?:y|Y|yes|Yes|YES|t|T|true|True|TRUE|on|On|ON|n|N|no|No|NO|f|F|false|False|FALSE|off|Off|OFF)$/;

/** Whether a text holds a template. */
export function hasTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('{#');
}

/**
 * Text that holds a template.
 *
 * @param phrase What is expected at its place, the template included.
 */
export function template(phrase: string) {
  return z.string().regex(/\{\{|\{%/, { error: `expected ${phrase}` });
}

const flagWord = z
  .string()
  .regex(booleanWord, { error: 'expected true or false' })
  .transform((word) => trueWord.test(word));

/** True or false, also in the spellings of YAML 1.1; the output is a boolean. */
export const flag = z.union([z.boolean(), flagWord], { error: 'expected true or false' });

/** True, false or a template that is rendered at run time. */
export const flagOrTemplate = z.union([flag, template('true, false or a template')], {
  error: 'expected true, false or a template',
});

/** Text that is not empty. */
export const text = z.string({ error: 'expected text' }).min(1, { error: 'must not be empty' });

/** Text, or a number that is read as text. */
export const name = z.union([text, z.number()], { error: 'expected a name' });

/** A name of one's own choice that other places refer to. */
export const identifier = z
  .string({ error: 'expected a name' })
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, { error: 'expected a name of letters, digits, "_" and "-"' });

/** A name that templates can read. */
export const variableName = z
  .string({ error: 'expected a variable name' })
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
    error: 'expected a variable name of letters, digits and "_" that starts with a letter',
  });

/** A whole number of at least `least`. */
export function wholeNumber(least: number) {
  const error = `expected a whole number of at least ${least}`;
  return z.int({ error }).min(least, { error });
}

/** A number, a text of digits or a template. */
export function numberOrTemplate(phrase: string) {
  const error = `expected ${phrase}`;
  return z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$|\{\{|\{%/, { error })], { error });
}

const durationError = 'expected a duration such as 30, 500ms, 2m or 1h';

/** A duration, or a template that gives one. */
export const duration = z.union(
  [
    z.number().nonnegative({ error: durationError }),
    z.string().regex(/^\s*(\d+(\.\d+)?|(\d+(\.\d+)?(ms|s|m|h|d))+)\s*$|\{\{|\{%/, { error: durationError }),
  ],
  { error: durationError },
);

/** One value, or a list of such values. */
export function oneOrMany<Item extends z.ZodType>(item: Item, phrase: string) {
  return z.union([item, z.array(item)], { error: `expected ${phrase}` });
}

/** A mapping of anything. */
export function mapping(phrase: string) {
  return z.record(z.string(), z.unknown(), { error: `expected ${phrase}` });
}
