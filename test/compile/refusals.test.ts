import { describe, expect, test } from 'vitest';
import { diagnosticsOf, one, planOf, problemsOf, steps, two } from '../support/compile-plan.ts';
import { compileOptions, inventory, layer, play, playbook, step } from '../support/playbook-builder.ts';

const events = { e: {}, ready: {} };

describe('cycles', () => {
  test('of needs are told with all their places', () => {
    const book = steps(step({ id: 'a', needs: ['b'] }), step({ id: 'b', needs: ['a'] }));
    const [cycle] = diagnosticsOf(book, two);
    expect(problemsOf(book, two)).toEqual([
      'RB302 error: these wait for each other and none could ever start: "a" → "b" → "a"',
    ]);
    expect(cycle?.related?.map(({ note }) => note)).toEqual([
      '"a" waits for "b": needs it',
      '"b" waits for "a": needs it',
    ]);
  });

  test('that are independent are all told', () => {
    const book = steps(
      step({ id: 'a', needs: ['b'] }),
      step({ id: 'b', needs: ['a'] }),
      step({ id: 'c', needs: ['c'] }),
    );
    expect(problemsOf(book)).toHaveLength(2);
  });

  test('of plays are told by their names', () => {
    const book = playbook({
      plays: [
        play({ id: 'p', name: 'P', needs: ['q'], steps: [step('a')] }),
        play({ id: 'q', name: 'Q', needs: ['p'], steps: [step('b')] }),
      ],
    });
    expect(problemsOf(book)[0]).toContain('RB302 error: these wait for each other');
    expect(problemsOf(book)[0]).toContain('play "P"');
  });

  test('through two events are told as one', () => {
    const book = playbook({
      events,
      plays: [
        play({
          steps: [
            step({ id: 'a', needs: [], wait: ['e'], set: ['ready'] }),
            step({ id: 'b', needs: [], wait: ['ready'], set: ['e'] }),
          ],
        }),
      ],
    });
    expect(problemsOf(book)).toEqual([
      'RB302 error: these wait for each other and none could ever start: "a" → "b" → "a"',
    ]);
  });

  test('of a block and what stands in it are told', () => {
    const book = steps(step({ id: 'b', body: [step({ id: 'x', needs: ['b'] })] }));
    expect(problemsOf(book)[0]).toContain('RB302');
  });
});

describe('events', () => {
  const book = (...list: Parameters<typeof steps>) => playbook({ events, plays: [play({ steps: list })] });

  test('link their setters and waiters', () => {
    const plan = planOf(book(step({ id: 'a', set: ['e'] }), step({ id: 'b', needs: [], wait: ['e'] })), two);
    const [link] = plan.eventLinks;
    const names = (ids: readonly number[] = []) =>
      ids.map((id) => plan.nodes[id]).map((node) => node && 'step' in node && plan.steps[node.step]?.id);
    expect(link?.event).toBe('e');
    expect(names(link?.setters)).toEqual(['a', 'a']);
    expect(names(link?.waiters)).toEqual(['b', 'b']);
  });

  test('raise the priority of what sets them above what waits', () => {
    const plan = planOf(
      book(step({ id: 'a', set: ['e'] }), step({ id: 'b', needs: [], wait: ['e'] }), step('c')),
    );
    const priority = (id: string) =>
      plan.nodes.find((node) => 'step' in node && plan.steps[node.step]?.id === id)?.priority ?? 0;
    expect(priority('a')).toBeGreaterThan(priority('b'));
  });

  test('that only a later step sets are refused', () => {
    const [problem] = diagnosticsOf(book(step({ id: 'b', wait: ['e'] }), step({ id: 'a', set: ['e'] })));
    expect(problem).toMatchObject({
      code: 'RB306',
      message: '"b" waits for an event that "a" sets only after it: "b" → "a" → "b"',
    });
  });

  test('that one of two setters sets in time are no problem', () => {
    const list = [step({ id: 'b', needs: [], wait: ['e'] }), step({ id: 'a', set: ['e'] })];
    expect(problemsOf(book(...list, step({ id: 'z', needs: [], set: ['e'] })))).toEqual([]);
  });

  test('set after all instances wait for the last batch, so an earlier batch cannot wait for them', () => {
    const serial = (after: 'all' | 'first') =>
      playbook({
        events,
        plays: [
          play({
            serial: [1],
            steps: [step({ id: 'a', set: [{ event: 'e', after }] }), step({ id: 'b', wait: ['e'] })],
          }),
        ],
      });
    expect(problemsOf(serial('all'), two)[0]).toContain('RB306');
    expect(problemsOf(serial('first'), two)).toEqual([]);
  });

  test('that may time out and go on are no cycle', () => {
    const wait = [{ event: 'e', onTimeout: 'continue' as const, timeout: 1 }];
    expect(problemsOf(book(step({ id: 'b', wait }), step({ id: 'a', set: ['e'] })))).toEqual([]);
  });

  test('that nothing sets are refused with the nearest that is set', () => {
    const near = playbook({
      events: { ready: {}, reday: {} },
      plays: [play({ steps: [step({ id: 'a', set: ['ready'] }), step({ id: 'b', wait: ['reday'] })] })],
    });
    expect(problemsOf(near)).toEqual(['RB305 error: nothing sets the event "reday" — did you mean "ready"?']);
  });

  test('that come from outside, or are said to be set, need no setter', () => {
    const external = playbook({
      events: { go: { external: true } },
      plays: [play({ steps: [step({ id: 'b', wait: ['go'] })] })],
    });
    expect(problemsOf(external)).toEqual([]);
    const assumed = compileOptions({ assumeSet: ['e'] });
    expect(problemsOf(book(step({ id: 'b', wait: ['e'] })), one, assumed)).toEqual([]);
    expect(planOf(book(step({ id: 'b', wait: ['e'] })), one, assumed).presetEvents).toEqual(['e']);
  });

  test('that are not declared are refused', () => {
    for (const use of [{ set: ['redy'] }, { clear: ['redy'] }, { wait: ['redy'] }])
      expect(problemsOf(book(step({ id: 'a', ...use })))).toEqual([
        'RB212 error: event "redy" is not declared — did you mean "ready"?',
      ]);
  });

  test('whose setter tags removed are refused with the flag that helps', () => {
    const list = [step({ id: 'a', tags: ['t'], set: ['e'] }), step({ id: 'b', wait: ['e'] })];
    const [problem] = diagnosticsOf(book(...list), one, compileOptions({ skipTags: ['t'] }));
    expect(problem?.code).toBe('RB312');
    expect(problem?.hint).toContain('--assume-set e');
  });

  test('whose setter --limit left without a host are refused likewise', () => {
    const limited = playbook({
      events,
      plays: [
        play({ hosts: 'db', steps: [step({ id: 'a', set: ['e'] })] }),
        play({ hosts: 'web', steps: [step({ id: 'b', wait: ['e'] })] }),
      ],
    });
    expect(problemsOf(limited, two, compileOptions({ limit: 'web' }))).toEqual([
      'RB312 error: --limit leaves without a host the only step that sets the event "e"',
    ]);
  });

  test('whose setter was left behind by --start-at are set', () => {
    const list = [step({ id: 'a', set: ['e'] }), step({ id: 'b', wait: ['e'] })];
    const plan = planOf(book(...list), one, compileOptions({ startAt: 'b' }));
    expect(plan.presetEvents).toEqual(['e']);
  });

  test('whose only setter is skipped before the run are refused', () => {
    const list = [step({ id: 'a', when: [false], set: ['e'] }), step({ id: 'b', wait: ['e'] })];
    expect(problemsOf(book(...list))).toEqual([
      'RB305 error: the only step that sets the event "e" runs on no host',
    ]);
  });
});

describe('limits', () => {
  test('must be declared, and have as many permits as are asked for', () => {
    const book = playbook({
      semaphores: { slots: 2 },
      locks: ['disk'],
      plays: [
        play({
          steps: [
            step({ id: 'a', semaphore: { name: 'slots', permits: 3 } }),
            step({ id: 'b', lock: 'dsik' }),
            step({ id: 'c', lock: 'disk', semaphore: { name: 'slots', permits: 2 } }),
          ],
        }),
      ],
    });
    expect(problemsOf(book)).toEqual([
      'RB307 error: 3 permits of the semaphore "slots" are asked for, and it has 2',
      'RB212 error: lock "dsik" is not declared — did you mean "disk"?',
    ]);
  });
});

describe('variables of hosts', () => {
  test('that two unordered steps write are refused', () => {
    const book = steps(step({ id: 'a', register: 'r' }), step({ id: 'b', needs: [], register: 'r' }));
    expect(problemsOf(book)).toEqual([
      'RB310 error: "command" and "command" both write "r" on one host, and nothing orders them',
    ]);
  });

  test('may be written again in order, in rescue, and by set_fact', () => {
    const book = steps(
      step({ id: 'b', body: [step({ register: 'r' })], rescue: [step({ register: 'r' })] }),
      step({ module: 'set_fact', params: { r: 1 } }),
    );
    expect(problemsOf(book)).toEqual([]);
  });

  test('may be written beside each other on different hosts, but not on one', () => {
    const plays = (first: string) => [
      play({ hosts: first, steps: [step({ register: 'r' })] }),
      play({ hosts: 'db', needs: [], steps: [step({ register: 'r' })] }),
    ];
    expect(problemsOf(playbook({ plays: plays('web') }), two)).toEqual([]);
    expect(problemsOf(playbook({ plays: plays('db') }), two)[0]).toContain('RB310');
  });

  test('may be ordered by an event', () => {
    const book = playbook({
      events,
      plays: [
        play({
          steps: [
            step({ id: 'a', register: 'r', set: ['e'] }),
            step({ id: 'b', needs: [], wait: ['e'], register: 'r' }),
          ],
        }),
      ],
    });
    expect(problemsOf(book)).toEqual([]);
  });

  test('that are read before they are written are warned of', () => {
    const book = steps(
      step({ id: 'a', name: 'Read', params: { cmd: 'echo {{ r }}' } }),
      step({ id: 'b', register: 'r' }),
    );
    expect(problemsOf(book)).toEqual(['RB311 warning: "Read" reads "r", and no step before it writes that']);
  });

  test('that nothing defines are warned of once, with the nearest name', () => {
    const book = playbook({
      layers: [layer('playbook', { version: 1 })],
      plays: [play({ steps: [step({ name: 'S', params: { a: '{{ vesrion }}', b: '{{ vesrion }}' } })] })],
    });
    expect(problemsOf(book)).toEqual([
      'RB311 warning: "S" reads "vesrion", which nothing defines — did you mean "version"?',
    ]);
  });

  test.each([
    '{{ x | default(1) }}',
    '{{ ansible_whatever }}',
    '{{ inventory_hostname }}',
    '{{ item }}',
    '{{ of_host }}',
  ])('are not warned of in %s', (text) => {
    const hosts = inventory({ h1: { of_host: 1 } });
    expect(problemsOf(steps(step({ params: { text } })), hosts)).toEqual([]);
  });
});
