import type { ModuleContext, ModuleResult } from '../../model/module.ts';
import { type CommandOptions, commandResult, inputOf } from './command-reply.ts';
import { runDetached } from './detached-job.ts';

/** What `runCommand` returns, for the documentation, but for `cmd`. */
export const commandReturns = {
  rc: 'The exit status.',
  stdout: 'Standard output.',
  stderr: 'Standard error.',
  start: 'When it started (UTC).',
  end: 'When it ended (UTC).',
  delta: 'How long it took.',
} as const;

/** Runs a command of the author's on the host and gives its result; a detached one goes on by itself. */
export async function runCommand(options: CommandOptions, context: ModuleContext): Promise<ModuleResult> {
  if (context.detached !== undefined) return runDetached(options, context, context.detached);
  const { command, chdir } = options;
  const startedAtMs = Date.now();
  const reply = await context.send({
    type: 'exec',
    command,
    cwd: chdir,
    env: options.bare === true ? undefined : context.env,
    stdin: inputOf(options),
    timeoutMs: context.timeoutMs,
    sensitive: context.noLog,
  });
  return commandResult(reply, options, { startedAtMs, endedAtMs: Date.now() });
}
