import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import { Float, Secret, type Value } from '../model/value.ts';
import { integerParam, textParam } from './shared/param-types.ts';

/** A value as text for people: text as it is, the rest as indented JSON. */
function shown(value: Value): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(
    value,
    (_key, part: unknown) => {
      if (part instanceof Map) return Object.fromEntries(part);
      if (part instanceof Float || part instanceof Secret) return part.toJSON();
      return typeof part === 'bigint' ? part.toString() : part;
    },
    2,
  );
}

/** Shows a message or a variable. */
export default defineActionModule({
  name: 'debug',
  summary: 'Show a message or the value of an expression.',
  params: z
    .strictObject({
      msg: z.unknown().optional().describe('The message; lists and mappings are shown as JSON.'),
      var: textParam
        .optional()
        .describe('An expression whose value is shown: a variable name, without braces.'),
      verbosity: integerParam.default(0).describe('Shown only with this many `-v` or more.'),
    })
    .refine((value) => value.msg === undefined || value.var === undefined, {
      message: '"msg" and "var" exclude each other',
    }),
  rawParams: ['var'],
  where: 'controller',
  checkMode: 'run',
  examples: [
    { title: 'A message', yaml: 'debug: {msg: "{{ inventory_hostname }} runs {{ version }}"}' },
    { title: 'A variable', yaml: 'debug: {var: result.stdout_lines}' },
  ],
  async run(given, context) {
    if (given.verbosity > context.verbosity)
      return { changed: false, skipped: true, fields: { skipped_reason: 'Verbosity threshold not met.' } };
    if (given.var === undefined) {
      // Rendered parameters hold values of the template language only.
      const msg = (given.msg ?? 'Hello world!') as Value;
      return { changed: false, msg: shown(msg), fields: typeof msg === 'string' ? {} : { msg } };
    }
    const value = context.evaluate(given.var);
    return { changed: false, msg: `${given.var}: ${shown(value)}`, fields: { [given.var]: value } };
  },
});
