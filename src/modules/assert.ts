import { z } from 'zod';
import { defineActionModule, type ModuleContext } from '../model/module.ts';
import type { Value } from '../model/value.ts';
import { booleanParam, textParam } from './shared/param-types.ts';

const condition = z.union([z.string(), z.boolean()]);

function messageText(message: string | string[] | undefined, otherwise: string): string {
  return Array.isArray(message) ? message.join('\n') : (message ?? otherwise);
}

/** One expression in braces may stand for a list of truth values; texts in it are data and are not evaluated. */
function conditionsOf(that: string | boolean, context: ModuleContext): readonly (string | boolean)[] {
  const inner = typeof that === 'string' ? /^\s*\{\{((?:(?!\}\}).)*)\}\}\s*$/s.exec(that)?.[1] : undefined;
  if (inner === undefined) return [that];
  const value = context.evaluate(inner);
  if (!Array.isArray(value)) return [that];
  const list: readonly Value[] = value;
  return list.map((one) => {
    if (typeof one === 'boolean') return one;
    throw new Error(
      `assert: ${that} is a list with other values than true and false; write conditions in the step itself`,
    );
  });
}

/** Checks that conditions hold. */
export default defineActionModule({
  name: 'assert',
  summary: 'Check that conditions hold, and fail with a message when one does not.',
  params: () =>
    z.strictObject({
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
    for (const that of given.that.flatMap((one) => conditionsOf(one, context))) {
      const holds = typeof that === 'boolean' ? that : context.holds(that);
      if (holds) continue;
      return {
        changed: false,
        failed: true,
        msg: messageText(given.fail_msg, `Assertion failed: ${String(that)}`),
        fields: {
          assertion: that,
          evaluated_to: false,
          msg: messageText(given.fail_msg, 'Assertion failed'),
        },
      };
    }
    const msg = messageText(given.success_msg, 'All assertions passed');
    return given.quiet ? { changed: false, fields: { msg } } : { changed: false, msg };
  },
});
