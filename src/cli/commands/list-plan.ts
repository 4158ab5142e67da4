import { listedSteps } from '../../model/listed-steps.ts';
import type { Plan, PlanPlay } from '../../model/plan.ts';
import { printableLine } from '../../report/printable.ts';
import type { SharedFlags } from '../flags.ts';

function hostsOf(plan: Plan, play: PlanPlay): readonly string[] {
  return play.batches.flat().map((index) => plan.hosts[index] ?? '');
}

function stepLines(plan: Plan, play: PlanPlay): readonly string[] {
  return plan.steps
    .filter((step) => step.play === play.index && step.section !== 'facts' && step.flushes === undefined)
    .flatMap((step) => {
      const handler = step.section === 'handlers' ? '  (handler)' : '';
      return listedSteps(step).map(
        ({ title, tags }) =>
          `      ${printableLine(title)}${tags.length > 0 ? `  [${tags.join(', ')}]` : ''}${handler}`,
      );
    });
}

function hostsInWords({ late }: PlanPlay, count: number): string {
  if (late !== undefined) return `hosts of "${printableLine(late.pattern)}" when it is reached`;
  return `${count} ${count === 1 ? 'host' : 'hosts'}`;
}

/** The plays of a plan with their hosts, steps or tags, as text. */
export function listPlan(plan: Plan, flags: SharedFlags): string {
  const lines = [`playbook: ${plan.file}`];
  for (const play of plan.plays) {
    const hosts = hostsOf(plan, play);
    lines.push(
      '',
      `  play ${play.index + 1}: ${printableLine(play.name)}  (${hostsInWords(play, hosts.length)})`,
    );
    if (flags.listHosts === true) lines.push('    hosts:', ...hosts.map((host) => `      ${host}`));
    if (flags.listSteps === true) lines.push('    steps:', ...stepLines(plan, play));
    if (flags.listTags === true) {
      const tags = new Set(
        plan.steps
          .filter((step) => step.play === play.index)
          .flatMap(listedSteps)
          .flatMap((step) => step.tags),
      );
      lines.push(`    tags: ${[...tags].sort().join(', ')}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
