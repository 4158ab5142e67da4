import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import type { Value } from '../model/value.ts';
import { booleanParam } from './shared/param-types.ts';

const identifier = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'a variable name has letters, digits and underscores, and does not start with a digit',
  );

/** Sets variables of the host for the rest of the run. */
export default defineActionModule({
  name: 'set_fact',
  aliases: ['set_vars'],
  summary: 'Set variables of the host for the rest of the run.',
  params: z
    .record(identifier, z.unknown())
    .refine((value) => Object.keys(value).some((key) => key !== 'cacheable'), {
      message: 'give at least one variable: `name: value`',
    }),
  where: 'controller',
  checkMode: 'run',
  returns: { ansible_facts: 'The variables that were set.' },
  examples: [
    {
      title: 'Remember a release',
      yaml: "set_fact:\n  release: \"{{ lookup('pipe', 'git rev-parse --short HEAD') }}\"",
    },
  ],
  async run(given) {
    const { cacheable, ...rest } = given;
    booleanParam.optional().parse(cacheable);
    // Rendered parameters hold values of the template language only.
    const values = rest as Record<string, Value>;
    return { changed: false, facts: { values, kind: 'set' }, fields: { ansible_facts: values } };
  },
});
