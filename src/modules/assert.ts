import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import { booleanParam, textParam } from './shared/param-types.ts';

const condition = z.union([z.string(), z.boolean()]);

/** Checks that conditions hold. */
export default defineActionModule({
  name: 'assert',
  summary: 'Check that conditions hold, and fail with a message when one does not.',
  params: z.strictObject({
    that: z
      .preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(condition).min(1))
      .describe('Conditions as in `when`: expressions without braces. All must hold.'),
    fail_msg: z
      .union([textParam, z.array(textParam)])
      .optional()
      .describe('The message when a condition does not hold.'),
    success_msg: z
      .union([textParam, z.array(textParam)])
      .optional()
      .describe('The message when all hold.'),
    quiet: booleanParam.default(false).describe('Whether to say nothing when all hold.'),
  }),
  paramAliases: { msg: 'fail_msg' },
  rawParams: ['that'],
  where: 'controller',
  checkMode: 'run',
  returns: { assertion: 'The condition that does not hold.', evaluated_to: 'What it came to.' },
  examples: [
    {
      title: 'Enough memory',
      yaml: 'assert:\n  that:\n    - ansible_memtotal_mb >= 2048\n    - root is defined\n  fail_msg: needs 2 GB of memory',
    },
  ],
  async run(given, context) {
    const text = (message: string | string[] | undefined, otherwise: string) =>
      Array.isArray(message) ? message.join('\n') : (message ?? otherwise);
    for (const that of given.that) {
      const holds = typeof that === 'boolean' ? that : context.holds(that);
      if (!holds)
        return {
          changed: false,
          failed: true,
          msg: text(given.fail_msg, `Assertion failed: ${String(that)}`),
          fields: { assertion: that, evaluated_to: false },
        };
    }
    return given.quiet
      ? { changed: false }
      : { changed: false, msg: text(given.success_msg, 'All assertions passed') };
  },
});
