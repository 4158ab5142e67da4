import type { ExternalWait } from './active.ts';
import type { RunState } from './run-state.ts';

const noticeEachMs = 60_000;

/** Gives a notice each minute for as long as anybody waits for an external event. Returns what ends it for this one. */
export function noticeExternalWait(state: RunState, event: string, who: string): () => void {
  const wait = state.externalWaits.get(event) ?? startNotices(state, event);
  wait.waiting.add(who);
  return () => {
    wait.waiting.delete(who);
    if (wait.waiting.size > 0) return;
    wait.stop();
    state.externalWaits.delete(event);
  };
}

function startNotices(state: RunState, event: string): ExternalWait {
  const { clock, emit, runId } = state.options;
  let stopTimer: () => void = () => undefined;
  const wait: ExternalWait = { waiting: new Set(), stop: () => stopTimer() };
  const hint = runId === undefined ? {} : { hint: `runbook event set ${runId} ${event}` };
  const next = () => {
    stopTimer = clock.after(noticeEachMs, () => {
      emit({
        type: 'notice',
        severity: 'info',
        message: `${names(wait.waiting)} for event "${event}"`,
        ...hint,
      });
      next();
    });
  };
  next();
  state.externalWaits.set(event, wait);
  return wait;
}

function names(waiting: ReadonlySet<string>): string {
  const [first = ''] = waiting;
  return waiting.size === 1 ? `${first} still waits` : `${first} and ${waiting.size - 1} more still wait`;
}
