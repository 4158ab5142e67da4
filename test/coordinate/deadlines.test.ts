import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../src/coordinate/deadlines.ts';
import { virtualClock } from '../support/virtual-clock.ts';

function setUp() {
  const clock = virtualClock();
  const over: [ticket: number, atMs: number][] = [];
  const deadlines = new Deadlines(clock, (ticket) => over.push([ticket, clock.nowMs()]));
  return { clock, over, deadlines };
}

describe('the deadlines of many waits', () => {
  it('pass at their time, the earliest first, under one timer', async () => {
    const { clock, over, deadlines } = setUp();
    deadlines.add(1, 3_000);
    deadlines.add(2, 1_000);
    deadlines.add(3, 3_000);
    expect(clock.timers).toBe(1);
    await clock.advance(500);
    deadlines.add(4, 500);
    expect(clock.timers).toBe(1);
    await clock.advance(5_000);
    expect(over).toEqual([
      [2, 1_000],
      [4, 1_000],
      [1, 3_000],
      [3, 3_000],
    ]);
    expect(clock.timers).toBe(0);
  });

  it('set no timer once all were taken back, and taking one back twice changes nothing', async () => {
    const { clock, over, deadlines } = setUp();
    deadlines.add(1, 1_000);
    deadlines.add(2, 2_000);
    deadlines.delete(1, 1_000);
    deadlines.delete(1, 1_000);
    expect(clock.timers).toBe(1);
    await clock.advance(1_500);
    expect(over).toEqual([]);
    deadlines.delete(2, 2_000);
    expect(clock.timers).toBe(0);
  });

  it('that are added and taken back while others pass are heard', async () => {
    const clock = virtualClock();
    const over: number[] = [];
    const deadlines: Deadlines = new Deadlines(clock, (ticket) => {
      over.push(ticket);
      if (ticket !== 1) return;
      deadlines.delete(2, 1_000);
      deadlines.add(3, 10);
    });
    deadlines.add(1, 1_000);
    deadlines.add(2, 1_000);
    await clock.advance(1_010);
    expect(over).toEqual([1, 3]);
    expect(clock.timers).toBe(0);
  });
});
