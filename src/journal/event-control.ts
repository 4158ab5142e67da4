import { didYouMean } from '../lib/suggest.ts';
import type { Declarations } from '../model/playbook.ts';
import type { AnswerControl, ControlReply, ControlRequest } from '../model/run-control.ts';
import type { RunLook } from '../model/run-look.ts';

/** What control reaches in a run. */
export interface ControlledRun {
  readonly events: Declarations['events'];
  look(): RunLook;
  setEvent(event: string): Promise<void>;
  clearEvent(event: string): Promise<void>;
  /** Tells that somebody changed something from outside, in words. */
  told(message: string): void;
}

/** Answers what other processes ask of a run: they may look, and set or clear external events; nothing else. */
export function answerControl(run: ControlledRun): AnswerControl {
  return async (request) => {
    switch (request.ask) {
      case 'look':
        return { reply: 'look', look: run.look() };
      case 'events':
        return { reply: 'events', events: run.look().events };
      case 'set-event':
      case 'clear-event':
        return changeEvent(run, request);
    }
  };
}

async function changeEvent(
  run: ControlledRun,
  { ask, event }: Extract<ControlRequest, { readonly event: string }>,
): Promise<ControlReply> {
  const declared = Object.hasOwn(run.events, event) ? run.events[event] : undefined;
  const external = Object.keys(run.events).filter((name) => run.events[name]?.external);
  if (declared === undefined) {
    const message = `the playbook declares no event "${event}"${didYouMean(event, Object.keys(run.events))}`;
    return { reply: 'refused', message, hint: namesHint(external) };
  }
  if (!declared.external) {
    const message = `event "${event}" is not set from outside: steps of the playbook set it${didYouMean(event, external)}`;
    return { reply: 'refused', message, hint: `declare it so: \`events: {${event}: {external: true}}\`` };
  }
  const before = run.look().events.find(({ name }) => name === event);
  const wanted = ask === 'set-event';
  if (before?.set === wanted) return { reply: 'done', changed: false, woken: 0 };
  await (wanted ? run.setEvent(event) : run.clearEvent(event));
  run.told(`event "${event}" was ${wanted ? 'set' : 'cleared'} from outside`);
  return { reply: 'done', changed: true, woken: wanted ? (before?.waiting ?? 0) : 0 };
}

function namesHint(external: readonly string[]): string {
  return external.length === 0
    ? 'it has no event that is set from outside'
    : `set from outside: ${external.join(', ')}`;
}
