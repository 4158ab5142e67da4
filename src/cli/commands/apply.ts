import { prepare } from '../../engine.ts';
import type { SharedFlags } from '../flags.ts';
import { projectRequest } from '../project-request.ts';
import { createReporters } from '../reporters.ts';
import { runPlan } from '../run-plan.ts';
import { listPlan } from './list-plan.ts';

/** `runbook apply PLAYBOOK`. */
export async function apply(playbook: string, flags: SharedFlags): Promise<number> {
  return carryOut(playbook, flags, { check: flags.check === true, diff: flags.diff === true });
}

/** `runbook check PLAYBOOK`: `apply --check --diff`. */
export async function check(playbook: string, flags: SharedFlags): Promise<number> {
  return carryOut(playbook, flags, { check: true, diff: true });
}

async function carryOut(
  playbook: string,
  flags: SharedFlags,
  mode: { readonly check: boolean; readonly diff: boolean },
): Promise<number> {
  // Made first, so that a wrong flag is told before anything else.
  const reporter = await createReporters({
    output: flags.output,
    reports: flags.report ?? [],
    verbosity: flags.verbose,
  });
  const prepared = await prepare(playbook, projectRequest(flags));
  if (flags.listHosts === true || flags.listSteps === true || flags.listTags === true) {
    process.stdout.write(listPlan(prepared.plan, flags));
    return 0;
  }
  return runPlan(prepared, flags, { ...mode, reporter });
}
