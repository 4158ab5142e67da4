import { shellQuote } from '../../lib/shell-quote.ts';
import type { ModuleContext, ModuleResult } from '../../model/module.ts';

/** `creates` and `removes`: globs that say whether a command has anything to do. */
export interface Guards {
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
  readonly chdir?: string | undefined;
}

/** A glob for the shell: everything quoted but `*`, `?`, brackets and a leading `~`. */
function globWord(pattern: string): string {
  const [, tilde = '', rest = ''] = /^(~[A-Za-z0-9_.-]*(?=\/|$))?(.*)$/s.exec(pattern) ?? [];
  const quoted = rest.replace(/[^*?[\]]+/g, (part) => shellQuote(part));
  return tilde + quoted;
}

/** Shell code that prints `yes` when a path matches the glob. */
function existsCode(pattern: string, chdir: string | undefined): string {
  const cd = chdir === undefined ? '' : `cd -- ${shellQuote(chdir)} || exit 1; `;
  return `${cd}for p in ${globWord(pattern)}; do if [ -e "$p" ] || [ -L "$p" ]; then echo yes; break; fi; done`;
}

async function exists(pattern: string, guards: Guards, context: ModuleContext): Promise<boolean> {
  const reply = await context.send({ type: 'call', code: existsCode(pattern, guards.chdir), readOnly: true });
  return reply.stdout.bytes.toString('utf8').trim() === 'yes';
}

/** The result of a command that its guards leave out, or undefined when it is to run. */
export async function guardedResult(
  guards: Guards,
  context: ModuleContext,
): Promise<ModuleResult | undefined> {
  if (guards.creates !== undefined && (await exists(guards.creates, guards, context))) {
    return {
      changed: false,
      rc: 0,
      msg: `did not run the command, since ${guards.creates} exists`,
      fields: { stdout: `skipped, since ${guards.creates} exists`, stderr: '' },
    };
  }
  if (guards.removes !== undefined && !(await exists(guards.removes, guards, context))) {
    return {
      changed: false,
      rc: 0,
      msg: `did not run the command, since ${guards.removes} does not exist`,
      fields: { stdout: `skipped, since ${guards.removes} does not exist`, stderr: '' },
    };
  }
  return undefined;
}
