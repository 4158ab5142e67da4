import { z } from 'zod';
import { parseDurationMs } from '../lib/duration.ts';
import { defineActionModule, type ModuleResult } from '../model/module.ts';
import type { StepCoordination } from '../model/step-coordination.ts';
import type { Value } from '../model/value.ts';

const queueName = z.string({ error: 'expected the name of a queue' }).min(1);

const params = () =>
  z
    .strictObject({
      put: z.unknown().optional().describe('The item to put into a queue.'),
      to: queueName.optional().describe('The queue that `put` fills; no template.'),
      close: queueName
        .optional()
        .describe(
          'A queue that this host puts nothing into any more; no template. Consumers end when all have closed it.',
        ),
      join: queueName
        .optional()
        .describe('A queue to wait for until all items put so far are done; no template.'),
      timeout: z
        .union([z.number(), z.string()])
        .refine((value) => parseDurationMs(value) !== undefined, {
          error: 'expected a duration such as 2s, 5m or a number of seconds',
        })
        .optional()
        .describe('How long `put` and `join` wait at most; default 1h.'),
    })
    .refine(({ put, close, join }) => [put, close, join].filter((one) => one !== undefined).length === 1, {
      message: 'expected exactly one of "put", "close" and "join"',
    })
    .refine(({ put, to }) => (put === undefined) === (to === undefined), {
      message: '"put" and "to" need each other',
    });

/** Puts items into a queue, closes it, or waits until it is worked off. */
export default defineActionModule({
  name: 'queue',
  summary: 'Put an item into a queue, close it, or wait until it is worked off.',
  description:
    'Queues are declared under `queues` at the root of the playbook; blocks with `consume` take the items out, each item on one host. A queue holds at most `capacity` items: `put` waits while it is full. A queue closes itself when every step that could still fill it has ended; `close` ends the part of this host earlier, and a later `put` of this host fails. `{{ queue.NAME.size }}` is the number of items that nobody has taken yet. Waiting takes no fork. The step counts as ok, never as changed: nothing changed on a host.',
  params,
  keepsSecrets: true,
  where: 'controller',
  checkMode: 'run',
  examples: [
    { title: 'Hand out the jobs', yaml: 'queue: {put: "{{ item }}", to: jobs}\nloop: [a, b, c]' },
    { title: 'No more jobs from this host', yaml: 'queue: {close: jobs}' },
    { title: 'Wait until all jobs are done', yaml: 'queue: {join: jobs}' },
  ],
  async run(given, { coordination, signal }) {
    if (coordination === undefined) throw new Error('queues are not available here');
    return { changed: false, ...(await act(given, coordination, signal)) };
  },
});

async function act(
  { put, to, close, join, timeout }: z.output<ReturnType<typeof params>>,
  coordination: StepCoordination,
  signal: AbortSignal,
): Promise<Omit<ModuleResult, 'changed'>> {
  // Rendered parameters hold values of the template language only.
  if (to !== undefined) await coordination.put(to, put as Value, { timeout, signal });
  else if (close !== undefined) await coordination.closeQueue(close);
  else if (join !== undefined) await coordination.joinQueue(join, { timeout, signal });
  return {};
}
