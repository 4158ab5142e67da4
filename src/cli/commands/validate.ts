import { prepare } from '../../engine.ts';
import type { SharedFlags } from '../flags.ts';
import { projectRequest } from '../project-request.ts';
import { showDiagnostics } from '../show-failure.ts';

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

/** `runbook validate PLAYBOOK`: all that can be known without touching a host. */
export async function validate(playbook: string, flags: SharedFlags): Promise<number> {
  const { plan, warnings } = await prepare(playbook, await projectRequest(flags));
  showDiagnostics(warnings);
  const hosts = new Set(plan.plays.flatMap((play) => play.batches.flat()));
  const steps = plan.steps.filter((step) => step.section !== 'facts' && step.section !== 'handlers');
  process.stdout.write(
    `${playbook}: ok: ${count(plan.plays.length, 'play')}, ${count(steps.length, 'step')}, ${count(hosts.size, 'host')}${warnings.length > 0 ? `, ${count(warnings.length, 'warning')}` : ''}\n`,
  );
  return 0;
}
