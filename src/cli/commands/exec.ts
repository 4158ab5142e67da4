import { prepareExec } from '../../engine.ts';
import { shellQuote } from '../../lib/shell-quote.ts';
import { failure } from '../../model/diagnostic.ts';
import { execReporter } from '../../report/exec-report.ts';
import type { SharedFlags } from '../flags.ts';
import { projectRequest } from '../project-request.ts';
import { createReporters } from '../reporters.ts';
import { runPlan } from '../run-plan.ts';

/** Flags of `exec`. */
export interface ExecFlags extends SharedFlags {
  readonly host?: readonly string[];
  readonly group?: readonly string[];
  readonly cmd?: string;
  readonly moduleName?: string;
  readonly args?: string;
}

const usage = "for example: runbook exec -H web1 -g db --cmd 'uptime', or runbook exec web -- uptime";

/** One word is a script for the shell, as after `ssh host`; several words are a command whose words stay apart. */
function commandOf(words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  return words.length === 1 ? words[0] : words.map(shellQuote).join(' ');
}

function actionOf(
  flags: ExecFlags,
  words: readonly string[],
): { readonly module: string; readonly args: string } {
  const given = [flags.cmd !== undefined, words.length > 0, flags.moduleName !== undefined].filter(
    Boolean,
  ).length;
  if (given > 1) throw failure('RB701', 'give one of --cmd, a command after --, or -m', { hint: usage });
  if (flags.moduleName !== undefined) return { module: flags.moduleName, args: flags.args ?? '' };
  const command = flags.cmd ?? commandOf(words) ?? flags.args;
  if (command === undefined || command.trim() === '')
    throw failure('RB701', 'no command given', { hint: usage });
  return { module: 'shell', args: command };
}

/** The words of the command line that are no flags. */
export interface ExecWords {
  readonly pattern: string | undefined;
  readonly words: readonly string[];
  /** How many of them stand behind `--`. */
  readonly wordsAfterDashes: number;
}

/** What stands behind `--` is the command; before it is a pattern, which `-H` and `-g` make unnecessary. */
function splitWords({ pattern, words, wordsAfterDashes }: ExecWords): {
  readonly pattern: string | undefined;
  readonly command: readonly string[];
} {
  const all = pattern === undefined ? [] : [pattern, ...words];
  const isAllCommand = wordsAfterDashes > 0 && wordsAfterDashes === all.length;
  return isAllCommand ? { pattern: undefined, command: all } : { pattern, command: words };
}

/** `runbook exec`: one command or module on hosts, outside a playbook. */
export async function exec(given: ExecWords, flags: ExecFlags): Promise<number> {
  const { pattern, command } = splitWords(given);
  const targets = { pattern, hosts: flags.host ?? [], groups: flags.group ?? [] };
  if (pattern === undefined && targets.hosts.length === 0 && targets.groups.length === 0)
    throw failure('RB701', 'no host given', { hint: usage });
  const action = actionOf(flags, command);
  const reporter = await createReporters({
    output: flags.output,
    reports: flags.report ?? [],
    verbosity: flags.verbose,
    human: execReporter,
  });
  const prepared = await prepareExec({ ...targets, ...action }, await projectRequest(flags));
  return runPlan(prepared, flags, { check: flags.check === true, diff: flags.diff === true, reporter });
}
