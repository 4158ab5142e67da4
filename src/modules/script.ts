import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { shellQuote } from '../lib/shell-quote.ts';
import { splitShellWords } from '../lib/shell-words.ts';
import { defineActionModule, type ModuleContext } from '../model/module.ts';
import { runCommand } from './shared/command-result.ts';
import { keepForJob } from './shared/detached-job.ts';
import { guardedResult } from './shared/guards.ts';
import { booleanParam, textParam } from './shared/param-types.ts';
import { readSource } from './shared/read-source.ts';
import { wordsOf } from './shared/words.ts';

/** Who runs the script: `executable`, else its `#!` line, else sh. It is read by the interpreter, so it needs no exec permission. */
function interpreterOf(content: Buffer, executable: string | undefined): readonly string[] {
  if (executable !== undefined) return splitShellWords(executable);
  const [firstLine = ''] = content.subarray(0, 256).toString('utf8').split('\n', 1);
  const words = firstLine.startsWith('#!') ? firstLine.slice(2).trim().split(/\s+/) : [];
  return words.length > 0 && words[0] !== '' ? words : ['/bin/sh'];
}

/** Puts the script into the session's private directory and gives its path there. */
async function upload(content: Buffer, context: ModuleContext): Promise<string> {
  const name = `script-${randomBytes(8).toString('hex')}`;
  const code = `f="\${rb_data%/*}"/${name} && mv -f "$rb_data" "$f" && printf %s "$f"`;
  const reply = await context.send({ type: 'call', code, data: content, readOnly: false });
  if (reply.rc !== 0)
    throw new Error(
      `the script could not be stored on the host: ${reply.stderr.bytes.toString('utf8').trim()}`,
    );
  return reply.stdout.bytes.toString('utf8');
}

/** Runs a script of the controller on the host. */
export default defineActionModule({
  name: 'script',
  summary: 'Run a script of the controller on the host.',
  description:
    'The file is sent into a private directory (mode 700) and read by its interpreter: the `#!` line, `executable`, or sh.',
  params: () =>
    z.strictObject({
      cmd: textParam.describe(
        "The script's path on the controller (searched in `files/` beside the playbook), then its arguments.",
      ),
      chdir: textParam.optional().describe('Directory on the host to run in.'),
      creates: textParam
        .optional()
        .describe('A path or glob on the host; when it exists, the script does not run.'),
      removes: textParam
        .optional()
        .describe('A path or glob on the host; when it does not exist, the script does not run.'),
      executable: textParam.optional().describe('The interpreter with its options.'),
      decrypt: booleanParam
        .default(true)
        .describe('Whether a script that is encrypted as a whole is decrypted.'),
    }),
  freeForm: 'cmd',
  detaches: true,
  where: 'remote',
  checkMode: 'skip',
  returns: { rc: 'The exit status.', stdout: 'Standard output.', stderr: 'Standard error.' },
  examples: [
    {
      title: 'With an argument',
      yaml: 'script: bootstrap.sh --role web\nargs:\n  creates: /etc/bootstrapped',
    },
  ],
  async run(given, context) {
    const words = wordsOf(given.cmd);
    if (typeof words === 'string') return { changed: false, failed: true, msg: words };
    const [path, ...args] = words;
    if (path === undefined) return { changed: false, failed: true, msg: 'no script given', rc: 256 };
    const guarded = await guardedResult(given, context, given.cmd);
    if (guarded !== undefined) return { ...guarded, skipped: true };
    const source = await context.files.find(path, 'files');
    const { bytes: content } = await readSource(source, given.decrypt, context);
    const { detached } = context;
    const remotePath =
      detached === undefined ? await upload(content, context) : await keepForJob(content, detached, context);
    try {
      const argv = [...interpreterOf(content, given.executable), remotePath, ...args];
      return await runCommand(
        { cmd: given.cmd, command: { argv }, chdir: given.chdir, stripEmptyEnds: false },
        context,
      );
    } finally {
      if (detached === undefined)
        await context
          .send({ type: 'call', code: `rm -f -- ${shellQuote(remotePath)}`, readOnly: true })
          .catch(() => undefined);
    }
  },
});
