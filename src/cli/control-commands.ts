import type { Command } from 'commander';

type Run = <Args extends unknown[]>(
  action: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;

/** Commands about runs that are under way or over, and what they hold: `event`, `ps`, `locks`, `runs`. */
export function addControlCommands(program: Command, run: Run): void {
  program
    .command('event <action> <run> [name]')
    .description('set or clear an external event of a running run, or list its events')
    .addHelpText(
      'after',
      `
RUN is the id of a run, the beginning of one, or latest.

Examples:
  runbook event list latest             list the events of the run that is under way
  runbook event set latest approved     let everybody through who waits for it
  runbook event clear latest approved   close it again for those who come later`,
    )
    .action(
      run(async (action: string, name: string, eventName: string | undefined) =>
        (await import('./commands/event.ts')).event(action, name, eventName),
      ),
    );

  program
    .command('ps [run]')
    .description('show what running runs do: what runs, what waits, and who holds what is waited for')
    .action(run(async (name: string | undefined) => (await import('./commands/ps.ts')).ps(name)));

  program
    .command('locks [action] [name]')
    .description('list the global locks and semaphores that runs hold, or make lost ones free')
    .option('--force', 'with clear: also those whose holder lives')
    .addHelpText(
      'after',
      `
A lock of scope global is kept when the host of its holder was lost, as nobody knows whether the work there goes on.
Look at the host; then clear the lock.

Examples:
  runbook locks                  list who holds what, since when
  runbook locks clear deploy     make the lost lock deploy free`,
    )
    .action(
      run(async (action: string | undefined, name: string | undefined, flags: { force?: boolean }) =>
        (await import('./commands/locks.ts')).locks(action ?? 'list', name, flags.force === true),
      ),
    );

  program
    .command('runs [action] [run]')
    .description('list past and present runs, or show one: runs show RUN')
    .action(
      run(async (action: string | undefined, name: string | undefined) =>
        (await import('./commands/runs.ts')).runs(action ?? 'list', name),
      ),
    );
}
