import fc from 'fast-check';
import { expect, it } from 'vitest';
import { queuePlan, runQueue } from '../support/queue-run.ts';
import { seeded, seedsDeadlineMs } from '../support/seeds.ts';

const spec = fc.record({
  perProducer: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }),
  consumers: fc.integer({ min: 1, max: 3 }),
  workers: fc.integer({ min: 1, max: 3 }),
  capacity: fc.integer({ min: 1, max: 4 }),
  retries: fc.integer({ min: 0, max: 2 }),
  /** By item: how often it fails before it succeeds, and how long the work takes. */
  failures: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 18, maxLength: 18 }),
  durations: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 18, maxLength: 18 }),
  interruptMs: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
  /** The item at which a consumer's host is lost. */
  lostAt: fc.option(fc.integer({ min: 0, max: 17 }), { nil: undefined }),
});

it(
  'does each item exactly once, or dead-letters it, in order and within bounds, and always ends',
  async () => {
    await fc.assert(
      fc.asyncProperty(spec, async (given) => {
        const { perProducer, consumers, workers, capacity, retries, failures, durations } = given;
        const plan = queuePlan({
          producers: perProducer.length,
          consumers,
          capacity,
          workers,
          retries,
          deadLetters: true,
        });
        let next = 0;
        const lists = perProducer.map((count) => Array.from({ length: count }, () => next++));
        const done: number[] = [];
        const run = await runQueue(
          plan,
          (host) => lists[Number(host.slice(1))] ?? [],
          (item, attempt) => {
            const index = Number(item);
            if (index === given.lostAt) return { afterMs: 1, outcome: 'unreachable' };
            const outcome = attempt > (failures[index] ?? 0) ? 'ok' : 'failed';
            if (outcome === 'ok') done.push(index);
            return { afterMs: durations[index] ?? 0, outcome };
          },
          given.interruptMs,
        );

        expect(run.result.internalErrors).toEqual([]);
        expect(run.most).toBeLessThanOrEqual(capacity);
        const asked = run.operations.flatMap((one) =>
          one.type === 'queue-put' && one.queue === 'jobs' ? [Number(one.value)] : [],
        );
        const firstBegun = [...new Set(run.begun.map(Number))];
        expect(firstBegun).toEqual(asked.filter((item) => firstBegun.includes(item)));
        const { jobs = [], dead = [] } = run.result.leftItems;
        const fates = [...done, ...jobs, ...dead].map(Number);
        const isWhole = given.interruptMs === undefined && given.lostAt === undefined;
        if (isWhole) {
          expect([...fates].sort((a, b) => a - b)).toEqual(Array.from({ length: next }, (_, item) => item));
          expect(jobs).toEqual([]);
          const hopeless = (item: number) => (failures[item] ?? 0) > retries;
          expect(dead.map(Number).filter((item) => !hopeless(item))).toEqual([]);
          expect(done.filter(hopeless)).toEqual([]);
          expect(run.result.failed).toBe(dead.length > 0);
        } else {
          // Work that was cut short may have been done when its item is returned: never lost, never done twice to its end.
          for (const item of firstBegun) expect(fates).toContain(item);
          expect(new Set(dead).size).toBe(dead.length);
        }
      }),
      seeded(30),
    );
  },
  seedsDeadlineMs(30),
);
