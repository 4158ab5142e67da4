import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';

const engine = createTemplateEngine({}, { noneText: '', viewsAsLists: true });

/** What a variable and a parameter come to whose text is the template. */
function both(template: string, textsAsData = true): Value[] {
  const values = { made: template, json: '{"a": [1, null, true]}', nothing: null };
  const scope = engine.createScope({
    layers: [{ source: 'playbook', label: 'vars', values }],
    textsAsData,
  });
  return [engine.evaluate('made', scope), engine.renderNative(template, scope)];
}

describe('what templates give in the dialect of Ansible', () => {
  it.each<[string, Value]>([
    ['{{ none }}', ''],
    ['{{ nothing }}', ''],
    ['{{ {"k": none} }}', { k: null }],
    ["{{ 'abc' | regex_search('x') }}", ''],
    ['{{ json }}', { a: [1, null, true] }],
    ['{% if true %}{{ [1, 2] }}{% endif %}', [1, 2]],
    ['{% set list = [] %}{% for i in range(3) %}{{ list.append(i) }}{% endfor %}{{ list }}', [0, 1, 2]],
    ["{'a': {{ 5 }}, 'b': true}", { a: 5, b: true }],
    ['[1, 2{{ "" }}] ', [1, 2]],
    ["{{ 'True' }}", true],
    ["{{ '[\\'a\\', \\'é\\n\\']' }}", ['a', 'é\n']],
    ['{{ "[-1, 1.5, 0x10, 123456789012345678901]" }}', [-1, 1.5, 16, 123456789012345678901n]],
  ])('%s is data', (template, expected) => {
    const [variable, parameter] = both(template);
    expect(variable).toEqual(expected);
    expect(parameter).toEqual(expected);
  });

  it.each<[string, string]>([
    ['{{ json | string }}', '{"a": [1, null, true]}'],
    ['{{ [1] | to_json }}', '[1]'],
    ["{{ '[1, 2' }}", '[1, 2'],
    ["{{ '[ -f x ] && y' }}", '[ -f x ] && y'],
    ["{'a': {{ 5 }}, 'b': foo}", "{'a': 5, 'b': foo}"],
    ["{{ '[1 + 1]' }}", '[1 + 1]'],
    ["{{ '[__import__(1)]' }}", '[__import__(1)]'],
    ["{{ 'true' }}", 'true'],
    [' {{ [1] }}', ' [1]'],
    ["{{ '5' }}", '5'],
    ["{{ '[01]' }}", '[01]'],
  ])('%s stays text', (template, expected) => {
    expect(both(template)).toEqual([expected, expected]);
  });

  it('reads long texts, with escapes of all kinds, and those side by side', () => {
    const body = String.raw`\x41\u00e9\U0001F600\'\/\q`.repeat(2_000);
    const scope = engine.createScope({
      layers: [{ source: 'facts', label: 'x', values: { long: `['${body}' "b", u'c']` }, templated: false }],
      textsAsData: true,
    });
    const shown = String.raw`Aé😀'\/\q`.repeat(2_000);
    expect(engine.renderNative('{{ long }}', scope)).toEqual([`${shown}b`, 'c']);
  });

  it('keeps a text that nests too deep for data', () => {
    const deep = '['.repeat(100) + ']'.repeat(100);
    expect(both(`{{ '${deep}' }}`)).toEqual([deep, deep]);
  });

  it('makes lists of ranges and of the views of mappings', () => {
    const values = { made: '{{ range(3) }}', keys: "{{ {'a': 1}.keys() }}" };
    const scope = engine.createScope({
      layers: [{ source: 'playbook', label: 'vars', values }],
      textsAsData: true,
    });
    expect(engine.evaluate('[made == [0, 1, 2], keys == ["a"]]', scope)).toEqual([true, true]);
  });

  it('has types as they are in other scopes: None and texts', () => {
    expect(both('{{ nothing }}', false)).toEqual([null, null]);
    expect(both('{{ json }}', false)).toEqual(both('{{ json | string }}'));
  });
});
