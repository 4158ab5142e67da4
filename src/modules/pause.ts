import { z } from 'zod';
import { defineActionModule, type ModuleContext, type ModuleResult } from '../model/module.ts';
import { booleanParam, numberParam, textParam } from './shared/param-types.ts';

const params = () =>
  z
    .strictObject({
      seconds: numberParam.optional().describe('How long to wait, in seconds.'),
      minutes: numberParam.optional().describe('How long to wait, in minutes.'),
      prompt: textParam.optional().describe('What to ask; with a time, what is told instead.'),
      echo: booleanParam.default(true).describe('Whether what is typed is shown.'),
    })
    .refine((value) => value.seconds === undefined || value.minutes === undefined, {
      message: '"seconds" and "minutes" exclude each other',
    });
type Params = z.output<ReturnType<typeof params>>;

const defaultPrompt = 'Press Enter to go on, Ctrl-C to stop';

async function askPerson(given: Params, context: ModuleContext): Promise<ModuleResult> {
  const prompt = given.prompt ?? defaultPrompt;
  const start = clockText();
  if (context.checkMode)
    return { changed: false, msg: `would ask: ${prompt}`, fields: { ...answered(given, ''), start } };
  const startedAtMs = performance.now();
  const answer = await context.ask?.(prompt, { echo: given.echo });
  const waitedMs = performance.now() - startedAtMs;
  const fields = {
    ...answered(given, answer ?? ''),
    start,
    stop: clockText(),
    delta: Math.round(waitedMs / 1_000),
    stdout: `Paused for ${(waitedMs / 60_000).toFixed(2)} minutes`,
  };
  return answer === undefined
    ? { changed: false, msg: 'not waiting for an answer: standard input is no terminal', fields }
    : { changed: false, fields };
}

/** What every pause returns, as a command that ended well would. */
function answered({ echo }: Params, typed: string) {
  return { user_input: typed, echo, rc: 0, stderr: '', stdout: '', start: '', stop: '', delta: 0 };
}

function clockText(): string {
  return new Date().toISOString().replace('T', ' ').replace('Z', '');
}

/** Waits a while, or for a person. */
export default defineActionModule({
  name: 'pause',
  summary: 'Wait a while, or for a person to press Enter.',
  description:
    'A prompt is shown once for each batch of hosts, however many it has. Without a terminal a prompt is passed over, as in Ansible.',
  params,
  where: 'controller',
  checkMode: 'run',
  returns: {
    user_input: 'What was typed.',
    echo: 'Whether it was shown.',
    delta: 'Seconds waited.',
    stdout: 'How long the pause was, in words.',
    start: 'When it began (UTC).',
    stop: 'When it ended (UTC).',
    rc: '0.',
  },
  examples: [
    { title: 'Let the cache warm up', yaml: 'pause: {seconds: 10}' },
    {
      title: 'Ask first',
      yaml: 'pause: {prompt: "Drop the old database? Enter goes on, Ctrl-C stops"}\nregister: answer',
    },
  ],
  async run(given, context) {
    const seconds = given.seconds ?? (given.minutes === undefined ? undefined : given.minutes * 60);
    if (seconds === undefined) return askPerson(given, context);
    const words = given.minutes === undefined ? `${given.seconds} seconds` : `${given.minutes} minutes`;
    const start = clockText();
    if (!context.checkMode) await context.sleep(Math.max(0, seconds) * 1_000);
    return {
      changed: false,
      msg: given.prompt,
      fields: {
        ...answered(given, ''),
        start,
        stop: clockText(),
        delta: Math.round(seconds),
        stdout: `${context.checkMode ? 'Would pause' : 'Paused'} for ${words}`,
      },
    };
  },
});
