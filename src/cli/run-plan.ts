import { type Prepared, type RunRequest, run } from '../engine.ts';
import type { Reporter } from '../report/reporter.ts';
import type { SharedFlags } from './flags.ts';
import { listenForInterrupt } from './interrupt.ts';
import { lookOnSignal } from './look-on-signal.ts';
import { runRequest } from './project-request.ts';
import { showDiagnostics } from './show-failure.ts';

type Ask = NonNullable<RunRequest['ask']>;

/** Asks while the live progress keeps off the terminal. */
function askBeside(reporter: Reporter, ask: Ask): Ask {
  return async (prompt, askOptions) => {
    const resume = reporter.pause?.();
    try {
      return await ask(prompt, askOptions);
    } finally {
      resume?.();
    }
  };
}

/**
 * Carries out a prepared plan, shown by `reporter`, until its end or until it is interrupted.
 *
 * @returns the exit code of the run.
 */
export async function runPlan(
  prepared: Prepared,
  flags: SharedFlags,
  options: {
    readonly check: boolean;
    readonly diff: boolean;
    readonly reporter: Reporter;
    readonly knownHostsFiles?: readonly string[];
    /** The folder whose `.runbook` gets the run's folder. Default: that of the playbook. */
    readonly runsIn?: string;
  },
): Promise<number> {
  showDiagnostics(prepared.warnings);
  const request = await runRequest(flags, options, prepared.settings);
  const interrupt = listenForInterrupt(() => {
    options.reporter.event({
      type: 'notice',
      severity: 'warning',
      message: 'interrupted: ending running commands on the hosts (once more ends at once)',
    });
  });
  const looks = lookOnSignal();
  try {
    const result = await run(prepared, {
      ...request,
      ask: request.ask === undefined ? undefined : askBeside(options.reporter, request.ask),
      knownHostsFiles: options.knownHostsFiles,
      runsIn: options.runsIn,
      observe: (look) => looks.start(look),
      emit: (event) => options.reporter.event(event),
      signal: interrupt.signal,
      killSignal: interrupt.killSignal,
    });
    return result.exitCode;
  } finally {
    looks.stop();
    interrupt.dispose();
    await options.reporter.close?.();
  }
}
