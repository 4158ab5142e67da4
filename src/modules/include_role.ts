import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import { booleanParam } from './shared/param-types.ts';

/** Reads a role when it is reached, and runs its steps. */
export default defineActionModule({
  name: 'include_role',
  summary: 'Run a role, which is read when the step is reached.',
  description:
    'As `include_tasks` for a role: its dependencies run first, its handlers are added to those of the play. Its defaults and variables are seen by its own steps only, unless it is `public`.',
  params: () =>
    z.strictObject({
      name: z.string().describe('The role: its name, or the path of its folder.'),
      tasks_from: z.string().default('main').describe('The file of its `tasks/` to run.'),
      vars_from: z.string().default('main').describe('The file of its `vars/` to read.'),
      defaults_from: z.string().default('main').describe('The file of its `defaults/` to read.'),
      handlers_from: z.string().default('main').describe('The file of its `handlers/` to read.'),
      public: booleanParam
        .default(false)
        .describe('Whether later steps of the play see its variables and defaults too.'),
      allow_duplicates: booleanParam
        .default(true)
        .describe('Whether it runs on a host where it was included before with the same variables.'),
      rolespec_validate: booleanParam
        .default(true)
        .describe('Whether its variables are checked by its argument specification first.'),
      apply: z.unknown().optional().describe('Keywords that hold for the steps of the role, as on a block.'),
    }),
  paramAliases: { role: 'name' },
  rawParams: ['apply'],
  where: 'controller',
  checkMode: 'run',
  returns: { include: 'The name of the role.' },
  examples: [
    { title: 'One part of a role', yaml: 'include_role:\n  name: web\n  tasks_from: certificates' },
    { title: 'A role for each item', yaml: 'include_role:\n  name: "{{ item }}"\nloop: [web, db]' },
  ],
  async run(params) {
    return {
      changed: false,
      fields: { include: params.name },
      include: {
        kind: 'role',
        name: params.name,
        role: {
          tasksFrom: params.tasks_from,
          varsFrom: params.vars_from,
          defaultsFrom: params.defaults_from,
          handlersFrom: params.handlers_from,
          isPublic: params.public,
          allowDuplicates: params.allow_duplicates,
          validates: params.rolespec_validate,
        },
      },
    };
  },
});
