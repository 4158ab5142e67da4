import { shellPath } from '../../lib/shell-path.ts';
import { shellQuote } from '../../lib/shell-quote.ts';
import type { ModuleContext, ModuleResult } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';

/** `creates` and `removes`: globs that say whether a command has anything to do. */
export interface Guards {
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
  readonly chdir?: string | undefined;
}

/** A glob for the shell: a leading `~`, variables, `*`, `?` and brackets keep their meaning, all else is literal. */
function globWord(pattern: string): string {
  return pattern
    .split(/([*?[\]]+)/)
    .map((part, index) => {
      if (index % 2 === 1 || part === '') return part;
      return index > 0 && part.startsWith('~') ? shellQuote(part) : shellPath(part);
    })
    .join('');
}

/**
 * Shell code that prints the guard that leaves the command out, if any. A directory that cannot be entered leaves
 * nothing out: the command itself then fails and says so.
 */
function guardCode({ creates, removes, chdir }: Guards): string {
  return [
    ...(chdir === undefined ? [] : [`cd -- ${shellPath(chdir)} 2>/dev/null || exit 0`]),
    'any() { for p; do if [ -e "$p" ] || [ -L "$p" ]; then return 0; fi; done; return 1; }',
    ...(creates === undefined ? [] : [`if any ${globWord(creates)}; then echo creates; exit 0; fi`]),
    ...(removes === undefined ? [] : [`any ${globWord(removes)} || echo removes`]),
  ].join('\n');
}

/** The result of a command that its guards leave out, or undefined when it is to run. One request at most. */
export async function guardedResult(
  guards: Guards,
  context: ModuleContext,
  cmd: Value,
): Promise<ModuleResult | undefined> {
  const { creates, removes } = guards;
  if (creates === undefined && removes === undefined) return undefined;
  const reply = await context.send({ type: 'call', code: guardCode(guards), readOnly: true });
  const word = reply.stdout.bytes.toString('utf8').trim();
  if (word !== 'creates' && word !== 'removes') return undefined;
  const why = word === 'creates' ? `${creates} exists` : `${removes} does not exist`;
  return {
    changed: false,
    rc: 0,
    msg: `did not run the command, since ${why}`,
    fields: { cmd, stdout: `skipped, since ${why}`, stderr: '', start: null, end: null, delta: null },
  };
}
