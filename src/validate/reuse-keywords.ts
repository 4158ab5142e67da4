import { z } from 'zod';
import { flagOrTemplate, name, text } from './scalars.ts';

const fileName = 'expected the name of a task file, or a mapping with `file`';
const roleName = 'expected a mapping with `name`, the name of a role';

/** Keywords that name steps of another file, read before the run. */
export const reuseKeywords = {
  import_tasks: z
    .union([text, z.strictObject({ file: text.describe('The task file.') })], { error: fileName })
    .describe('The steps of a task file, read before the run; the other keywords hold for each of them.'),
  import_role: z
    .union(
      [
        text,
        z.strictObject({
          name: name.optional().describe('The role.'),
          role: name.optional().describe('The same as `name`.'),
          tasks_from: text.optional().describe('The file of its `tasks` folder; default main.'),
          vars_from: text.optional().describe('The file of its `vars` folder; default main.'),
          defaults_from: text.optional().describe('The file of its `defaults` folder; default main.'),
          handlers_from: text.optional().describe('The file of its `handlers` folder; default main.'),
          allow_duplicates: flagOrTemplate
            .optional()
            .describe('Run it although it ran before; default true.'),
          public: flagOrTemplate
            .optional()
            .describe('Whether the play sees its defaults and vars; default true.'),
          rolespec_validate: flagOrTemplate
            .optional()
            .describe('Check its arguments against its specification; default true.'),
        }),
      ],
      { error: roleName },
    )
    .describe('The steps of a role, read before the run; the other keywords hold for each of them.'),
} as const;

/** Keywords that name the role of an entry of `roles`. */
export const roleKeywords = {
  role: name.describe('The role: a name, `namespace.collection.role`, or a path.'),
  name: name.describe('The same as `role`.'),
} as const;

/** Keywords that an entry of `roles` has in native playbooks only: in Ansible's form their names are free for parameters. */
export const nativeRoleKeywords: ReadonlySet<string> = new Set([
  'wait',
  'set',
  'clear',
  'lock',
  'semaphore',
  'pool',
  'barrier',
  'needs',
  'id',
  'background',
]);
