import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diagnosticsOf } from '../../support/compile-plan.ts';
import { type PlaybookSpec, playbookSpecs } from '../../support/coordination-specs.ts';
import { explore } from '../../support/explorer.ts';
import { inventory } from '../../support/playbook-builder.ts';
import { playbookOf } from '../../support/spec-playbook.ts';
import { programOf } from '../../support/spec-program.ts';

const enough = 500;
const seed = Number(process.env['RUNBOOK_SEED'] ?? Date.now() % 1_000_000);

function refusalsOf(spec: PlaybookSpec): string[] {
  const hosts = inventory(Array.from({ length: spec.hosts }, (_, host) => `h${host + 1}`));
  return diagnosticsOf(playbookOf(spec), hosts)
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code}: ${message}`);
}

/** Plays generated playbooks in every order until there are enough of a kind. */
function collect(
  kind: 'sound' | 'deadlock',
  check: (spec: PlaybookSpec, waiting: readonly string[]) => void,
): number {
  let count = 0;
  for (let round = 0; count < enough && round < 60; round++)
    for (const spec of fc.sample(playbookSpecs, { numRuns: 200, seed: seed + round })) {
      const verdict = explore(programOf(spec), 20_000);
      if (verdict.kind !== kind || count >= enough) continue;
      count += 1;
      check(spec, verdict.kind === 'deadlock' ? verdict.waiting : []);
    }
  return count;
}

const replay = `RUNBOOK_SEED=${seed}`;

test(`of 500 playbooks that some order deadlocks, all are refused (${replay})`, () => {
  const count = collect('deadlock', (spec, waiting) => {
    const found = refusalsOf(spec);
    expect(found, `${replay}\n${JSON.stringify(spec)}\n${waiting.join('\n')}`).not.toEqual([]);
  });
  expect(count).toBe(enough);
});

test(`of 500 playbooks that no order deadlocks, none is refused (${replay})`, () => {
  const count = collect('sound', (spec) => {
    expect(refusalsOf(spec), `${replay}\n${JSON.stringify(spec)}`).toEqual([]);
  });
  expect(count).toBe(enough);
});
