import { describe, expect, test } from 'vitest';
import type { Step } from '../../../src/model/playbook.ts';
import { diagnosticsOf, one, problemsOf, two } from '../../support/compile-plan.ts';
import { inventory, type PlaybookText, place, play, playbook, step } from '../../support/playbook-builder.ts';

const three = inventory(['h1', 'h2', 'h3']);

function book(...steps: Step[]) {
  return playbook({ ...declared, plays: [play({ steps })] });
}

const declared: PlaybookText = { locks: ['a', 'b', 'gate'], semaphores: { s: 2 }, events: { e: {} } };

/** A block with a lock, and what stands in it. */
function locked(lock: string, ...body: Step[]): Step {
  return step({ lock, body });
}

describe('locks of blocks', () => {
  const inverted = () => [
    locked('a', step({ id: 'x', lock: 'b' })),
    locked('b', step({ id: 'y', lock: 'a' })),
  ];

  test('that are taken in opposite orders by different hosts are refused with the schedule', () => {
    const [problem, ...more] = diagnosticsOf(book(...inverted()), two);
    expect(more).toEqual([]);
    expect(problem?.code).toBe('RB315');
    expect(problem?.message).toMatch(
      /^this deadlocks when "[xy]" on h\d, which holds lock "[ab]", waits for lock "[ab]", and "[xy]" on h\d, which holds lock "[ab]", waits for lock "[ab]"$/,
    );
    expect(problem?.related).toHaveLength(4);
  });

  test('in opposite orders are fine on one host, whose steps follow each other', () => {
    expect(problemsOf(book(...inverted()), one)).toEqual([]);
  });

  test('in opposite orders are fine in plays that follow each other', () => {
    const plays = inverted().map((steps) => play({ steps: [steps] }));
    expect(problemsOf(playbook({ ...declared, plays }), two)).toEqual([]);
  });

  test('in opposite orders are refused in plays beside each other, on one host too', () => {
    const plays = inverted().map((steps) => play({ needs: [], steps: [steps] }));
    expect(problemsOf(playbook({ ...declared, plays }), one)[0]).toContain('RB315');
  });

  test('in opposite orders are fine under an outer lock that both take', () => {
    expect(problemsOf(book(...inverted().map((inner) => locked('gate', inner))), two)).toEqual([]);
  });

  test('in one order everywhere are fine, and so is a lock taken again inside', () => {
    const list = [
      locked('a', step({ lock: 'b' }), step({ lock: 'a' })),
      locked('a', locked('b', step({ lock: 'a' }))),
    ];
    expect(problemsOf(book(...list), three)).toEqual([]);
  });

  test('in opposite orders prove nothing where a wait has a timeout', () => {
    const limits = [{ kind: 'lock' as const, name: 'b', permits: 1, timeout: '5s', at: place() }];
    const plain = step('x');
    const timed = { ...plain, keywords: { limits } };
    expect(problemsOf(book(locked('a', timed), locked('b', step({ lock: 'a' }))), two)).toEqual([]);
  });

  test('of plays count as held by all their steps', () => {
    const limits = (name: string) => [{ kind: 'lock' as const, name, permits: 1, at: place() }];
    const plays = [
      play({ id: 'p', keywords: { limits: limits('a') }, steps: [step({ lock: 'b' })] }),
      play({ id: 'q', needs: [], keywords: { limits: limits('b') }, steps: [step({ lock: 'a' })] }),
    ];
    expect(problemsOf(playbook({ ...declared, plays }), one)[0]).toContain('RB315');
  });
});
