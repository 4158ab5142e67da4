import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Value } from '../model/value.ts';

/** A size of `serial` after rendering: a number of hosts or a share of them. */
type BatchSize = { readonly hosts: number } | { readonly percent: number };

/**
 * Splits a play's hosts into batches. Sizes are used in order and the last one repeats; a percentage is of all hosts
 * of the play, rounded down, and at least one host; a size of 0 or less means all hosts that are left.
 *
 * @param serial Entries with templates already rendered. Empty: one batch.
 */
export function splitBatches<Item>(
  hosts: readonly Item[],
  serial: readonly Value[],
  at: Place,
): { batches: Item[][]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const sizes: BatchSize[] = [];
  for (const entry of serial.flat()) {
    const size = readSize(entry);
    if (size !== undefined) sizes.push(size);
    else diagnostics.push(wrongSize(entry, at));
  }
  const batches: Item[][] = [];
  for (let taken = 0; taken < hosts.length; ) {
    const size = sizes[Math.min(batches.length, sizes.length - 1)];
    const count = size === undefined ? hosts.length : countOf(size, hosts.length);
    const end = count <= 0 ? hosts.length : taken + count;
    batches.push(hosts.slice(taken, end));
    taken = end;
  }
  return { batches, diagnostics };
}

function readSize(value: Value): BatchSize | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? { hosts: value } : undefined;
  if (typeof value !== 'string') return undefined;
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(value);
  if (percent) return { percent: Number(percent[1]) };
  return /^\s*-?\d+\s*$/.test(value) ? { hosts: Number(value) } : undefined;
}

function countOf(size: BatchSize, total: number): number {
  return 'hosts' in size ? size.hosts : Math.max(1, Math.floor((size.percent / 100) * total));
}

function wrongSize(value: Value, at: Place): Diagnostic {
  const shown = typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
  return errorDiagnostic('RB202', `serial is ${shown}, expected a number of hosts or a percentage`, {
    at,
    hint: 'write for example `serial: 2`, `serial: 25%` or `serial: [1, 25%]`',
  });
}
