import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toMapping } from '../../src/load/mapping.ts';
import { parseYamlText } from '../../src/load/yaml-service.ts';
import { stringifyYaml } from '../../src/load/yaml-stringify.ts';
import { RunbookError } from '../../src/model/diagnostic.ts';
import { Float, Secret, Unsafe, type Value } from '../../src/model/value.ts';
import { seeded } from '../support/seeds.ts';

/** A value as the case file has it: mappings as pairs, floats by their text. */
type Coded = string | number | boolean | null | Coded[] | { $float: string } | { $map: [Coded, Coded][] };

interface Case {
  readonly value: Coded;
  /** What PyYAML writes with `default_flow_style=None`, and with `default_flow_style=False, indent=4`. */
  readonly yaml: string;
  readonly nice: string;
}

function decode(coded: Coded): Value {
  if (Array.isArray(coded)) return coded.map(decode);
  if (typeof coded !== 'object' || coded === null) return coded;
  if ('$map' in coded)
    return toMapping(coded.$map.map(([key, item]): [Value, Value] => [decode(key), decode(item)]));
  const value = Number(coded.$float.replace('inf', 'Infinity'));
  return Number.isInteger(value) ? new Float(value) : value;
}

const cases: Case[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/load/yaml-output.json'), 'utf8'),
);

describe('YAML output', () => {
  it('is what PyYAML writes, innermost collections in brackets', () => {
    for (const { value, yaml } of cases) expect(stringifyYaml(decode(value))).toBe(yaml);
  });

  it('is what PyYAML writes, in blocks with an indentation of 4', () => {
    for (const { value, nice } of cases)
      expect(stringifyYaml(decode(value), { indent: 4, flow: 'never' })).toBe(nice);
  });

  it('keeps the order of keys and goes beyond the width where it is told to', () => {
    const text = 'word '.repeat(40).trim();
    expect(
      stringifyYaml({ b: text, a: 1 }, { sortKeys: false, width: 1000, explicitStart: true, flow: 'never' }),
    ).toBe(`---\nb: ${text}\na: 1\n`);
  });

  it('shows a secret by its name unless it is told how to reveal it', () => {
    const value = { password: new Secret('hunter2', 'db password') };
    expect(stringifyYaml(value)).not.toContain('hunter2');
    expect(stringifyYaml(value, { reveal: (secret) => secret.reveal() })).toBe('{password: hunter2}\n');
  });

  it('writes an unsafe value as the value it holds', () => {
    expect(stringifyYaml({ a: new Unsafe(['{{ x }}']) }, { flow: 'never' })).toBe("a:\n- '{{ x }}'\n");
  });

  it('reads back as it was', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('yes', '1e3', '', ' ', '\n', 'a\n b'),
    );
    const key = text.filter((one) => !/^(?:__proto__|constructor|prototype)$/.test(one));
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc
          .array(fc.tuple(key, tie('value')), { maxLength: 4 })
          .map((pairs) => toMapping([...new Map<Value, Value>(pairs)])),
      ),
    }));
    fc.assert(
      fc.property(
        value,
        fc.constantFrom('innermost', 'never', 'always'),
        fc.constantFrom(2, 4),
        (one, flow, indent) => {
          expect(parseYamlText(stringifyYaml(one, { flow, indent, sortKeys: false }))).toEqual(one);
        },
      ),
      seeded(300),
    );
  });
});

describe('YAML text of templates', () => {
  it('is read with the scalars of Ansible, octal numbers and keys that stand twice as its reader does', () => {
    expect(parseYamlText('a: yes\nb: [1, 0644, 08, 0o7, -010]\n')).toEqual({
      a: true,
      b: [1, 420, '08', '0o7', -8],
    });
    expect(parseYamlText('a: 1\nb: 2\na: 3\n')).toEqual({ a: 3, b: 2 });
    expect(parseYamlText('{1: a, true: b}')).toEqual(new Map([[1, 'b']]));
    expect(parseYamlText('')).toBe(null);
  });

  it('throws what is wrong with it', () => {
    expect(() => parseYamlText('a: [')).toThrow(RunbookError);
  });
});
