import { describe, expect, it } from 'vitest';
import { evaluate, renderText, templateErrorOf } from './support.ts';

const values = { server: { port: 80, hosts: ['a'] }, name: 'web', nothing: null };

describe('undefined values', () => {
  it.each([
    ['nope.a.b is defined', false],
    ["server['x']['y'][0] is undefined", true],
    ['nope.a | default(1)', 1],
    ['server.prot.x | default("d")', 'd'],
    ['nothing.x.y | default(2)', 2],
    ["nope['a'].b is not defined or nope.a == 1", true],
    ['(nope | default({})).x | default(3)', 3],
    ['true | ternary("a", nope)', 'a'],
    ['nope is string', false],
  ])('chain under "." and "[]": %s', (expression, expected) => {
    expect(evaluate(expression, values)).toEqual(expected);
  });

  it.each([
    '{{ nope }}',
    '{{ nope + 1 }}',
    '{{ nope ~ "x" }}',
    '{{ nope == 1 }}',
    '{{ nope in [1] }}',
    '{{ 1 in nope }}',
    '{{ not nope }}',
    '{{ nope and 1 }}',
    '{% if nope %}{% endif %}',
    '{% for x in nope %}{% endfor %}',
    '{{ nope | upper }}',
    '{{ nope | to_json }}',
    '{{ nope | bool }}',
    '{{ [nope] | to_json }}',
    '{{ nope() }}',
    '{{ nope.x() }}',
    '{{ -nope }}',
    '{{ nope is failed }}',
    '{{ [nope] | first }}',
    '{{ {"a": 1} | combine(nope) }}',
  ])('fail when used: %s', (template) => {
    expect(templateErrorOf(() => renderText(template, values)).kind).toBe('undefined');
  });

  it('say their name, their place and the nearest names', () => {
    const error = templateErrorOf(() => renderText('line 1\n  {{ server.prot }}', values));
    expect(error.message).toBe('"server.prot" is undefined — did you mean "port"?');
    expect(error).toMatchObject({ line: 2, column: 13, variable: 'server.prot', suggestions: ['port'] });
    expect(templateErrorOf(() => renderText('{{ nmae }}', values)).message).toBe(
      '"nmae" is undefined — did you mean "name"?',
    );
    expect(templateErrorOf(() => renderText('{{ zzz }}', values)).suggestions).toEqual([]);
  });

  it('fail with the message of "mandatory" and "undef"', () => {
    expect(() => renderText('{{ nope | mandatory("give it") }}')).toThrow('give it');
    expect(() => renderText('{{ nope | mandatory }}')).toThrow("Mandatory variable 'nope'  not defined.");
    expect(() => renderText('{{ undef(hint="choose one") }}')).toThrow('choose one');
    expect(renderText('{{ undef() is defined }}')).toBe('False');
  });

  it('come from an inline if without else as nothing', () => {
    expect(renderText('[{{ "a" if false }}]')).toBe('[]');
    expect(evaluate('("a" if false) | default("b")')).toBe('b');
  });
});
