import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { resolve } from 'node:path';
import { CommanderError } from 'commander';
import { type Prepared, prepare } from '../../engine.ts';
import { RunbookError } from '../../model/diagnostic.ts';
import { ansibleReporter } from '../../report/ansible-default.ts';
import { allReporters, colourStyle, plainStyle, wantsColour } from '../../report/reporter.ts';
import { ask } from '../ask.ts';
import { projectRequest } from '../project-request.ts';
import { reportersOf, stdoutSink } from '../reporters.ts';
import { runPlan } from '../run-plan.ts';
import { showFailure } from '../show-failure.ts';
import { type AnsibleArguments, readAnsibleArguments } from './arguments.ts';
import { listLikeAnsible } from './list-plan.ts';

/** Ansible's exit codes by ours: what scripts that call ansible-playbook look at. */
const exitCodes: Readonly<Record<number, number>> = { 3: 0, 5: 2, 64: 2, 65: 4, 70: 250, 75: 1, 130: 99 };

/**
 * `runbook-ansible-playbook`: takes ansible-playbook's words and environment, prints in the form of its default callback
 * and ends with its exit codes: 0 ok, 1 an error, 2 a task failed or the words are wrong, 4 a host was unreachable or a
 * file is wrong, 99 interrupted, 250 a bug.
 */
export async function ansiblePlaybook(argv: readonly string[]): Promise<number> {
  try {
    const args = readAnsibleArguments(argv);
    if (args === undefined) return 0;
    let code = 0;
    for (const playbook of args.playbooks) {
      code = ansibleCode(await play(playbook, args));
      if (code !== 0) break;
    }
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return 2;
    return ansibleCode(showFailure(error));
  }
}

async function play(playbook: string, args: AnsibleArguments): Promise<number> {
  const { flags } = args;
  const prepared = await prepareLikeAnsible(playbook, args);
  if (args.syntaxCheck) {
    process.stdout.write(`\nplaybook: ${prepared.plan.file}\n`);
    return 0;
  }
  if (flags.listHosts === true || flags.listSteps === true || flags.listTags === true) {
    process.stdout.write(listLikeAnsible(prepared.plan, flags));
    return 0;
  }
  const main = ansibleReporter(stdoutSink(), {
    verbosity: flags.verbose,
    style: style() ? colourStyle : plainStyle,
    errors: { write: (text) => void process.stderr.write(text) },
  });
  const reporter = allReporters([main, ...reportersOf(prepared.settings.report ?? [])]);
  const diff = flags.diff === true || prepared.settings.diff === true;
  return runPlan(prepared, flags, { check: flags.check === true, diff, reporter });
}

async function prepareLikeAnsible(playbook: string, args: AnsibleArguments): Promise<Prepared> {
  const given = await projectRequest(args.flags);
  const request = { ...given, inventory: sourcesThere(given.inventory, given.cwd) };
  const env = {
    ...request.env,
    ...(args.forceHandlers ? { ANSIBLE_FORCE_HANDLERS: '1' } : {}),
    ...(args.modulePath.length > 0 ? { ANSIBLE_LIBRARY: args.modulePath.join(':') } : {}),
  };
  try {
    return await prepare(playbook, { ...request, env, ask });
  } catch (error) {
    // Scripts look for this word.
    if (error instanceof RunbookError) process.stderr.write(`ERROR! ${firstError(error)}\n`);
    throw error;
  }
}

/** The sources of an inventory that are there; the others are told, as Ansible does, and left out. */
function sourcesThere(sources: readonly string[], cwd: string): readonly string[] {
  const isThere = (source: string) =>
    source.includes(',') || source.startsWith('ssh_config:') || existsSync(resolve(cwd, source));
  for (const source of sources)
    if (!isThere(source))
      process.stderr.write(`[WARNING]: Unable to parse ${resolve(cwd, source)} as an inventory source\n`);
  const found = sources.filter(isThere);
  return found.length === 0 && sources.length > 0 ? [devNull] : found;
}

function firstError({ diagnostics }: RunbookError): string {
  return diagnostics.find(({ severity }) => severity === 'error')?.message ?? 'the playbook cannot be run';
}

function style(): boolean {
  const { env } = process;
  if (env['ANSIBLE_NOCOLOR'] !== undefined) return false;
  if (env['ANSIBLE_FORCE_COLOR'] !== undefined) return true;
  return wantsColour(env, process.stdout.isTTY === true);
}

function ansibleCode(code: number): number {
  return exitCodes[code] ?? code;
}
