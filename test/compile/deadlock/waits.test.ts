import { describe, expect, test } from 'vitest';
import type { Step } from '../../../src/model/playbook.ts';
import { one, problemsOf, two } from '../../support/compile-plan.ts';
import { inventory, type PlaybookText, place, play, playbook, step } from '../../support/playbook-builder.ts';

const declared: PlaybookText = {
  locks: ['a', 'b'],
  semaphores: { s: 2, wide: 10 },
  events: { e: {}, outside: { external: true } },
};

function book(...steps: Step[]) {
  return playbook({ ...declared, plays: [play({ steps })] });
}

/** Two lists of steps that run beside each other. */
function beside(first: readonly Step[], second: readonly Step[]) {
  return playbook({ ...declared, plays: [play({ steps: first }), play({ needs: [], steps: second })] });
}

function holding(limit: Parameters<typeof step>[0] & object, ...body: Step[]): Step {
  return step({ ...limit, body });
}

describe('a wait inside a lock', () => {
  test('that its setter needs is refused', () => {
    const problems = problemsOf(
      beside(
        [holding({ lock: 'a' }, step({ id: 'w', wait: ['e'] }))],
        [step({ id: 'x', lock: 'a', set: ['e'] })],
      ),
      one,
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^RB316 error: this deadlocks when .*waits for the event "e"/);
    expect(problems[0]).toContain('holds lock "a"');
  });

  test('that its setter does not need is fine, and so is one that the block passes before it holds', () => {
    const setter = (lock: string) => [step({ id: 'x', lock, set: ['e'] })];
    const inside = [holding({ lock: 'a' }, step({ wait: ['e'] }))];
    expect(problemsOf(beside(inside, setter('b')), one)).toEqual([]);
    const gate = [holding({ lock: 'a', wait: ['e'] }, step('w'))];
    expect(problemsOf(beside(gate, setter('a')), one)).toEqual([]);
  });

  test('is fine where another setter needs no lock', () => {
    const setters = [
      step({ id: 'x', needs: [], lock: 'a', set: ['e'] }),
      step({ id: 'z', needs: [], set: ['e'] }),
    ];
    expect(problemsOf(beside([holding({ lock: 'a' }, step({ wait: ['e'] }))], setters), one)).toEqual([]);
  });

  test.each([
    ['an external event', { wait: ['outside'] }],
    ['a wait that goes on', { wait: [{ event: 'e', timeout: 1, onTimeout: 'continue' as const }] }],
    ['a wait with a timeout', { wait: [{ event: 'e', timeout: 60 }] }],
  ])('proves nothing for %s', (_, wait) => {
    const setter = [step({ id: 'x', lock: 'a', set: ['e'] })];
    expect(problemsOf(beside([holding({ lock: 'a' }, step(wait))], setter), one)).toEqual([]);
  });

  test('proves nothing where a daemon sets the event, or an include may', () => {
    const waiter = [holding({ lock: 'a' }, step({ wait: ['e'] }))];
    const daemon = step({ background: 'daemon', body: [step({ lock: 'a', set: ['e'] })] });
    expect(problemsOf(beside(waiter, [daemon]), one)).toEqual([]);
    const setter = [step({ id: 'x', lock: 'a', set: ['e'] }), step({ module: 'include_tasks' })];
    expect(problemsOf(beside(waiter, setter), one)).toEqual([]);
  });
});

describe('permits of a semaphore', () => {
  test('are a deadlock only when enough hosts hold them', () => {
    const steps = (hosts: number) => {
      const names = Array.from({ length: hosts }, (_, index) => `h${index}`);
      const list = [
        holding({ semaphore: { name: 'wide', permits: 1 }, needs: [] }, step({ wait: ['e'] })),
        step({ id: 'x', needs: [], semaphore: { name: 'wide', permits: 1 }, set: ['e'] }),
      ];
      return problemsOf(book(...list), inventory(names));
    };
    expect(steps(9)).toEqual([]);
    expect(steps(10)[0]).toContain('RB316');
    expect(steps(1000)[0]).toContain('RB316');
  });

  test('that somebody first in line wants keep those behind from what is free', () => {
    const list = [
      holding({ semaphore: { name: 's', permits: 1 }, needs: [] }, step({ wait: ['e'] })),
      step({ needs: [], semaphore: { name: 's', permits: 2 } }),
      step({ id: 'x', needs: [], semaphore: { name: 's', permits: 1 }, set: ['e'] }),
    ];
    expect(problemsOf(book(...list), one)[0]).toContain('RB316');
    expect(problemsOf(book(...list.filter((_, index) => index !== 1)), one)).toEqual([]);
  });

  test('that are taken again inside themselves are refused', () => {
    const nested = holding(
      { semaphore: { name: 's', permits: 1 } },
      step({ semaphore: { name: 's', permits: 1 } }),
    );
    expect(problemsOf(book(nested), one)[0]).toMatch(
      /^RB317 error: "command" takes permits of the semaphore "s"/,
    );
  });
});

describe('a lock with a key', () => {
  test('is one for each value that is known before the run', () => {
    const limits = (key: string, name = 'a') => [
      { kind: 'lock' as const, name, key, permits: 1, at: step('').at },
    ];
    const list = (first: string) => [
      { ...holding({}, step({ lock: 'b' })), keywords: { limits: limits(first) } },
      holding({ lock: 'b' }, { ...step('y'), keywords: { limits: limits('{{ rack }}') } }),
    ];
    const racks = (second: string) => inventory({ h1: { rack: 'r1' }, h2: { rack: second } });
    expect(problemsOf(book(...list('{{ rack }}')), racks('r1'))[0]).toContain('lock "a" [r1]');
    expect(problemsOf(book(...list('{{ rack }}')), racks('r2'))).toEqual([]);
  });
});

describe('steps that run once, and meetings of hosts', () => {
  test('inside a lock that each host takes are refused', () => {
    const list = [holding({ lock: 'a' }, step('x'), step({ id: 'once', runOnce: true }))];
    expect(problemsOf(book(...list), two)[0]).toContain('RB315');
    expect(problemsOf(book(...list), one)).toEqual([]);
  });

  test('behind a lock that others hold until they have met are refused', () => {
    const list = [step({ lock: 'a', body: [step({ needs: [], barrier: 'm' })] })];
    expect(problemsOf(book(...list), two)).toHaveLength(1);
  });
});

describe('a release', () => {
  test('ends what the block holds, so that the setter can go on', () => {
    const given = { release: [{ name: 'a', permits: 1, at: place() }] };
    const list = (more: object) => [holding({ lock: 'a' }, step(more), step({ wait: ['e'] }))];
    const setter = [step({ id: 'x', lock: 'a', set: ['e'] })];
    expect(problemsOf(beside(list({}), setter), one)[0]).toContain('RB316');
    expect(problemsOf(beside(list(given), setter), one)).toEqual([]);
  });

  test('of some permits leaves the others with the block', () => {
    const semaphore = (permits: number) => ({ semaphore: { name: 's', permits } });
    const release = (permits: number) => step({ release: [{ name: 's', permits, at: place() }] });
    const problems = (given: readonly number[], asked: number) => {
      const list = [holding(semaphore(2), ...given.map(release), step({ wait: ['e'] }))];
      return problemsOf(beside(list, [step({ id: 'x', ...semaphore(asked), set: ['e'] })]), one);
    };
    expect(problems([1], 2)[0]).toContain('RB316');
    expect(problems([1], 1)).toEqual([]);
    expect(problems([2], 2)).toEqual([]);
    expect(problems([1, 1], 2)).toEqual([]);
  });
});

describe('a rescue', () => {
  test('that deadlocks is a warning: it takes a failure', () => {
    const list = [
      step({ lock: 'a', body: [step('x')], rescue: [step({ id: 'r', lock: 'b' })] }),
      holding({ lock: 'b' }, step({ id: 'y', lock: 'a' })),
    ];
    const [problem, ...more] = problemsOf(book(...list), two);
    expect(more).toEqual([]);
    expect(problem).toMatch(/^RB319 warning: after a failure this deadlocks when /);
  });
});

describe('a join', () => {
  test('that holds what the joined step needs is refused', () => {
    const list = [
      step({ id: 'bg', background: 'wait', lock: 'a' }),
      holding({ lock: 'a' }, step({ id: 'j', module: 'join', params: { steps: ['bg'] } })),
    ];
    expect(problemsOf(book(...list), one)[0]).toContain('RB316');
    const timed = [
      step({ id: 'bg', background: 'wait', lock: 'a' }),
      holding({ lock: 'a' }, step({ module: 'join', params: { steps: ['bg'], timeout: 5 } })),
    ];
    expect(problemsOf(book(...timed), one)).toEqual([]);
  });
});
