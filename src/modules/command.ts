import { z } from 'zod';
import { shellQuote } from '../lib/shell-quote.ts';
import type { ExecRequest } from '../model/host.ts';
import { defineActionModule } from '../model/module.ts';
import { commandReturns, runCommand } from './shared/command-result.ts';
import { guardedResult } from './shared/guards.ts';
import { booleanParam, textParam } from './shared/param-types.ts';
import { wordsOf } from './shared/words.ts';

const params = () =>
  z
    .strictObject({
      cmd: textParam
        .optional()
        .describe('The command with its arguments, split into words as a shell would; no shell reads it.'),
      argv: z
        .array(textParam)
        .min(1)
        .optional()
        .describe('The command as a list of words, taken as they are.'),
      chdir: textParam.optional().describe('Directory to run in.'),
      creates: textParam.optional().describe('A path or glob; when it exists, the command does not run.'),
      removes: textParam
        .optional()
        .describe('A path or glob; when it does not exist, the command does not run.'),
      stdin: textParam.optional().describe('Text for the standard input of the command.'),
      stdin_add_newline: booleanParam.default(true).describe('Whether a newline is added to `stdin`.'),
      strip_empty_ends: booleanParam
        .default(true)
        .describe('Whether empty lines at the end of the output are dropped.'),
      expand_argument_vars: booleanParam
        .default(true)
        .describe(
          'Whether `$NAME` and a leading `~` in arguments are replaced, from the environment on the host.',
        ),
      executable: textParam.optional().describe('Accepted and without effect: no shell reads the command.'),
      warn: booleanParam.optional().describe('Accepted and without effect, as old playbooks have it.'),
    })
    .refine((value) => (value.cmd === undefined) !== (value.argv === undefined), {
      message: 'give either "cmd" (or free text) or "argv"',
    });

/** One word for the shell in which `$NAME`, `${NAME}` (where set) and a leading `~` are replaced, and nothing else. */
function expandingWord(word: string): string {
  const [, tilde = '', rest = ''] = /^(~[A-Za-z0-9_.-]*(?:\/|$))?(.*)$/s.exec(word) ?? [];
  const body = rest.replace(
    /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))|[\\"$`]/g,
    (match, braced, bare) => {
      const name: string | undefined = braced ?? bare;
      if (name === undefined) return `\\${match}`;
      return `\${${name}-${match.replaceAll('$', '\\$').replaceAll('}', '\\}')}}`;
    },
  );
  return `${tilde}"${body}"`;
}

function commandOf(words: readonly string[], expand: boolean): ExecRequest['command'] {
  const expands = expand && words.some((word) => word.startsWith('~') || /\$[A-Za-z_{]/.test(word));
  if (!expands) return { argv: words };
  return {
    script: `exec ${words.map((word) => (/[$~]/.test(word) ? expandingWord(word) : shellQuote(word))).join(' ')}\n`,
  };
}

/** Runs a command without a shell. */
export default defineActionModule({
  name: 'command',
  summary: 'Run a command on the host, without a shell.',
  description:
    'Words are split as a shell splits them; pipes, redirections and globs have no meaning. Use `shell` for those. ' +
    'Always reports a change: say `changed_when` what counts as one, or give `creates` or `removes`.',
  params,
  freeForm: 'cmd',
  detaches: true,
  where: 'remote',
  checkMode: 'skip',
  returns: {
    cmd: 'The words that ran.',
    ...commandReturns,
  },
  examples: [
    { title: 'Run a migration', yaml: 'command: ./migrate --to {{ version }}\nargs:\n  chdir: /srv/app' },
    {
      title: 'Only when the database is not there',
      yaml: 'command:\n  argv: [createdb, "{{ name }}"]\n  creates: /var/lib/db/{{ name }}',
    },
  ],
  async run(given, context) {
    const words = given.argv ?? wordsOf(given.cmd ?? '');
    if (typeof words === 'string') return { changed: false, failed: true, msg: words };
    if (words.length === 0) return { changed: false, failed: true, msg: 'no command given', rc: 256 };
    const guarded = await guardedResult(given, context, [...words]);
    if (guarded !== undefined) return guarded;
    return runCommand(
      {
        cmd: [...words],
        command: commandOf(words, given.expand_argument_vars),
        chdir: given.chdir,
        stdin: given.stdin,
        stdinAddNewline: given.stdin_add_newline,
        stripEmptyEnds: given.strip_empty_ends,
      },
      context,
    );
  },
});
