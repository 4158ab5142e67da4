import type { RunEvent, StepInfo } from './event.ts';
import { type Plan, type PlanStep, titleInPass } from './plan.ts';

/** What names a run. */
export interface RunNames {
  readonly runId: string;
  readonly checkMode: boolean;
  readonly diffMode: boolean;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** A step as reports know it. */
export function stepInfo(step: PlanStep, instances: number): StepInfo {
  return {
    index: step.index,
    title: titleInPass(step),
    pass: step.pass,
    id: step.id,
    module: step.action.type === 'module' ? step.action.written : undefined,
    at: step.at,
    play: step.play,
    handler: step.section === 'handlers',
    instances,
    noLog: step.keywords.noLog === true,
  };
}

/** The event that opens a run: its plays, steps and hosts as reports know them. */
export function describeRun(plan: Plan, names: RunNames): RunEvent {
  const instances = new Map<number, number>();
  for (const node of plan.nodes) {
    if ('step' in node) instances.set(node.step, (instances.get(node.step) ?? 0) + 1);
  }
  return {
    type: 'run-started',
    ...names,
    playbook: plan.file,
    plays: plan.plays.map((play) => ({
      index: play.index,
      name: play.name,
      hosts: play.batches.flat().map((host) => plan.hosts[host] ?? ''),
    })),
    steps: plan.steps.map((step) => stepInfo(step, instances.get(step.index) ?? 0)),
    hosts: plan.hosts,
    plan,
  };
}
