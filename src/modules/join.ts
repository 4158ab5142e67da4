import { z } from 'zod';
import { formatDuration, parseDurationMs } from '../lib/duration.ts';
import { defineActionModule } from '../model/module.ts';
import { textListParam } from './shared/param-types.ts';

const durationParam = z
  .union([z.number(), z.string()])
  .refine((value) => parseDurationMs(value) !== undefined, {
    error: 'expected a duration such as 2s, 5m or a number of seconds',
  });

/** Waits for steps that run in the background. */
export default defineActionModule({
  name: 'join',
  summary: 'Wait until steps that run in the background have ended.',
  description:
    'Each step is joined on the same host where it runs there, else on all its hosts. A joined step that failed makes the join fail. What is not awaited any longer goes on all the same.',
  params: () =>
    z.strictObject({
      steps: textListParam
        .refine((steps) => steps.length > 0, { error: 'must not be empty' })
        .describe('Ids of steps or blocks of this play, or PLAY.STEP; no templates.'),
      timeout: durationParam.optional().describe('How long to wait at most; default 1h.'),
      on_timeout: z.enum(['fail', 'continue']).default('fail').describe('What to do then.'),
    }),
  freeForm: 'steps',
  where: 'controller',
  checkMode: 'run',
  returns: {
    timed_out: 'Whether some of the steps had not ended in time.',
    failed_steps: 'What failed, in words.',
  },
  examples: [
    { title: 'Wait for two downloads', yaml: 'join: {steps: [images, database]}' },
    {
      title: 'Give a report two seconds, then go on',
      yaml: 'join: {steps: report, timeout: 2s, on_timeout: continue}',
    },
  ],
  async run(given, context) {
    if (context.join === undefined) return { changed: false };
    const timeoutMs = given.timeout === undefined ? undefined : parseDurationMs(given.timeout);
    const { pending, failed, waitedMs } = await context.join(timeoutMs);
    const fields = { timed_out: pending.length > 0, failed_steps: failed };
    if (failed.length > 0)
      return { changed: false, failed: true, msg: `joined ${failed.join('; ')}`, fields };
    if (pending.length === 0) return { changed: false, fields };
    const msg = `waited ${formatDuration(waitedMs)} for ${pending.join(', ')}`;
    return given.on_timeout === 'continue'
      ? { changed: false, msg, fields }
      : { changed: false, failed: true, msg: `${msg} (RB403)`, fields };
  },
});
