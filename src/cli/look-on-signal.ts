import type { RunLook } from '../model/run-look.ts';
import { lookText } from '../report/look-text.ts';
import { plainStyle } from '../report/reporter.ts';

/** Prints, at each SIGUSR1, to standard error what the run does at that moment. From its start on until it is stopped. */
export function lookOnSignal(): { start(look: () => RunLook): void; stop(): void } {
  let lookNow: (() => RunLook) | undefined;
  // It is listened to from the beginning: without a listener the signal would open a debugger.
  const handler = () => {
    process.stderr.write(lookNow === undefined ? 'the run has not begun\n' : lookText(lookNow(), plainStyle));
  };
  process.on('SIGUSR1', handler);
  return {
    start: (look) => {
      lookNow = look;
    },
    stop: () => void process.off('SIGUSR1', handler),
  };
}
