import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTemplateEngine, TemplateError } from '../../src/template/engine.ts';
import { seeded } from '../support/seeds.ts';
import { engineWith, evaluate, renderText, templateErrorOf } from './support.ts';

const inherited = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  '__lookupGetter__',
  'isPrototypeOf',
  'toLocaleString',
  'propertyIsEnumerable',
  '__class__',
  '__mro__',
  '__subclasses__',
  '__globals__',
  '__init__',
  '__code__',
  'func_globals',
  'caller',
  'callee',
  'apply',
  'call',
  'bind',
  'then',
  'length',
  'name',
  'push',
  'concat',
  'at',
  'size',
  'typeName',
  'show',
  'attribute',
  'iterate',
  'item',
  'reveal',
  'toJSON',
  'map',
  'forEach',
  'text',
];
const subjects = [
  "'a'",
  '1',
  '1.5',
  'true',
  '[1]',
  '(1,)',
  "{'k': 1}",
  'range',
  'range(3)',
  'dict',
  'lookup',
  'cycler(1)',
  'joiner()',
  'data',
  'data.list',
  "'a'.upper",
  "{'k': 1}.items()",
  "'a'.encode()",
];
const data = { data: { list: [1, 2], text: 'x' } };
// These are attributes of Python's, which the language has.
const real = new Set(['data text']);

describe('what templates can reach', () => {
  it.each(subjects)('is nothing that JavaScript adds to %s', (subject) => {
    for (const name of inherited) {
      if (real.has(`${subject} ${name}`)) continue;
      expect(evaluate(`(${subject}).${name} is defined`, data), `.${name}`).toBe(false);
      expect(evaluate(`(${subject})['${name}'] is defined`, data), `['${name}']`).toBe(false);
      expect(evaluate(`(${subject}) | attr('${name}') is defined`, data), `attr ${name}`).toBe(false);
      expect(
        evaluate(`[${subject}] | map(attribute='${name}', default='none') | first`, data),
        `map ${name}`,
      ).toBe('none');
    }
  });

  it('is no name of a global object', () => {
    for (const name of [
      'globalThis',
      'process',
      'require',
      'global',
      'module',
      'Function',
      'eval',
      'this',
      'self.constructor',
      '__import__',
      'undefined',
      'console',
      'Buffer',
      'constructor',
      '__proto__',
      'toString',
      'hasOwnProperty',
    ]) {
      expect(evaluate(`${name} is defined`), name).toBe(false);
    }
  });

  it('is no filter, test or method by the name of an inherited property', () => {
    const engine = createTemplateEngine();
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']) {
      expect(engine.validate(`{{ 1 | ${name} }}`)?.message).toContain('no filter named');
      expect(engine.validate(`{{ 1 is ${name} }}`)?.message).toContain('no test named');
      expect(() => renderText(`{{ 'a'.${name}() }}`)).toThrow(TemplateError);
    }
  });

  it('keeps keys named as inherited properties as plain keys', () => {
    expect(
      renderText(
        "{% set d = {'__proto__': 1, 'constructor': 2} %}{{ d['__proto__'] }}{{ d.constructor }}{{ d }}",
      ),
    ).toBe("12{'__proto__': 1, 'constructor': 2}");
    const made = evaluate(
      "{'__proto__': {'polluted': 1}} | combine({'constructor': {'prototype': {'polluted': 1}}}, recursive=true)",
    );
    expect(Object.keys(made as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(evaluate(`'{"__proto__": {"polluted": 1}}' | from_json`)).toEqual(
      JSON.parse('{"__proto__": {"polluted": 1}}'),
    );
  });

  it('is no function of a format string', () => {
    for (const text of [
      '{0.constructor}',
      '{0.__class__}',
      '{0[__proto__]}',
      '{a.constructor.constructor}',
    ]) {
      expect(() => renderText(`{{ '${text}'.format('x', a='y') }}`)).toThrow(TemplateError);
    }
  });

  it('needs no generated code', () => {
    const engine = fileURLToPath(new URL('../../src/template/engine.ts', import.meta.url));
    const script = `import { createTemplateEngine } from ${JSON.stringify(engine)};
      const e = createTemplateEngine(); const s = e.createScope({ layers: [] });
      process.stdout.write(String(e.render("{% for x in range(3) %}{{ x | string | regex_replace('^', 'n') }}{% endfor %}", s)));`;
    const made = execFileSync(
      process.execPath,
      ['--import', 'tsx', '--disallow-code-generation-from-strings', '--input-type=module', '-e', script],
      {
        encoding: 'utf8',
        timeout: 60_000,
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
      },
    );
    expect(made).toBe('n0n1n2');
  });

  it('never evaluates text from hosts, whatever it holds and however it travels', () => {
    const polyglot = fc.constantFrom(
      '{{ 7*7 }}',
      '{% set x = 1 %}',
      '{{ lookup("pipe", "id") }}',
      '{# c #}',
      "{{ ''.__class__ }}",
      '{{',
      '}}',
      '{% raw %}',
      '{{ omit }}',
      '\\{{ 1 }}',
    );
    const text = fc
      .array(fc.oneof(polyglot, fc.string()), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (value) => {
        const { engine } = engineWith();
        const scope = engine.createScope({
          layers: [
            {
              source: 'play',
              label: 'play',
              values: { once: '{{ fact }}', twice: '{{ once }}', list: ['{{ twice }}'] },
            },
            { source: 'facts', label: 'facts', values: { fact: value }, templated: false },
          ],
        });
        expect(engine.render('{{ fact }}', scope)).toBe(value);
        expect(engine.renderNative('{{ twice }}', scope)).toBe(value);
        expect(engine.renderValue({ a: ['{{ list }}', '<{{ twice ~ "" }}>'] }, scope)).toEqual({
          a: [[value], `<${value}>`],
        });
        expect(engine.evaluate('list | first | string | replace("", "") | default("x", true)', scope)).toBe(
          value === '' ? 'x' : value,
        );
        expect(engine.evaluateCondition("'{{ fact }}' == fact and {{ twice }} == fact", scope)).toBe(true);
      }),
      seeded(200),
    );
  });
});

describe('budgets', () => {
  const bombs: readonly (readonly [string, string])[] = [
    ['loops', '{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}'],
    [
      'text',
      "{% set s = namespace(t='aaaaaaaaaa') %}{% for i in range(100) %}{% set s.t = s.t ~ s.t %}{% endfor %}",
    ],
    ['repetition of text', "{{ 'a' * 1000000000 }}"],
    ['repetition of lists', '{{ [1] * 1000000000 }}'],
    ['padding', "{{ 'a'.ljust(1000000000) }}"],
    ['zero padding', "{{ 'a'.zfill(1000000000) }}"],
    ['centring', "{{ 'a' | center(1000000000) }}"],
    ['indenting', "{{ 'a\\nb' | indent(1000000000) }}"],
    ['format widths', "{{ '%1000000000d' % 1 }}"],
    ['format method widths', "{{ '{:1000000000}'.format(1) }}"],
    ['precision', "{{ '%.1000000000f' % 1.5 }}"],
    ['ranges', '{{ range(1000000000) | list }}'],
    ['powers', '{{ 10 ** (10 ** 10) }}'],
    ['products', '{{ range(1000) | product(range(1000), range(1000)) | list }}'],
    ['permutations', '{{ range(20) | permutations | list }}'],
    ['replacement', "{{ ('a' * 100000) | replace('a', 'b' * 100000) }}"],
    ['joining', "{{ (['x'] * 100000) | join('y' * 100000) }}"],
    ['macros', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}'],
    ['lists that hold themselves', '{% set l = [] %}{% do l.append(l) %}{{ l | to_json }}'],
    ['tabs', "{{ 'a\\t'.expandtabs(1000000000) }}"],
    ['batches', "{{ [1] | batch(1000000000, 'x') | list }}"],
    ['slices', '{{ [1] | slice(1000000000) | list }}'],
    ['lorem ipsum', '{{ lipsum(n=100000000) }}'],
    ['nested parentheses', `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`],
    ['nested lists', `{{ ${'['.repeat(5000)}${']'.repeat(5000)} }}`],
    ['nested negations', `{{ ${'not '.repeat(5000)}1 }}`],
    ['nested tags', '{% if true %}'.repeat(5000) + '{% endif %}'.repeat(5000)],
    ['long sums', `{{ 1${' + 1'.repeat(20000)} }}`],
    ['long chains', `{{ x${'.a'.repeat(20000)} }}`],
  ];

  it.each(bombs)('stop %s with an error', (_name, template) => {
    const { engine, scope } = engineWith({ x: 1 }, {}, { limits: { timeMs: 60_000 } });
    expect(() => engine.render(template, scope)).toThrow(TemplateError);
  });

  it.each([
    "{{ ('a' * 40 ~ 'b') is match('(a+)+$') }}",
    "{{ ('a' * 40 ~ 'b') | regex_replace('(a|a)*c', '') }}",
    "{{ ('a' * 40 ~ 'b') | regex_findall('(?:a*)*c') }}",
    "{{ ('a' * 40 ~ 'b') | regex_search('(a*){2,}c') }}",
    "{{ ('a' * 30000) | regex_search('a*a*a*b') }}",
  ])('stop a regular expression that would take for ever: %s', (template) => {
    const { engine, scope } = engineWith({}, {}, { limits: { timeMs: 300 } });
    expect(templateErrorOf(() => engine.render(template, scope)).kind).toBe('budget');
  });

  it('count what variables and lookups render inside', () => {
    const { engine } = engineWith({}, {}, { limits: { nodes: 5_000 } });
    const values = {
      big: '{% for i in range(3000) %}{{ i }}{% endfor %}',
      both: '{{ big }}{{ other }}',
      other: '{% for i in range(3000) %}{{ i }}{% endfor %}',
    };
    const scope = engine.createScope({ layers: [{ source: 'play', label: 'play', values }] });
    expect(templateErrorOf(() => engine.render('{{ both }}', scope))).toMatchObject({ kind: 'budget' });
  });

  it('stop a template when its time is over', () => {
    let nowMs = 0;
    const { engine, scope } = engineWith({}, { now: () => (nowMs += 10) }, { limits: { timeMs: 50 } });
    const error = templateErrorOf(() =>
      engine.render('{% for i in range(100000) %}{{ i }}{% endfor %}', scope),
    );
    expect(error).toMatchObject({ kind: 'budget', message: 'the template took longer than 50 ms' });
  });

  it('leave the engine working', () => {
    const { engine, scope } = engineWith();
    expect(() => engine.render('{{ [1] * 1000000000 }}', scope)).toThrow(TemplateError);
    expect(engine.render('{{ 1 + 1 }}', scope)).toBe('2');
  });
});
