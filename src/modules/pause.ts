import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import { booleanParam, numberParam, textParam } from './shared/param-types.ts';

/** Waits a while, or for a person. */
export default defineActionModule({
  name: 'pause',
  summary: 'Wait a while, or for a person to press Enter.',
  description:
    'A prompt is shown once, however many hosts the step has. Without a terminal a prompt is passed over, as in Ansible.',
  params: z.strictObject({
    seconds: numberParam.optional().describe('How long to wait, in seconds.'),
    minutes: numberParam.optional().describe('How long to wait, in minutes.'),
    prompt: textParam.optional().describe('What to ask.'),
    echo: booleanParam.default(true).describe('Whether what is typed is shown.'),
  }),
  where: 'controller',
  checkMode: 'run',
  returns: { user_input: 'What was typed.', delta: 'Seconds waited.' },
  examples: [
    { title: 'Let the cache warm up', yaml: 'pause: {seconds: 10}' },
    {
      title: 'Ask first',
      yaml: 'pause: {prompt: "Drop the old database? Enter goes on, Ctrl-C stops"}\nregister: answer',
    },
  ],
  async run(given, context) {
    const startedAtMs = Date.now();
    const durationMs = (given.seconds ?? 0) * 1_000 + (given.minutes ?? 0) * 60_000;
    let input = '';
    if (given.seconds === undefined && given.minutes === undefined) {
      if (context.checkMode) return { changed: false, msg: 'would ask', fields: { user_input: '' } };
      const answer = await context.ask?.(given.prompt ?? 'Press Enter to go on, Ctrl-C to stop', {
        echo: given.echo,
      });
      if (answer === undefined)
        return {
          changed: false,
          msg: 'not waiting for an answer: standard input is no terminal',
          fields: { user_input: '' },
        };
      input = answer;
    } else if (!context.checkMode) await context.sleep(durationMs);
    return {
      changed: false,
      fields: { user_input: input, delta: Math.round((Date.now() - startedAtMs) / 1_000) },
    };
  },
});
