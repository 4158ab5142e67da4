import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import type { VariableLayer } from '../../src/model/variables.ts';
import { createTemplateEngine, LazyMapping } from '../../src/template/engine.ts';
import { templateErrorOf } from './support.ts';

const engine = createTemplateEngine();

function layer(
  source: VariableLayer['source'],
  values: Record<string, Value>,
  more: Partial<VariableLayer> = {},
): VariableLayer {
  return { source, label: source, values, ...more };
}

describe('a scope', () => {
  it('lets a later layer hide an earlier one', () => {
    const scope = engine.createScope({
      layers: [layer('role-defaults', { a: 1, b: 1 }), layer('play', { a: 2 })],
    });
    expect(engine.render('{{ a }}{{ b }}', scope)).toBe('21');
  });

  it('puts an added layer at its place in the order of precedence', () => {
    const base = engine.createScope({
      layers: [layer('role-defaults', { a: 'default' }), layer('extra-vars', { b: 'extra' })],
    });
    const scope = base.withLayer(layer('step', { a: 'step', b: 'step' }));
    expect(engine.render('{{ a }} {{ b }}', scope)).toBe('step extra');
    expect(engine.render('{{ a }}', base)).toBe('default');
  });

  it('lets the values of a loop hide everything, magic names included', () => {
    const base = engine.createScope({
      layers: [layer('extra-vars', { item: 'extra' })],
      magic: { groups: () => 'magic' },
    });
    const scope = base.withValues({ item: 'mine', groups: 'mine too' });
    expect(engine.render('{{ item }} {{ groups }}', scope)).toBe('mine mine too');
    expect(engine.render('{{ groups }}', base)).toBe('magic');
  });

  it('renders a variable in the scope that reads it', () => {
    const base = engine.createScope({
      layers: [layer('group-vars', { url: 'http://{{ item }}:{{ port }}', port: 80 })],
    });
    expect(engine.render('{{ url }}', base.withValues({ item: 'a' }))).toBe('http://a:80');
    expect(engine.render('{{ url }}', base.withValues({ item: 'b' }))).toBe('http://b:80');
  });

  it('renders strings inside lists and mappings, keys too, and keeps their types', () => {
    const scope = engine.createScope({
      layers: [
        layer('play', {
          n: 3,
          cfg: { '{{ k }}': ['{{ n }}', 'x{{ n }}', { deep: '{{ n + 1 }}' }] },
          k: 'key',
        }),
      ],
    });
    expect(engine.evaluate('cfg', scope)).toEqual({ key: [3, 'x3', { deep: 4 }] });
  });

  it('makes a magic value when it is first read, and once', () => {
    let made = 0;
    const scope = engine.createScope({ layers: [], magic: { groups: () => ({ all: [String(++made)] }) } });
    expect(engine.render('x', scope)).toBe('x');
    expect(made).toBe(0);
    expect(engine.render('{{ groups.all }}{{ groups.all }}', scope)).toBe("['1']['1']");
  });

  it('never renders values of layers that are data', () => {
    const scope = engine.createScope({
      layers: [
        layer('play', { shown: '{{ fact }}', wrapped: ['{{ fact }}'] }),
        layer('facts', { fact: '{{ 7 * 7 }}' }, { templated: false }),
      ],
    });
    expect(engine.render('{{ shown }}|{{ wrapped }}|{{ fact }}', scope)).toBe(
      "{{ 7 * 7 }}|['{{ 7 * 7 }}']|{{ 7 * 7 }}",
    );
    expect(engine.renderValue({ a: '{{ fact }}' }, scope)).toEqual({ a: '{{ 7 * 7 }}' });
  });

  it('refuses variables that refer to each other in a circle, with the chain and its places', () => {
    const place = (line: number) => ({ file: 'vars.yml', line, column: 4, length: 1 });
    const scope = engine.createScope({
      layers: [
        layer(
          'play',
          { a: '{{ b }}', b: 'x{{ c }}', c: '{{ a }}' },
          { places: { a: place(1), b: place(2) } },
        ),
      ],
    });
    const error = templateErrorOf(() => engine.render('{{ a }}', scope));
    expect(error.kind).toBe('runtime');
    expect(error.message).toBe(
      'variables refer to each other in a circle: a (vars.yml:1:4) → b (vars.yml:2:4) → c (play) → a (vars.yml:1:4)',
    );
  });

  it('treats a variable as undefined when its own template reads an undefined name', () => {
    const scope = engine.createScope({ layers: [layer('play', { url: 'http://{{ hots }}', host: 'h' })] });
    expect(engine.render('{{ url is defined }} {{ url | default("none") }}', scope)).toBe('False none');
    const error = templateErrorOf(() => engine.render('{{ url }}', scope));
    expect(error).toMatchObject({
      kind: 'undefined',
      variable: 'hots',
      template: 'url (play)',
      line: 1,
      column: 11,
    });
  });

  it('keeps the good parts of a mapping whose other part is undefined', () => {
    const scope = engine.createScope({
      layers: [layer('play', { cfg: { good: '{{ 1 }}', bad: '{{ nope }}' } })],
    });
    expect(engine.evaluate('cfg.good', scope)).toBe(1);
    expect(templateErrorOf(() => engine.evaluate('cfg.bad', scope)).kind).toBe('undefined');
    expect(templateErrorOf(() => engine.evaluate('cfg', scope)).kind).toBe('undefined');
  });

  it('gives all its names as "vars"', () => {
    const scope = engine.createScope({ layers: [layer('play', { a: 1, b: '{{ a + 1 }}' })] });
    expect(engine.render("{{ vars['b'] }}{{ 'c' in vars }}{{ vars | list }}", scope)).toBe(
      "2False['a', 'b']",
    );
  });

  it('says where a name is defined', () => {
    const scope = engine.createScope({ layers: [layer('play', { a: 1 }, { label: 'play "Web"' })] });
    expect(scope.definition('a')).toEqual({ name: 'a', label: 'play "Web"', place: undefined });
    expect(scope.definition('nope')).toBeUndefined();
  });

  it('reads nothing of a lazy mapping but what is asked for', () => {
    const read: string[] = [];
    const hostvars = new LazyMapping({
      keys: () => ['web1', 'web2', 'web3'],
      get: (host) => {
        read.push(host);
        return { addr: `addr-${host}` };
      },
    });
    const scope = engine.createScope({ layers: [], magic: { hostvars: () => hostvars } });
    expect(
      engine.render("{{ hostvars['web2'].addr }} {{ hostvars.web2.addr }} {{ hostvars | length }}", scope),
    ).toBe('addr-web2 addr-web2 3');
    expect(read).toEqual(['web2']);
    expect(engine.render('{{ hostvars.keys() | list }}', scope)).toBe("['web1', 'web2', 'web3']");
    expect(engine.render('{% for h, v in hostvars.items() %}{{ h }}={{ v.addr }} {% endfor %}', scope)).toBe(
      'web1=addr-web1 web2=addr-web2 web3=addr-web3 ',
    );
    expect(
      engine.render("{{ ['web1', 'web3'] | map('extract', hostvars, 'addr') | join(',') }}", scope),
    ).toBe('addr-web1,addr-web3');
  });

  it('gives templates copies to change, so that no other template sees it', () => {
    const list = ['a'];
    const scope = engine.createScope({
      layers: [layer('facts', { list, map: { k: [1] } }, { templated: false })],
    });
    const template =
      '{% do list.append("b") %}{% do map.k.append(2) %}{% do map.update(z=1) %}{{ list }}{{ map }}';
    expect(engine.render(template, scope)).toBe("['a', 'b']{'k': [1, 2], 'z': 1}");
    expect(engine.render(template, scope)).toBe("['a', 'b']{'k': [1, 2], 'z': 1}");
    expect(list).toEqual(['a']);
    expect(engine.render('{{ list }}', scope)).toBe("['a']");
  });
});
