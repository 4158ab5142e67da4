/** The two ways in which Ctrl-C ends a run. */
export interface Interrupt {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP: nothing new starts, running commands are ended on the hosts. */
  readonly signal: AbortSignal;
  /** Aborted by the second: the run ends at once. */
  readonly killSignal: AbortSignal;
  /** Takes the handlers away. */
  dispose(): void;
}

/** Turns signals into aborts; a third signal ends the process the hard way. */
export function listenForInterrupt(onFirst: () => void): Interrupt {
  const first = new AbortController();
  const second = new AbortController();
  const handler = () => {
    if (!first.signal.aborted) {
      first.abort();
      onFirst();
    } else if (!second.signal.aborted) second.abort();
    else process.exit(130);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, handler);
  return {
    signal: first.signal,
    killSignal: second.signal,
    dispose() {
      for (const name of signals) process.off(name, handler);
    },
  };
}
