import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import { runCommand } from './shared/command-result.ts';
import { textParam } from './shared/param-types.ts';

/** Runs text as it is by a shell, with nothing added. */
export default defineActionModule({
  name: 'raw',
  summary: 'Run text by a shell, with no guards and no environment of the step.',
  description:
    'Kept for playbooks that need it; here every module works without Python, so `shell` does as well.',
  params: () =>
    z.strictObject({
      cmd: textParam.describe('The text to run.'),
      executable: textParam.optional().describe('The shell: an absolute path. Default `/bin/sh`.'),
    }),
  freeForm: 'cmd',
  detaches: true,
  where: 'remote',
  checkMode: 'skip',
  returns: { rc: 'The exit status.', stdout: 'Standard output.', stderr: 'Standard error.' },
  examples: [
    { title: 'Before anything is installed', yaml: 'raw: test -e /usr/bin/python3 || apk add python3' },
  ],
  async run(given, context) {
    const command = { script: given.cmd, shell: given.executable };
    return runCommand({ cmd: given.cmd, command, stripEmptyEnds: false, bare: true }, context);
  },
});
