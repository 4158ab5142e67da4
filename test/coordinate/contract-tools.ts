import type { CoordinationError, Coordinator, WaitOptions } from '../../src/coordinate/coordinator.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';

/** Makes a coordinator on a clock of its own. */
export type Fresh = () => { readonly clock: VirtualClock; readonly coordinator: Coordinator };

/** A promise with what became of it. */
export function watched<T>(promise: Promise<T>): { state: string; value?: T; message?: string } {
  const seen: { state: string; value?: T; message?: string } = { state: 'waiting' };
  promise.then(
    (value) => Object.assign(seen, { state: 'done', value }),
    (error: CoordinationError) => Object.assign(seen, { state: error.failure, message: error.message }),
  );
  return seen;
}

/** Options of a wait by someone. */
export const who = (label: string, fields: Partial<WaitOptions> = {}): WaitOptions => ({
  holder: { id: label, label },
  ...fields,
});

/** A signal that is never aborted. */
export const never = () => new AbortController().signal;
