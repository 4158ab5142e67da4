import { describe, expect, it } from 'vitest';
import { Float, Secret, type Value } from '../../src/model/value.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';

const engine = createTemplateEngine();

function query(data: Value, expression: string): Value {
  const layer = { source: 'facts', label: 'test', values: { data, expression }, templated: false } as const;
  return engine.evaluate('data | json_query(expression)', engine.createScope({ layers: [layer] }));
}

describe('the filter "json_query"', () => {
  it('finds values, and passes collections on as they are', () => {
    const data = { list: [{ n: 1, ratio: new Float(2) }, { n: 3 }] };
    expect(query(data, 'list[?n > `2`].n')).toEqual([3]);
    expect(query(data, 'list[0]')).toEqual({ n: 1, ratio: new Float(2) });
    expect(query(data, 'missing.n')).toBeNull();
  });

  it('reads mappings whose keys are no texts, and finds no members of JavaScript', () => {
    expect(query(new Map<Value, Value>([[1, 'one']]), '"1"')).toBe('one');
    expect(query({ a: 1 }, 'constructor')).toBeNull();
    expect(query([], '{a: `1`}.toString')).toBeNull();
  });

  it('keeps secret what it read of secrets', () => {
    const found = query({ users: [{ password: new Secret('hunter2', 'vault') }] }, 'users[0].password');
    expect(found).toBeInstanceOf(Secret);
    expect(String(found)).not.toContain('hunter2');
  });

  it.each(['[', 'nosuch(@)', 'length(`1`)', ''])('refuses the expression %j', (expression) => {
    expect(() => query({ a: 1 }, expression)).toThrow(/"json_query" cannot carry out/);
  });
});
