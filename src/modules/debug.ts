import { z } from 'zod';
import { defineActionModule, type ModuleContext } from '../model/module.ts';
import type { Value } from '../model/value.ts';
import { integerParam, textParam } from './shared/param-types.ts';
import { shownText } from './shared/shown-text.ts';

const notDefined = 'VARIABLE IS NOT DEFINED!';

/** The value of an expression, braces around it allowed. One that is undefined is shown as such and fails nothing. */
function evaluated(expression: string, context: ModuleContext): Value {
  const inner = /^\s*\{\{((?:(?!\}\}).)*)\}\}\s*$/s.exec(expression)?.[1] ?? expression;
  try {
    return context.evaluate(inner);
  } catch (error) {
    // The template engine's error, which modules know by this property alone.
    if (error instanceof Error && 'kind' in error && error.kind === 'undefined') return notDefined;
    throw error;
  }
}

/** Shows a message or a variable. */
export default defineActionModule({
  name: 'debug',
  summary: 'Show a message or the value of an expression.',
  params: () =>
    z
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
  returns: { msg: 'The message. Of `var` the value is returned under the name given.' },
  examples: [
    { title: 'A message', yaml: 'debug: {msg: "{{ inventory_hostname }} runs {{ version }}"}' },
    { title: 'A variable', yaml: 'debug: {var: result.stdout_lines}' },
  ],
  async run(given, context) {
    if (given.verbosity > context.verbosity)
      return {
        changed: false,
        skipped: true,
        msg: `shown with -${'v'.repeat(given.verbosity)}`,
        fields: { skipped_reason: 'Verbosity threshold not met.' },
      };
    if (given.var === undefined) {
      // Rendered parameters hold values of the template language only.
      const msg = (given.msg ?? 'Hello world!') as Value;
      return { changed: false, msg: shownText(msg), fields: { msg } };
    }
    const value = evaluated(given.var, context);
    const msg = `${given.var}: ${shownText(value)}`;
    return { changed: false, msg, isMsgReport: true, fields: { [given.var]: value } };
  },
});
