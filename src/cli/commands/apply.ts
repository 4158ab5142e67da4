import { prepare } from '../../engine.ts';
import { ask } from '../ask.ts';
import type { SharedFlags } from '../flags.ts';
import { projectRequest } from '../project-request.ts';
import { createReporters, reportersOf } from '../reporters.ts';
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
  const reports = flags.report ?? [];
  // A wrong flag is told before anything else.
  reportersOf(reports);
  const lists = flags.listHosts === true || flags.listSteps === true || flags.listTags === true;
  const request = await projectRequest(flags);
  const prepared = await prepare(playbook, lists ? request : { ...request, ask });
  if (lists) {
    process.stdout.write(listPlan(prepared.plan, flags));
    return 0;
  }
  const { output, diff, report = [] } = prepared.settings;
  const reporter = await createReporters({
    output: flags.output ?? output,
    reports: reports.length > 0 ? reports : report,
    verbosity: flags.verbose,
  });
  return runPlan(prepared, flags, { check: mode.check, diff: mode.diff || diff === true, reporter });
}
