import { z } from 'zod';
import { conditions } from './run-keywords.ts';
import { duration, flag, identifier, name, oneOrMany, text, variableName, wholeNumber } from './scalars.ts';

const need = z.strictObject({
  step: text.describe('A step id of this play, or PLAY.STEP.'),
  hosts: z.enum(['same', 'all']).optional().describe('Wait for it on the same host, or on all its hosts.'),
  accept: z.enum(['ok', 'ended']).optional().describe('ok: it must have gone well. ended: it must be over.'),
});

const wait = z.strictObject({
  event: text.describe('The event to wait for.'),
  timeout: duration.optional().describe('How long to wait; default 1h, without end for external events.'),
  on_timeout: z.enum(['fail', 'continue']).optional().describe('What to do then; default fail.'),
});

const set = z.strictObject({
  event: text.describe('The event.'),
  after: z.enum(['all', 'first']).optional().describe('When all instances ended well, or the first one.'),
});

const use = z.strictObject({
  name: text.describe('The declared name.'),
  key: z.union([z.string(), z.number()]).optional().describe('One lock or semaphore for each value of this.'),
  permits: wholeNumber(1).optional().describe('How many permits to take; default 1.'),
  timeout: duration.optional().describe('How long to wait; default 1h.'),
});
const lockUse = use.omit({ permits: true });
const release = use.pick({ name: true }).extend({
  permits: wholeNumber(1).optional().describe('How many permits to give back; default 1.'),
});

const consume = z.strictObject({
  queue: identifier.describe('The queue to take items from.'),
  as: variableName.optional().describe('The variable that holds the item; default item.'),
  workers: wholeNumber(1).optional().describe('How many items one host works on at a time; default 1.'),
  retries: wholeNumber(0)
    .optional()
    .describe('How often an item whose block failed goes back to the queue; default 0.'),
});

const repeat = z.strictObject(
  {
    while: conditions.optional().describe('Read before each pass; the block ends when it does not hold.'),
    every: duration
      .optional()
      .describe('The time from the begin of a pass to the next, at least; default 0.'),
    max: wholeNumber(1).optional().describe('How many passes at most.'),
  },
  { error: 'expected a mapping such as {while: CONDITION, every: 1s, max: 10}' },
);

/** Keywords that order steps and share things between hosts. */
export const coordinationKeywords = {
  needs: z
    .union([text, need, z.array(z.union([text, need]))], {
      error: 'expected a step id, or a list of step ids',
    })
    .describe('Start after these steps, in place of all steps above.'),
  wait: oneOrMany(z.union([text, wait]), 'an event, or a list of events').describe(
    'Wait until these events are set.',
  ),
  set: oneOrMany(z.union([text, set]), 'an event, or a list of events').describe(
    'Set these events when the step has ended well on all its hosts.',
  ),
  clear: oneOrMany(z.union([text, set]), 'an event, or a list of events').describe(
    'Clear these events when the step has ended well on all its hosts.',
  ),
  lock: oneOrMany(z.union([text, lockUse]), 'a lock, or a list of locks').describe(
    'At most one holder at a time.',
  ),
  semaphore: oneOrMany(z.union([text, use]), 'a semaphore, or a list of semaphores').describe(
    'Take permits while this runs.',
  ),
  release: oneOrMany(z.union([text, release]), 'a lock or semaphore, or a list of them').describe(
    'Give back, once the step has ended well, what a block around it holds: the lock, or one permit.',
  ),
  pool: oneOrMany(z.union([text, lockUse]), 'a pool, or a list of pools').describe(
    'Lease a member of a pool.',
  ),
  consume: z
    .union([identifier, consume], { error: 'expected a queue, or a mapping such as {queue: jobs, as: job}' })
    .describe(
      'Run the block for each item of a queue, on whichever host is free; ends when the queue is closed.',
    ),
  repeat: repeat.describe(
    'Repeat the block, while a condition holds, so many times, or (a daemon) until all else has ended. What the block waits for and takes as a whole it has over all passes.',
  ),
  barrier: name.describe(
    'Go on only when all hosts of the batch that did not fail have come here; on a loop, or in a repeated block, at each pass, with the hosts that still repeat.',
  ),
} as const;

const scope = z.enum(['run', 'host', 'global']).optional().describe('How far it reaches; default run.');
const onLost = z
  .enum(['poison', 'release'])
  .optional()
  .describe('What happens to it when the host of its holder is lost; default poison.');

const queue = z.strictObject({
  capacity: wholeNumber(1)
    .optional()
    .describe('How many items wait in it at most; who puts more has to wait.'),
  dead_letter: identifier.optional().describe('The queue that gets items which failed for good.'),
});

const poolMember = z.union([z.string().min(1), z.number()], { error: 'expected a name or a number' });
const pool = z.union(
  [
    z.strictObject({
      members: z
        .array(poolMember)
        .min(1, { error: 'must not be empty' })
        .describe('What is leased, each to one holder at a time.'),
    }),
    z.strictObject({ size: wholeNumber(1).describe('How many members there are, counted from 0.') }),
  ],
  { error: 'expected a mapping with either `members` or `size`, such as {members: [gpu0, gpu1]}' },
);

/** Declarations of names at the root. */
export const declarationKeywords = {
  pools: z
    .record(identifier, pool, {
      error: 'expected a mapping of pool names, such as {gpu: {members: [gpu0, gpu1]}}',
    })
    .describe('Pools of things of which a step or block leases one while it runs.'),
  queues: z
    .record(identifier, queue.nullable(), {
      error: 'expected a mapping of queue names, such as {jobs: {capacity: 10}}',
    })
    .describe('Queues that steps fill and blocks with `consume` empty.'),
  state: z
    .record(variableName, z.unknown(), {
      error: 'expected a mapping of names to first values, such as {failures: 0}',
    })
    .describe('Values that all hosts share, with what they are at first; module `state` changes them.'),
  events: z
    .record(
      z.string(),
      z
        .strictObject({ external: flag.optional().describe('Set from outside the run, by `runbook event`.') })
        .nullable(),
      { error: 'expected a mapping of event names, such as {ready: {}}' },
    )
    .describe('Events that steps set, clear and wait for.'),
  semaphores: z
    .record(
      z.string(),
      z.union(
        [
          wholeNumber(1),
          z.strictObject({
            permits: wholeNumber(1).describe('How many permits there are.'),
            scope,
            on_lost: onLost,
            lost_after: duration.optional().describe('How long a lost host is tried again; default 60 s.'),
          }),
        ],
        { error: 'expected a number of permits, or a mapping with `permits`' },
      ),
      { error: 'expected a mapping of semaphore names to permits, such as {registry: 5}' },
    )
    .describe('Semaphores and how many permits each has.'),
  locks: z
    .union(
      [
        z.array(text),
        z.record(
          z.string(),
          z
            .strictObject({
              scope,
              on_lost: onLost,
              lost_after: duration.optional().describe('How long a lost host is tried again; default 60 s.'),
            })
            .nullable(),
        ),
      ],
      { error: 'expected a list of lock names, or a mapping of them' },
    )
    .describe('Locks.'),
} as const;
