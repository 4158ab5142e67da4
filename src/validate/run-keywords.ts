import { z } from 'zod';
import {
  duration,
  flagOrTemplate,
  mapping,
  name,
  numberOrTemplate,
  oneOrMany,
  template,
  text,
  wholeNumber,
} from './scalars.ts';

/** A condition: an expression without braces, or a literal. */
const condition = z.union([z.string().min(1, { error: 'must not be empty' }), z.boolean(), z.number()], {
  error: 'expected a condition',
});

/** One condition, or a list of which all must hold. */
export const conditions = oneOrMany(condition, 'a condition or a list of conditions');

/** Keywords that say how something is carried out: on plays, blocks, steps and handlers alike. */
export const runKeywords = {
  name: name.describe('What it is for, in words; shown in the output.'),
  connection: text.describe('How to reach the hosts: ssh or local.'),
  remote_user: name.describe('The user to log in as.'),
  port: numberOrTemplate('a port number').describe('The port to connect to.'),
  ignore_errors: flagOrTemplate.describe('Go on after a failure.'),
  ignore_unreachable: flagOrTemplate.describe('Go on after a host was unreachable.'),
  any_errors_fatal: flagOrTemplate.describe('End the batch for all hosts at the first failure.'),
  become: flagOrTemplate.describe('Become another user.'),
  become_method: text.describe('How to become another user: sudo, su or doas.'),
  become_user: name.describe('The user to become; default root.'),
  become_password: text.describe('The password that becoming needs. Keep it in a vault.'),
  become_exe: text.describe('The program that becomes the user; default: its name, found on the PATH.'),
  become_flags: z
    .string({ error: 'expected text' })
    .describe(
      'Flags of that program in place of its usual ones. Those that take away its input or its shell are refused.',
    ),
  environment: oneOrMany(
    z.union([mapping('a mapping'), template('a mapping or a template')]),
    'a mapping of environment variables, or a list of mappings',
  ).describe('Environment variables of commands.'),
  vars: mapping('a mapping of variables').describe('Variables.'),
  tags: z
    .union([name, z.array(name)], { error: 'expected a tag or a list of tags' })
    .describe('Names by which --tags and --skip-tags select; text is split at commas.'),
  module_defaults: z
    .record(z.string(), z.record(z.string(), z.unknown(), { error: 'expected a mapping of parameters' }), {
      error: 'expected a mapping of module names to parameters',
    })
    .describe('Parameters that a module gets where a step does not set them.'),
  no_log: flagOrTemplate.describe('Keep parameters and results out of all output.'),
  check_mode: flagOrTemplate.describe('Force check mode on or off.'),
  diff: flagOrTemplate.describe('Force showing differences on or off.'),
  timeout: duration.describe('How long one attempt may take; the step fails after that.'),
  collections: oneOrMany(text, 'a collection, or a list of them').describe(
    'Collections in which short names of roles and of modules in Python are looked for first. A role has those of its own meta/main.yml.',
  ),
  debugger: text.describe('Accepted and without effect: there is no debugger to start.'),
  throttle: z
    .union([wholeNumber(0), z.string().regex(/^\d+$|\{\{|\{%/)], {
      error: 'expected a whole number of at least 0',
    })
    .describe(
      'At most so many hosts at a time. 0: no limit. A template may read what is known before the run.',
    ),
  run_once: flagOrTemplate.describe(
    'Run on the first host of the batch only, and register the result for all.',
  ),
} as const;
