import { z } from 'zod';
import { defineActionModule, type ModuleContext } from '../model/module.ts';
import type { Value } from '../model/value.ts';
import { type Arguments, argumentErrors } from './shared/argument-check.ts';
import { type ArgumentSpec, argumentSpec } from './shared/argument-spec.ts';

/** Values of the variables that a specification names; those that are not defined are left out. */
function argumentsOf(spec: ArgumentSpec, provided: Arguments, context: ModuleContext): Arguments {
  const values: Record<string, Value> = {};
  const names = Object.entries(spec).flatMap(([name, option]) => [name, ...(option.aliases ?? [])]);
  for (const name of names) {
    if (Object.hasOwn(provided, name) || !/^[A-Za-z_]\w*$/.test(name)) continue;
    if (context.holds(`${name} is defined`)) values[name] = context.evaluate(name);
  }
  return { ...values, ...provided };
}

/** Checks variables against a specification of arguments. */
export default defineActionModule({
  name: 'validate_argument_spec',
  summary: 'Check variables against a specification of arguments, and fail with all that is wrong with them.',
  description:
    'Roles with `meta/argument_specs.yml` are checked by it before their first step. Defaults of the specification count as ' +
    'given but set no variable, as in Ansible. Values of arguments with `no_log` are in no message.',
  params: () =>
    z.strictObject({
      argument_spec: argumentSpec.describe(
        'Arguments by name, each with type, required, choices and the like.',
      ),
      provided_arguments: z
        .record(z.string(), z.unknown())
        .default({})
        .describe('Values beside those of variables of the same names; they win.'),
      validate_args_context: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('What the result says of where the specification comes from.'),
    }),
  rawParams: ['argument_spec'],
  where: 'controller',
  checkMode: 'run',
  returns: {
    argument_errors: 'What is wrong, one text each.',
    argument_spec_data: 'The specification.',
    validate_args_context: 'As given.',
  },
  examples: [
    {
      title: 'A port must be a number',
      yaml: 'validate_argument_spec:\n  argument_spec:\n    http_port: {type: int, required: true}',
    },
  ],
  async run({ argument_spec, provided_arguments: provided, validate_args_context: from }, context) {
    // The schema checks specifications inside specifications by itself.
    const spec = argument_spec as ArgumentSpec;
    // Rendered parameters hold values of the template language only.
    const given = argumentsOf(spec, provided as Arguments, context);
    const errors = argumentErrors(spec, given);
    const fields = from === undefined ? {} : { validate_args_context: from as Value };
    if (errors.length === 0) return { changed: false, msg: 'The arg spec validation passed', fields };
    return {
      changed: false,
      failed: true,
      msg: `Validation of arguments failed: ${errors.join('; ')}`,
      fields: { ...fields, argument_errors: errors, argument_spec_data: argument_spec as Value },
    };
  },
});
