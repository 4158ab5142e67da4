import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import { commandReturns, runCommand } from './shared/command-result.ts';
import { guardedResult } from './shared/guards.ts';
import { booleanParam, textParam } from './shared/param-types.ts';

const params = () =>
  z.strictObject({
    cmd: textParam.describe(
      'The script. The shell reads all of it: pipes, redirections, globs and loops work.',
    ),
    chdir: textParam.optional().describe('Directory to run in.'),
    creates: textParam.optional().describe('A path or glob; when it exists, the script does not run.'),
    removes: textParam
      .optional()
      .describe('A path or glob; when it does not exist, the script does not run.'),
    executable: textParam.optional().describe('The shell: an absolute path. Default `/bin/sh`.'),
    stdin: textParam.optional().describe('Text for the standard input.'),
    stdin_add_newline: booleanParam.default(true).describe('Whether a newline is added to `stdin`.'),
    strip_empty_ends: booleanParam
      .default(true)
      .describe('Whether empty lines at the end of the output are dropped.'),
    warn: booleanParam.optional().describe('Accepted and without effect, as old playbooks have it.'),
  });

/** Runs a script by the host's shell. */
export default defineActionModule({
  name: 'shell',
  summary: "Run a script by the host's shell.",
  description:
    'The script is sent as data, never as an argument, so its size has no limit and its text is in no process list. ' +
    'Values put into it should pass the filter `quote`.',
  params,
  freeForm: 'cmd',
  detaches: true,
  where: 'remote',
  checkMode: 'skip',
  returns: {
    cmd: 'The script.',
    ...commandReturns,
  },
  examples: [
    { title: 'A pipe', yaml: 'shell: dmesg | tail -n 20\nchanged_when: false' },
    {
      title: 'With bash',
      yaml: 'shell:\n  cmd: set -o pipefail; zcat dump.gz | psql app\n  executable: /bin/bash',
    },
  ],
  async run(given, context) {
    const guarded = await guardedResult(given, context, given.cmd);
    if (guarded !== undefined) return guarded;
    return runCommand(
      {
        cmd: given.cmd,
        command: { script: given.cmd, shell: given.executable },
        chdir: given.chdir,
        stdin: given.stdin,
        stdinAddNewline: given.stdin_add_newline,
        stripEmptyEnds: given.strip_empty_ends,
      },
      context,
    );
  },
});
