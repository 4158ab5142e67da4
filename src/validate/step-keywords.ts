import { z } from 'zod';
import { conditions } from './run-keywords.ts';
import {
  duration,
  flag,
  flagOrTemplate,
  identifier,
  name,
  numberOrTemplate,
  oneOrMany,
  template,
  variableName,
  wholeNumber,
} from './scalars.ts';

const loopControl = z
  .strictObject(
    {
      loop_var: variableName.optional().describe('The name of the item; default item.'),
      index_var: variableName.optional().describe('A variable that counts the items from 0.'),
      label: z.unknown().optional().describe('What is shown of an item.'),
      pause: duration.optional().describe('Time to wait between items.'),
      extended: flag.optional().describe('Also give ansible_loop.'),
      extended_allitems: flag.optional().describe('Whether ansible_loop holds all items.'),
      break_when: conditions.optional().describe('End the loop after an item for which this holds.'),
    },
    { error: 'expected a mapping such as {loop_var: item, label: ...}' },
  )
  .describe('How a loop runs.');

const loopValue = z.union([z.array(z.unknown()), template('a list or a template that gives one')], {
  error: 'expected a list or a template that gives one',
});

/** The lookups that `with_x` can name, and what each takes. */
export const loopForms = {
  items: 'Each item; lists in the list are flattened once.',
  list: 'Each item, lists in the list kept as they are.',
  dict: 'Each entry of a mapping as item.key and item.value.',
  fileglob: 'Each file of the controller that matches a pattern.',
  first_found: 'The first file of a list that exists.',
  together: 'Items of several lists side by side.',
  subelements: 'Each element of a list inside each entry of a list.',
  nested: 'Every combination of several lists.',
  sequence: 'Numbers.',
  flattened: 'Each item of lists of any depth.',
  file: 'The content of each file of the controller.',
  indexed_items: 'Each item with its number.',
  lines: 'Each line that a command of the controller prints.',
  random_choice: 'One item, chosen at random.',
  inventory_hostnames: 'Each host that matches a pattern.',
  env: 'The value of each environment variable.',
  cartesian: 'Every combination of several lists.',
  config: 'The value of each setting of Ansible.',
  csvfile: 'A cell of a CSV file for each key.',
  ini: 'The value of each key of an INI file.',
  password: 'The password of each file of the controller, made where there is none.',
  pipe: 'What each command of the controller prints.',
  template: 'Each template of the controller, rendered.',
  unvault: 'The decrypted content of each file of the controller.',
  url: 'The lines of each document of the web.',
  varnames: 'The name of each variable that matches a pattern.',
  vars: 'The value of each variable.',
} as const;

const callbackList = z.array(z.unknown(), { error: 'expected a list of steps' });

/** Keywords of steps and handlers. */
export const stepKeywords = {
  id: identifier.describe('A name that `needs` can refer to; unique in its play.'),
  when: conditions.describe('Run only if this holds; a list means all.'),
  loop: loopValue.describe(
    'Run once for each item of this list; on a block, all of it for one item after the other, until one fails.',
  ),
  loop_control: loopControl,
  register: variableName.describe('The variable that gets the result.'),
  notify: oneOrMany(name, 'the name of a handler, or a list of names').describe(
    'Handlers to run at the end of the section if the step changed something.',
  ),
  listen: oneOrMany(name, 'a topic, or a list of topics').describe('Topics that also notify this handler.'),
  until: conditions.describe(
    'Repeat until this holds; on a block, its steps, with `rescue` and `always` behind the last attempt.',
  ),
  retries: numberOrTemplate('a number of attempts').describe(
    'How many more attempts `until` allows; default 3.',
  ),
  delay: duration.describe('Time between attempts; default 5 s.'),
  backoff: numberOrTemplate('a factor').describe(
    'Factor by which the delay grows after each attempt; default 1.',
  ),
  async: duration.describe(
    'How long the work may take while it goes on by itself on the host, also without a connection; it is ended then. 0: as usual.',
  ),
  poll: duration.describe(
    'How often work with `async` is asked for; default 15 s. 0: go on at once, and ask with the module async_status.',
  ),
  changed_when: conditions.describe('When the result counts as changed.'),
  failed_when: conditions.describe('When the result counts as failed.'),
  delegate_to: name.describe('Run on this host in place of the own one.'),
  delegate_facts: flagOrTemplate.describe('Facts belong to the delegate.'),
  args: z
    .union(
      [z.record(z.string(), z.unknown()), template('a mapping of parameters, or a template that gives one')],
      {
        error: 'expected a mapping of parameters, or a template that gives one',
      },
    )
    .describe('Parameters of the module beside those written under its name.'),
  action: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())], {
      error: 'expected a module with its parameters as text, or a mapping with `module`',
    })
    .describe('A module and its parameters, in the old form.'),
  local_action: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())], {
      error: 'expected a module with its parameters as text, or a mapping with `module`',
    })
    .describe('The same as `action` with `delegate_to: localhost`.'),
  parallel: wholeNumber(1).describe('How many items of the loop run at the same time.'),
  on_success: callbackList.describe(
    'Steps for each item of a parallel loop that ended well, with its result as `result`; before the loop ends.',
  ),
  on_failure: callbackList.describe(
    'Steps for each item of a parallel loop that failed, with its result as `result`; before the loop ends.',
  ),
  background: z
    .union([flag, z.literal('daemon')], { error: 'expected true, false or daemon' })
    .describe('true: go on meanwhile; its lane ends after it. daemon: it is ended when all else has ended.'),
} as const;

const list = z.array(z.unknown(), { error: 'expected a list of steps' });

/** Keywords that make a step a block. */
export const blockKeywords = {
  block: list.describe('Steps that belong together.'),
  rescue: list.describe('Steps that run on a host where the block failed.'),
  always: list.describe('Steps that run in every case.'),
} as const;
