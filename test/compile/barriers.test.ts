import { describe, expect, test } from 'vitest';
import { planOf, problemsOf, steps, two } from '../support/compile-plan.ts';
import { play, playbook, step } from '../support/playbook-builder.ts';

describe('a barrier', () => {
  test('is refused where hosts do not come each by itself', () => {
    const book = playbook({
      plays: [
        play({
          steps: [
            step({ id: 'once', barrier: 'a', runOnce: true, notify: ['h'] }),
            step({
              id: 'items',
              barrier: 'b',
              parallel: 2,
              loop: { form: 'loop', value: [1], at: { file: 'site.yml', line: 1, column: 1, length: 1 } },
            }),
          ],
          handlers: [step({ name: 'h', barrier: 'c' })],
        }),
      ],
    });
    expect(problemsOf(book, two)).toEqual([
      expect.stringMatching(/^RB314 error: "barrier" cannot stand here: a run_once step/),
      expect.stringMatching(/^RB314 error: "barrier" cannot stand here: the items of a parallel loop/),
      expect.stringMatching(/^RB314 error: "barrier" cannot stand here: a handler/),
    ]);
  });

  test('is refused inside a block whose lock keeps the others out, not where one host alone meets', () => {
    const locked = (batches: readonly (number | string)[]) =>
      playbook({
        locks: ['l'],
        plays: [
          play({
            serial: batches,
            steps: [step({ body: [step({ id: 'm', barrier: 'here' })], lock: 'l' })],
          }),
        ],
      });
    expect(problemsOf(locked([]), two)).toEqual([
      'RB314 error: the hosts that meet at the barrier "here" can never all be inside this block: each needs its lock "l"',
    ]);
    expect(problemsOf(locked([1]), two)).toEqual([]);
  });

  test('counts as an order over all its hosts: a setter behind it cannot serve a waiter before it', () => {
    const on = (host: string) => [`inventory_hostname == '${host}'`];
    const book = playbook({
      events: { x: {} },
      plays: [
        play({
          steps: [
            step({ id: 'waits', wait: ['x'], when: on('h1') }),
            step({ id: 'meet', barrier: 'm' }),
            step({ id: 'sets', set: ['x'], when: on('h2') }),
          ],
        }),
      ],
    });
    expect(problemsOf(book, two)).toEqual([
      'RB306 error: "waits" waits for an event that "sets" sets only after it: "waits" → "sets" → "meet" → "waits"',
    ]);
  });

  test('of hosts whose condition is false before the run is no order for them', () => {
    const book = steps(step('a'), step({ id: 'meet', barrier: 'm', when: ["inventory_hostname == 'h1'"] }));
    const [skipped] = planOf(book, two).nodes.filter((node) => node.kind === 'instance' && node.skip);
    expect(skipped).toMatchObject({ host: 1 });
  });
});
