import type { Coordinator } from '../coordinate/coordinator.ts';
import type { Clock } from '../lib/clock.ts';
import type { Emit } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import type { Declarations } from '../model/playbook.ts';
import type { RunLook } from '../model/run-look.ts';
import type { ScheduleLook } from './options.ts';

/** A run as it is seen, and steered by its external events, from outside the scheduler. */
export interface RunWatch {
  readonly events: Declarations['events'];
  /** What happens at this moment; before the scheduler has begun, nothing. */
  look(): RunLook;
  setEvent(event: string): Promise<void>;
  clearEvent(event: string): Promise<void>;
  /** Tells the reports of the run, in words, what was done from outside. */
  told(message: string): void;
  /** To be given to the scheduler. */
  observe(look: () => ScheduleLook): void;
}

/** Watches a run whose plan is about to be carried out. */
export function createRunWatch(
  plan: Plan,
  coordinator: Coordinator,
  run: { readonly runId: string; readonly clock: Clock; readonly emit: Emit },
): RunWatch {
  const startedMs = run.clock.nowMs();
  let lookNow = (): ScheduleLook => ({ ended: 0, total: plan.nodes.length, activities: [], events: [] });
  return {
    events: plan.declarations.events,
    look: () => ({
      runId: run.runId,
      playbook: plan.file,
      elapsedMs: run.clock.nowMs() - startedMs,
      ...lookNow(),
    }),
    setEvent: (event) => coordinator.setEvent(event),
    clearEvent: (event) => coordinator.clearEvent(event),
    told: (message) => run.emit({ type: 'notice', severity: 'info', message }),
    observe: (look) => {
      lookNow = look;
    },
  };
}
