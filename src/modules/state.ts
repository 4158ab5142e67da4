import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import type { StateChange } from '../model/step-coordination.ts';
import type { Value } from '../model/value.ts';

const values = (meaning: string) =>
  z
    .record(z.string(), z.unknown(), {
      error: 'expected a mapping of names to values, such as {released: []}',
    })
    .optional()
    .describe(meaning);

const params = () =>
  z
    .strictObject({
      set: values('New values.'),
      append: values('Items to add at the end of lists.'),
      increment: z
        .record(z.string(), z.number({ error: 'expected a number' }), {
          error: 'expected a mapping of names to numbers, such as {failures: 1}',
        })
        .optional()
        .describe('Numbers to add; a negative one takes away.'),
      compare: values('Make the changes only where these values are as given; else the step is skipped.'),
    })
    .refine(
      (given) => given.set !== undefined || given.append !== undefined || given.increment !== undefined,
      {
        message: 'expected at least one of "set", "append" and "increment"',
      },
    );

/** Changes values that all hosts share. */
export default defineActionModule({
  name: 'state',
  summary: 'Change values that all hosts of the run share.',
  description:
    'The names are declared under `state` at the root of the playbook with their first values, and read as `{{ state.NAME }}` in every template, each time as they are at that moment. All changes of one step are made at once: no other step sees some of them only. A step that reads a value and then sets it can be overtaken in between: use `increment`, `append`, `compare`, or a lock. Values last as long as the run; in check mode they change in memory as well. The step counts as ok, never as changed: nothing changed on a host.',
  params,
  keepsSecrets: true,
  where: 'controller',
  checkMode: 'run',
  returns: { values: 'The values that the step changed, as they were right after it.' },
  examples: [
    { title: 'Count', yaml: 'state: {increment: {failures: 1}}' },
    { title: 'Remember what was released', yaml: 'state: {append: {released: "{{ inventory_hostname }}"}}' },
    {
      title: 'Become the leader, unless another host was faster',
      yaml: 'state:\n  compare: {leader: ""}\n  set: {leader: "{{ inventory_hostname }}"}\nregister: election',
    },
  ],
  async run(given, { coordination, shared }) {
    if (coordination === undefined) throw new Error('shared values are not available here');
    const changes = changesOf(given);
    const compare = entriesOf(given.compare).map(([name, value]) => ({ name, value }));
    if (!(await coordination.changeState(changes, compare))) return differing(compare, shared?.state);
    const names = new Set(changes.map((change) => change.name));
    const after = [...names].map((name): [string, Value] => [name, shared?.state(name) ?? null]);
    return { changed: false, fields: { values: Object.fromEntries(after) } };
  },
});

function changesOf(given: z.output<ReturnType<typeof params>>): StateChange[] {
  return [
    ...entriesOf(given.set).map(([name, value]): StateChange => ({ type: 'set', name, value })),
    ...entriesOf(given.append).map(([name, value]): StateChange => ({ type: 'append', name, value })),
    ...Object.entries(given.increment ?? {}).map(
      ([name, by]): StateChange => ({ type: 'increment', name, by }),
    ),
  ];
}

function differing(
  compare: readonly { readonly name: string }[],
  read: ((name: string) => Value | undefined) | undefined,
) {
  const names = compare.map(({ name }) => name).join(', ');
  const found = compare.map(({ name }): [string, Value] => [name, read?.(name) ?? null]);
  const msg = `not as compared: ${names}`;
  return { changed: false, skipped: true, msg, fields: { values: Object.fromEntries(found) } };
}

function entriesOf(values: Readonly<Record<string, unknown>> | undefined): [string, Value][] {
  // Rendered parameters hold values of the template language only.
  return Object.entries(values ?? {}) as [string, Value][];
}
