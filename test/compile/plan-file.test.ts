import { describe, expect, test } from 'vitest';
import { expand } from '../../src/compile/expand.ts';
import { planFromJson, planToJson, type SecretReference } from '../../src/compile/plan-json.ts';
import { RunbookError } from '../../src/model/diagnostic.ts';
import type { ItemsNode } from '../../src/model/plan.ts';
import { Float, Secret, Unsafe, type Value, VaultText } from '../../src/model/value.ts';
import { planOf, steps, two } from '../support/compile-plan.ts';
import { compileOptions, layer, place, play, playbook, step } from '../support/playbook-builder.ts';

describe('a plan written to a file', () => {
  const values: Record<string, Value> = {
    float: new Float(1),
    big: 12345678901234567890n,
    vault: new VaultText('$ANSIBLE_VAULT;1.1;AES256\n61', place()),
    raw: new Unsafe('{{ not }}'),
    map: new Map<Value, Value>([[1, 'one']]),
    infinite: Number.POSITIVE_INFINITY,
    dollar: { $float: 'mine', __proto__x: null },
    list: [1, 'two', null, true],
  };

  test('is the same when read back, whatever its values', () => {
    const book = playbook({
      layers: [layer('playbook', values)],
      plays: [play({ serial: [1], steps: [step('a'), step({ id: 'b', when: ['ansible_os'] })] })],
    });
    const plan = planOf(book, two);
    const back = planFromJson(planToJson(plan));
    expect(back).toEqual(plan);
    expect(planToJson(back)).toBe(planToJson(plan));
    expect(Object.isFrozen(back.nodes[0])).toBe(true);
  });

  test('holds references in place of secrets, which are found again by layer and path', () => {
    const secrets = { db: { password: new Secret('hunter2', 'db.password') } };
    const plan = planOf(
      steps(step('a')),
      two,
      compileOptions({}, { extraVars: [layer('extra-vars', secrets, '-e @s.yml')] }),
    );
    const text = planToJson(plan);
    expect(text).not.toContain('hunter2');
    const asked: SecretReference[] = [];
    const back = planFromJson(text, (reference) => {
      asked.push(reference);
      return new Secret('again', reference.name);
    });
    expect(asked).toEqual([{ layer: '-e @s.yml', path: ['db', 'password'], name: 'db.password' }]);
    const found = back.layers[0]?.values['db'] as { password: Secret };
    expect(found.password.reveal()).toBe('again');
    expect(() => planFromJson(text)).toThrow('the secret db.password of -e @s.yml is not found');
  });

  test.each([
    ['{', 'it is no JSON'],
    ['[]', 'it is no plan of version 1'],
    ['{"version": 2}', 'it is no plan of version 1'],
  ])('that reads %s is refused', (text, reason) => {
    expect(() => planFromJson(text)).toThrow(RunbookError);
    expect(() => planFromJson(text)).toThrow(reason);
  });

  test('whose edges lead nowhere is refused', () => {
    const raw = JSON.parse(planToJson(planOf(steps(step('a')))));
    raw.nodes[2].after = [{ from: 99, kind: 'ok', why: 'order' }];
    expect(() => planFromJson(JSON.stringify(raw))).toThrow('its node 2 is damaged');
  });
});

describe('expanding a parallel loop', () => {
  const loop = { form: 'loop', value: '{{ list }}', at: place() } as const;
  const plan = planOf(steps(step({ id: 'p', loop, parallel: 2 })));
  const node = plan.nodes.find((candidate): candidate is ItemsNode => candidate.kind === 'items');
  if (node === undefined) throw new Error('no items node');

  test('makes a node for each item, and one that ends when all have', () => {
    const { nodes, ends } = expand(plan, node, { items: ['x', 'y'], firstId: 10 });
    expect(nodes.map((made) => made.id)).toEqual([10, 11, 12]);
    expect(nodes.slice(0, 2)).toMatchObject([
      { kind: 'item', parent: node.id, step: node.step, host: node.host, index: 0, item: 'x', after: [] },
      { kind: 'item', index: 1, item: 'y', priority: node.priority },
    ]);
    expect(nodes[2]).toMatchObject({
      kind: 'join',
      after: [
        { from: 10, kind: 'end' },
        { from: 11, kind: 'end' },
      ],
    });
    expect(ends).toEqual([12]);
  });

  test('of no items is nothing', () => {
    expect(expand(plan, node, { items: [], firstId: 10 })).toEqual({ nodes: [], ends: [] });
  });

  test('gives the same for the same values', () => {
    const values = { items: [1, 2, 3], firstId: 7 };
    expect(expand(plan, node, values)).toEqual(expand(plan, node, values));
  });
});
