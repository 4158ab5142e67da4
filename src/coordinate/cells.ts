import { Float, type Value } from '../model/value.ts';
import { type CellChange, type Operation, refused, type Woken } from './operation.ts';
import { sameValue } from './same-value.ts';
import type { CoordinationState } from './state.ts';

/**
 * Changes shared values, all or nothing. With `compare` the changes are made only where every named value is the
 * given one; the answer says whether they were. A change that does not fit its value's type refuses the whole.
 */
export function changeCells(
  state: CoordinationState,
  request: Extract<Operation, { type: 'cells-change' }>,
): Woken[] {
  const { ticket, compare, changes } = request;
  const differs = compare.some(({ name, value }) => !sameValue(state.cells.get(name), value));
  if (differs) return [{ ticket, answer: 'applied', applied: false }];
  const next = new Map<string, Value>();
  for (const change of changes) {
    const value = changed(change, next.get(change.name) ?? state.cells.get(change.name));
    if (value === undefined) return [refused(ticket, 'wrong-type', wrongType(change))];
    next.set(change.name, value);
  }
  for (const [name, value] of next) state.cells.set(name, value);
  return [{ ticket, answer: 'applied', applied: true }];
}

function changed(change: CellChange, current: Value | undefined): Value | undefined {
  if (change.type === 'set') return change.value;
  if (change.type === 'append') {
    if (current === undefined) return [change.value];
    return Array.isArray(current) ? [...current, change.value] : undefined;
  }
  if (current === undefined) return change.by;
  return sum(current, change.by);
}

function sum(current: Value, by: number): Value | undefined {
  if (current instanceof Float) return new Float(current.value + by);
  if (typeof current === 'bigint') return Number.isInteger(by) ? current + BigInt(by) : undefined;
  if (typeof current !== 'number') return undefined;
  const total = current + by;
  const isExact = Number.isSafeInteger(total) || !Number.isInteger(current) || !Number.isInteger(by);
  return isExact ? total : BigInt(current) + BigInt(by);
}

function wrongType(change: CellChange): string {
  return change.type === 'append'
    ? `state ${change.name} is no list, nothing can be appended to it`
    : `state ${change.name} is no number, it can't be incremented`;
}
