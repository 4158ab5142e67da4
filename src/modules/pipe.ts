import { z } from 'zod';
import { ShellWordsError, splitShellWords } from '../lib/shell-words.ts';
import { defineActionModule, type ModuleResult } from '../model/module.ts';
import type { PipeEnd, PipeSide } from '../model/pipe.ts';
import { textParam } from './shared/param-types.ts';

const side = z
  .strictObject({
    host: textParam
      .optional()
      .describe('Where it runs; default: the host of the step. It may lie outside the play.'),
    command: z
      .union([textParam, z.array(textParam).min(1)], { error: 'expected a command, or a list of its words' })
      .optional()
      .describe(
        'The command with its arguments, split into words as a shell would, or a list of words; no shell reads it.',
      ),
    shell: textParam.optional().describe("A script for the host's shell."),
    chdir: textParam.optional().describe('Directory to run in.'),
  })
  .refine(({ command, shell }) => (command === undefined) !== (shell === undefined), {
    message: 'expected either "command" or "shell"',
  });

type Side = z.output<typeof side>;

/** Streams bytes from a command on one host into a command on another. */
export default defineActionModule({
  name: 'pipe',
  summary: 'Stream bytes from a command on one host into a command on another.',
  description:
    'The bytes go through the controller, unchanged, as fast as the slower side; nothing is stored on the way, and its memory stays small. Each host of the play runs the step once. Both exit statuses count: where either side fails, or the step is ended, both are ended with their process groups. The second command sees the end of its input only after the first has ended well. A second command that ends before it has read everything fails the step. `become` and `environment` hold for both sides. Each side has a connection of its own.',
  params: () =>
    z.strictObject({
      from: side.describe('The command whose standard output is sent.'),
      to: side.describe('The command whose standard input gets it.'),
    }),
  where: 'remote',
  checkMode: 'skip',
  returns: {
    size: 'Bytes that went through.',
    from: 'The first command: `host`, `rc`, `stderr`.',
    to: 'The second command: `host`, `rc`, `stderr`.',
    stdout: 'What the second command printed, up to 1 MiB.',
    rc: 'The exit status of the side that failed, else 0.',
  },
  examples: [
    {
      title: 'Copy a database from one host to another',
      yaml: 'pipe:\n  from: {host: db1, command: pg_dump app}\n  to: {host: db2, shell: psql app}',
    },
    {
      title: 'Fetch a folder from the build host to each host of the play',
      yaml: 'pipe:\n  from: {host: build, command: [tar, -C, /srv/out, -c, .]}\n  to: {command: tar -C /srv/app -x}',
    },
  ],
  async run({ from, to }, context) {
    if (context.pipe === undefined) throw new Error('pipes are not available here');
    const [source, sink] = [sideOf(from), sideOf(to)];
    if ('refused' in source) return failed(`from: ${source.refused}`);
    if ('refused' in sink) return failed(`to: ${sink.refused}`);
    return resultOf(await context.pipe(source, sink));
  },
});

function sideOf({ host, command, shell, chdir }: Side): PipeSide | { readonly refused: string } {
  if (command === undefined) return { host, command: { script: shell ?? '' }, cwd: chdir };
  try {
    const argv = typeof command === 'string' ? splitShellWords(command) : command;
    return argv.length === 0 ? { refused: 'no command given' } : { host, command: { argv }, cwd: chdir };
  } catch (error) {
    if (!(error instanceof ShellWordsError)) throw error;
    return { refused: `the command cannot be split into words: ${error.message}` };
  }
}

function failed(msg: string): ModuleResult {
  return { changed: false, failed: true, msg };
}

function resultOf(end: PipeEnd): ModuleResult {
  const { from, to, size, stdout } = end;
  const { msg, rc } = verdictOf(end);
  const fields = {
    size,
    stdout,
    from: { host: from.host, rc: from.rc, stderr: from.stderr },
    to: { host: to.host, rc: to.rc, stderr: to.stderr },
  };
  return { changed: true, failed: msg !== undefined, rc, msg: msg ?? `${size} bytes`, fields };
}

/** The side that failed by itself is to blame, not the one that was ended because of it. */
function verdictOf({ from, to, isAborted }: PipeEnd): { readonly msg?: string; readonly rc: number } {
  if (isAborted) return { msg: 'the pipe was ended, with both its commands', rc: from.rc };
  for (const { name, end } of [
    { name: 'first', end: from },
    { name: 'second', end: to },
  ])
    if (!end.isEnded && end.rc !== 0)
      return {
        msg: `the ${name} command, on ${end.host}, ended with status ${end.rc}${lastLine(end.stderr)}`,
        rc: end.rc,
      };
  if (from.isEnded)
    return { msg: `the second command, on ${to.host}, ended before it had read everything`, rc: from.rc };
  return { rc: 0 };
}

function lastLine(stderr: string): string {
  const line = stderr.trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? '' : `: ${line}`;
}
