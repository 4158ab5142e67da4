import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnosticsOf } from '../../support/compile-plan.ts';
import { type PlaybookSpec, playbookSpecs, queueSpecs } from '../../support/coordination-specs.ts';
import { explore } from '../../support/explorer.ts';
import { inventory } from '../../support/playbook-builder.ts';
import { drawnFrom, seedCount, seedsDeadlineMs } from '../../support/seeds.ts';
import { playbookOf } from '../../support/spec-playbook.ts';
import { programOf } from '../../support/spec-program.ts';

function refusalsOf(spec: PlaybookSpec): string[] {
  const hosts = inventory(Array.from({ length: spec.hosts }, (_, host) => `h${host + 1}`));
  return diagnosticsOf(playbookOf(spec), hosts)
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code}: ${message}`);
}

type Kind = 'sound' | 'deadlock';
type Check = (spec: PlaybookSpec, waiting: readonly string[]) => void;

/** Plays generated playbooks in every order until there are enough of a kind. */
function collect(specs: fc.Arbitrary<PlaybookSpec>, kind: Kind, wanted: number, check: Check): number {
  let count = 0;
  for (let round = 0; count < wanted && round < 60; round++)
    for (const spec of fc.sample(specs, { numRuns: 200, seed: drawnFrom + round })) {
      const verdict = explore(programOf(spec), 6_000);
      if (verdict.kind !== kind || count >= wanted) continue;
      count += 1;
      check(spec, verdict.kind === 'deadlock' ? verdict.waiting : []);
    }
  return count;
}

const replay = `RUNBOOK_SEED=${drawnFrom}`;

describe.each([
  ['locks, events, semaphores, barriers and joins', playbookSpecs, Math.min(500, seedCount(60))],
  ['queues', queueSpecs, Math.min(500, seedCount(60))],
] as const)(`of playbooks of %s (${replay})`, (_, specs, wanted) => {
  test(
    `${wanted} that some order deadlocks are all refused`,
    () => {
      const count = collect(specs, 'deadlock', wanted, (spec, waiting) => {
        const found = refusalsOf(spec);
        expect(found, `${replay}\n${JSON.stringify(spec)}\n${waiting.join('\n')}`).not.toEqual([]);
      });
      expect(count).toBe(wanted);
    },
    seedsDeadlineMs(1_000),
  );

  test(
    `${wanted} that no order deadlocks are all accepted`,
    () => {
      const count = collect(specs, 'sound', wanted, (spec) => {
        // A consumer that never gets an item leaves its steps undone; that its order is a circle is told all the same.
        const found = refusalsOf(spec).filter((one) => specs === playbookSpecs || !/^RB30[26]/.test(one));
        expect(found, `${replay}\n${JSON.stringify(spec)}`).toEqual([]);
      });
      expect(count).toBe(wanted);
    },
    seedsDeadlineMs(1_000),
  );
});
