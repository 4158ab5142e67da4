import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile/compile.ts';
import type { CompileOptions } from '../../src/compile/compile-input.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Playbook, Step } from '../../src/model/playbook.ts';
import { edgesOf } from '../support/plan-text.ts';
import { compileOptions, inventory, play, playbook, step } from '../support/playbook-builder.ts';

const one = inventory(['h1']);
const two = inventory(['h1', 'h2'], { web: ['h1'], db: ['h2'] });

function planOf(book: Playbook, hosts: Inventory = one, options: CompileOptions = compileOptions()): Plan {
  const { plan, diagnostics } = compile(book, hosts, options);
  if (plan === undefined) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return plan;
}

function steps(...list: Step[]): Playbook {
  return playbook({ plays: [play({ steps: list })] });
}

describe('the frontier', () => {
  test('steps of a list follow each other in order of writing', () => {
    expect(edgesOf(planOf(steps(step('a'), step('b'))), 'b@h1')).toEqual(['a@h1 ok order']);
  });

  test('the first step follows the start of the batch', () => {
    expect(edgesOf(planOf(steps(step('a'))), 'a@h1')).toEqual(['batch-start:0.0 ok batch']);
  });

  test('a step without needs follows every earlier step that nothing follows yet', () => {
    const plan = planOf(steps(step('a'), step({ id: 'b', needs: [] }), step('c')));
    expect(edgesOf(plan, 'b@h1')).toEqual(['batch-start:0.0 ok batch']);
    expect(edgesOf(plan, 'c@h1')).toEqual(['a@h1 ok order', 'b@h1 ok order']);
  });

  test('a step that is followed through needs is followed by nothing else', () => {
    const plan = planOf(steps(step('a'), step('b'), step({ id: 'c', needs: ['a'] }), step('d')));
    expect(edgesOf(plan, 'd@h1')).toEqual(['b@h1 ok order', 'c@h1 ok order']);
  });

  test('needs may name a step that is written later', () => {
    const plan = planOf(steps(step({ id: 'a', needs: ['b'] }), step({ id: 'b', needs: [] }), step('c')));
    expect(edgesOf(plan, 'a@h1')).toEqual(['b@h1 ok needs']);
    expect(edgesOf(plan, 'c@h1')).toEqual(['a@h1 ok order']);
  });

  test('background steps are not followed and stand for nothing before them', () => {
    const plan = planOf(
      steps(
        step('a'),
        step({ id: 'b', background: 'wait' }),
        step({ id: 'd', background: 'daemon' }),
        step('c'),
      ),
    );
    expect(edgesOf(plan, 'c@h1')).toEqual(['a@h1 ok order']);
    expect(edgesOf(plan, 'batch-end:0.0')).toEqual(['b@h1 end order', 'c@h1 end order']);
  });

  test('hosts do not wait for each other', () => {
    const plan = planOf(steps(step('a'), step('b')), two);
    expect(edgesOf(plan, 'b@h2')).toEqual(['a@h2 ok order']);
  });
});
