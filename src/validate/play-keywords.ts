import { z } from 'zod';
import { coordinationKeywords, declarationKeywords } from './coordination-keywords.ts';
import {
  flagOrTemplate,
  identifier,
  mapping,
  name,
  numberOrTemplate,
  oneOrMany,
  template,
  text,
} from './scalars.ts';
import { varsPromptKeyword } from './vars-prompt.ts';

const batch = z.union(
  [
    z.int().min(1, { error: 'expected a number of hosts or a percentage' }),
    z
      .string()
      .regex(/^\s*\d+(\.\d+)?\s*%?\s*$|\{\{|\{%/, { error: 'expected a number of hosts or a percentage' }),
  ],
  {
    error: 'expected a number of hosts or a percentage',
  },
);
const steps = z.array(z.unknown(), { error: 'expected a list of steps' });

/** The orders in which a play may take its hosts. */
export const hostOrders = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'] as const;

/** Keywords of plays only. */
export const playKeywords = {
  id: identifier.describe('A name that `needs` of other plays and PLAY.STEP refer to.'),
  hosts: z
    .union([text, z.array(name).min(1, { error: 'must not be empty' })], {
      error: 'expected a host pattern, or a list of them',
    })
    .describe('The hosts: names, groups, globs, ~regex; a,b  a:&b  a:!b.'),
  needs: oneOrMany(text, 'a play id, or a list of play ids').describe(
    'Start after these plays only; [] starts at once.',
  ),
  lock: coordinationKeywords.lock.describe('Locks that the play as a whole holds from its start to its end.'),
  semaphore: coordinationKeywords.semaphore.describe(
    'Permits that the play as a whole holds from its start to its end.',
  ),
  pool: coordinationKeywords.pool.describe(
    'Members of pools that the play as a whole leases from its start to its end.',
  ),
  vars_files: oneOrMany(z.union([text, z.array(text)]), 'a file name, or a list of file names').describe(
    'Files with variables.',
  ),
  vars_prompt: varsPromptKeyword,
  serial: oneOrMany(batch, 'a number of hosts, a percentage, or a list of them').describe('Hosts per batch.'),
  max_fail_percentage: z
    .union(
      [
        z.number().min(0).max(100),
        z.string().regex(/^\d+(\.\d+)?%?$|\{\{|\{%/, { error: 'expected a percentage from 0 to 100' }),
      ],
      {
        error: 'expected a percentage from 0 to 100',
      },
    )
    .describe('The share of failed hosts beyond which the play ends.'),
  strategy: text.describe('free: hosts run free of each other. linear: all hosts step by step.'),
  gather_facts: flagOrTemplate.describe(
    'Gather facts first. Default: in native playbooks, when one is read.',
  ),
  gather_subset: oneOrMany(text, 'a list of fact groups').describe('Which facts to gather.'),
  gather_timeout: numberOrTemplate('a number of seconds').describe(
    'Seconds after which programs that hang while facts are gathered are ended; default 10.',
  ),
  fact_path: text.describe('The folder of `*.fact` files on the host; default /etc/ansible/facts.d.'),
  order: z
    .union([z.enum(hostOrders), template(`one of ${hostOrders.join(', ')}`)], {
      error: `expected ${hostOrders.join(', ')} or a template`,
    })
    .describe('The order of the hosts.'),
  force_handlers: flagOrTemplate.describe('Run notified handlers also on hosts that failed.'),
  pre_tasks: steps.describe('Steps before the others, with their own handler flush.'),
  roles: z
    .array(z.unknown(), { error: 'expected a list of roles' })
    .describe('Roles that run before the steps, each by its name or as a mapping with `role`.'),
  tasks: steps.describe('Ansible’s name of `steps`.'),
  steps: steps.describe('What to do, in order.'),
  post_tasks: steps.describe('Steps after the others and their handlers.'),
  handlers: z
    .array(z.unknown(), { error: 'expected a list of handlers' })
    .describe('Steps that run when notified.'),
} as const;

/** Keywords at the root of a native playbook. */
export const rootKeywords = {
  name: name.describe('The name of the playbook.'),
  params: z
    .record(z.string(), z.unknown(), { error: 'expected a mapping of names to JSON Schemas' })
    .describe('Typed inputs: a JSON Schema for each. Values come from -e, else from `default`.'),
  vars: mapping('a mapping of variables').describe('Variables of all plays.'),
  vars_files: playKeywords.vars_files,
  ...declarationKeywords,
  plays: z.array(z.unknown(), { error: 'expected a list of plays' }).describe('The plays, in order.'),
} as const;

/** Keywords of an entry that brings in another playbook. */
export const importKeywords = {
  import_playbook: text.describe('The playbook file.'),
} as const;
