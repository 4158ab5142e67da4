import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../../src/model/playbook.ts';
import { planOf } from '../../support/compile-plan.ts';
import { startRun } from '../../support/controlled-steps.ts';
import { inventory, play, playbook, step } from '../../support/playbook-builder.ts';
import { seeded } from '../../support/seeds.ts';

/** Steps that do nothing but take their turn. */
function plain(count: number, name: string): Step[] {
  return Array.from({ length: count }, (_, index) => step(`${name}${index}`));
}

/** A holder that waits for what only a daemon sets, which needs what is held: the proof ends at the daemon. */
const shapes = fc.record({
  hosts: fc.integer({ min: 1, max: 3 }),
  before: fc.integer({ min: 1, max: 3 }),
  after: fc.integer({ min: 0, max: 2 }),
  limit: fc.constantFrom('lock' as const, 'semaphore' as const),
});

test('what a daemon keeps from being proved ends as a stall within a second, with who holds and who waits', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async ({ hosts, before, after, limit }) => {
      const take = limit === 'lock' ? { lock: 'a' } : { semaphore: { name: 's', permits: 1 } };
      const holder = step({ ...take, body: [step({ id: 'w', wait: ['e'] }), ...plain(after, 'p')] });
      const daemon = step({
        background: 'daemon',
        body: [...plain(before, 'q'), step({ id: 'x', ...take, set: ['e'] })],
      });
      const book = playbook({
        locks: ['a'],
        semaphores: { s: 1 },
        events: { e: {} },
        plays: [play({ hosts: 'first', steps: [holder] }), play({ needs: [], steps: [daemon] })],
      });
      const names = Array.from({ length: hosts }, (_, index) => `h${index + 1}`);
      const run = await startRun(planOf(book, inventory(names, { first: ['h1'] })));
      for (let next = run.running()[0]; next !== undefined; next = run.running()[0]) {
        const [id = '', host = ''] = next.split('@');
        await run.finish(id, host);
      }
      await run.clock.advance(1_000);
      const { failed } = await run.result;
      const notices = run.events.flatMap((event) => (event.type === 'notice' ? event.message : []));
      const [stall = ''] = notices.filter((message) => message.includes('RB402'));
      expect(stall).toContain('event "e"');
      expect(stall).toContain(limit === 'lock' ? 'lock "a"' : 'semaphore "s"');
      expect(failed).toBe(true);
    }),
    seeded(40),
  );
});
