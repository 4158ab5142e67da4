import { listedSteps } from '../../model/listed-steps.ts';
import type { Plan, PlanPlay } from '../../model/plan.ts';
import { printableLine } from '../../report/printable.ts';
import type { SharedFlags } from '../flags.ts';

/** What `--list-hosts`, `--list-tasks` and `--list-tags` print, in ansible-playbook's form. */
export function listLikeAnsible(plan: Plan, flags: SharedFlags): string {
  const lines = ['', `playbook: ${plan.file}`];
  for (const play of plan.plays) {
    const tags = (play.keywords.tags ?? []).join(', ');
    lines.push(
      '',
      `  play #${play.index + 1} (${play.pattern}): ${printableLine(play.name)}\tTAGS: [${tags}]`,
    );
    if (flags.listHosts === true) lines.push(...hostLines(plan, play));
    if (flags.listSteps === true) lines.push('    tasks:', ...taskLines(plan, play));
    if (flags.listTags === true) lines.push(`      TASK TAGS: [${tagsOf(plan, play).join(', ')}]`);
  }
  return `${lines.join('\n')}\n`;
}

function hostLines(plan: Plan, play: PlanPlay): readonly string[] {
  const hosts = play.batches.flat().map((index) => plan.hosts[index] ?? '');
  const pattern = play.pattern.split(',').map((part) => `'${part}'`);
  return [
    `    pattern: [${pattern.join(', ')}]`,
    `    hosts (${hosts.length}):`,
    ...hosts.map((host) => `      ${host}`),
  ];
}

function taskLines(plan: Plan, play: PlanPlay): readonly string[] {
  return tasksOf(plan, play).map((step) => {
    const tags = [...step.tags].sort().join(', ');
    return `      ${printableLine(step.title)}\tTAGS: [${tags}]`;
  });
}

function tagsOf(plan: Plan, play: PlanPlay): readonly string[] {
  return [...new Set(tasksOf(plan, play).flatMap((step) => step.tags))].sort();
}

function tasksOf(plan: Plan, play: PlanPlay) {
  const written = plan.steps.filter(
    (step) => step.play === play.index && step.section !== 'facts' && step.section !== 'handlers',
  );
  return written.flatMap(listedSteps);
}
