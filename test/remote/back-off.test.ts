import { describe, expect, test } from 'vitest';
import { backOffMs, type TurnedAway, turnedAwayBy } from '../../src/remote/back-off.ts';

const waitsOf = (how: TurnedAway, random: number) => {
  const waits: number[] = [];
  for (let times = 1; ; times++) {
    const waitMs = backOffMs(how, times, random);
    if (waitMs === undefined) return waits;
    waits.push(waitMs);
  }
};

describe('the wait after a connection was turned away', () => {
  test.each(['refused', 'dropped', 'busy', 'penalised'] as const)(
    'is longer each time, and ends (%s)',
    (how) => {
      for (const random of [0, 0.5, 1]) {
        const waits = waitsOf(how, random);
        expect(waits.length).toBeGreaterThan(0);
        expect(waits).toEqual([...waits].sort((a, b) => a - b));
        expect(waits.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(
          how === 'penalised' ? 72_000 : 30_000,
        );
      }
    },
  );

  test('is no shorter than the shortest penalty where the server speaks of one', () => {
    for (const waitMs of waitsOf('penalised', 0)) expect(waitMs).toBeGreaterThanOrEqual(15_000);
  });

  test('goes by what the server said', () => {
    expect(turnedAwayBy('Exceeded MaxStartups')).toBe('busy');
    expect(turnedAwayBy('Not allowed at this time')).toBe('penalised');
    expect(turnedAwayBy('HTTP/1.1 400 Bad Request')).toBeUndefined();
    expect(turnedAwayBy('')).toBeUndefined();
  });
});
