import type { StepInfo } from '../model/event.ts';
import { printable } from './printable.ts';
import type { Reporter, TextSink } from './reporter.ts';
import { isTrouble } from './tally.ts';

/** Escapes as the runner's `@actions/core` defines them: message data, then property values. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** An error annotation at the step's line for each failure that was neither ignored nor rescued (GitHub Actions). */
export function githubAnnotations(sink: TextSink): Reporter {
  const infos = new Map<number, StepInfo>();
  return {
    event(event) {
      if (event.type === 'run-started' || event.type === 'steps-added')
        for (const info of event.steps) infos.set(info.index, info);
      if (
        event.type !== 'step-finished' ||
        !isTrouble(event) ||
        event.ignored === true ||
        event.rescued === true
      )
        return;
      const at = infos.get(event.step)?.at;
      if (at === undefined) return;
      const where = `file=${escapeProperty(at.file)},line=${at.line},col=${at.column}`;
      const title = escapeProperty(printable(`${event.title}: ${event.outcome} on ${event.host}`));
      sink.write(`::error ${where},title=${title}::${escapeData(printable(event.msg ?? event.outcome))}\n`);
    },
  };
}
