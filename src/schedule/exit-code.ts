import type { ScheduleResult } from './options.ts';

/**
 * The process's exit code after a run: the first that applies of 70 (our bug), 130 (interrupted), 5 (an outcome is
 * unknown), 75 (held by another run), 2 (a step failed), 4 (a host was unreachable), 3 (changes pending, only with
 * `checkExitCode`), 0.
 */
export function exitCode(
  result: Omit<ScheduleResult, 'hosts' | 'owedHandlers' | 'waitedMs' | 'leftItems' | 'outcome'>,
  options: { readonly checkExitCode: boolean },
): number {
  if (result.internalErrors.length > 0) return 70;
  if (result.interrupted) return 130;
  if (result.unknown) return 5;
  if (result.heldElsewhere) return 75;
  if (result.failed) return 2;
  if (result.unreachable) return 4;
  return options.checkExitCode && result.changed ? 3 : 0;
}
