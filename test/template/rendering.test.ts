import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Float, Secret, type Value } from '../../src/model/value.ts';
import { createTemplateEngine, omitMark, readTemplateHeader } from '../../src/template/engine.ts';
import { seeded } from '../support/seeds.ts';
import { engineWith, evaluate, renderText, templateErrorOf } from './support.ts';

describe('native rendering', () => {
  const values: Record<string, Value> = {
    n: 5,
    list: [1, { a: 'x' }],
    big: 9007199254740993n,
    f: new Float(1),
    s: '5',
    map: new Map([[1, 'a']]),
  };

  it.each<[string, Value]>([
    ['{{ n }}', 5],
    ['{{ n + 1 }}', 6],
    ['{{ list }}', [1, { a: 'x' }]],
    ['{{ s }}', '5'],
    ['{{ n }}x', '5x'],
    [' {{ n }}', ' 5'],
    ['{{ n }}\n', 5],
    ['{{ s }}\n', '5\n'],
    ['{{ none }}', null],
    ['{{ true }}', true],
    ['{{ big }}', 9007199254740993n],
    ['{{ 4 / 2 }}', new Float(2)],
    ['{{ (1, 2) }}', [1, 2]],
    ['{{ range(2) }}', [0, 1]],
    ["{{ {'a': 1}.items() }}", [['a', 1]]],
    ["{{ {'b': 1, 'a': 2} }}", { b: 1, a: 2 }],
    ['{{ {1: 2} }}', new Map([[1, 2]])],
    [
      "{{ {'10': 1, 'a': 2} }}",
      new Map<Value, Value>([
        ['10', 1],
        ['a', 2],
      ]),
    ],
    ["{{ 'a' if false }}", ''],
    ['{% set x = 1 %}{{ x }}', '1'],
    ['no tags', 'no tags'],
    ["{{ '<' | escape }}", '&lt;'],
    ["{{ 'é'.encode() }}", 'é'],
  ])('keeps the type of %j', (template, expected) => {
    const { engine, scope } = engineWith(values);
    expect(engine.renderNative(template, scope)).toEqual(expected);
  });

  it('keeps the order of keys', () => {
    const made = evaluate("{'b': 1, 'a': 2, 'c': 3}");
    expect(Object.keys(made as object)).toEqual(['b', 'a', 'c']);
  });

  it.each(['{{ range }}', '{% macro m() %}{% endmacro %}{{ [m] }}'])(
    'lets no function leave: %s',
    (template) => {
      const { engine, scope } = engineWith();
      if (template.includes('macro')) expect(engine.renderNative(template, scope)).toContain('Macro');
      else expect(templateErrorOf(() => engine.renderNative(template, scope)).kind).toBe('runtime');
    },
  );

  it('renders the strings of a value and drops what is omitted', () => {
    const { engine, scope } = engineWith({ n: 1, k: 'key' });
    const made = engine.renderValue(
      {
        '{{ k }}': '{{ n }}',
        gone: '{{ nope | default(omit) }}',
        list: ['{{ omit }}', 'x{{ n }}', { deep: '{{ omit }}', kept: true }],
        n: 2,
      },
      scope,
    );
    expect(made).toEqual({ key: 1, list: ['x1', { kept: true }], n: 2 });
    expect(engine.renderValue('{{ nope | default(omit) }}', scope)).toBe(omitMark);
  });

  it('prints a value of None as the engine is told', () => {
    const engine = createTemplateEngine({}, { noneText: '' });
    const scope = engine.createScope({ layers: [] });
    expect(engine.render('[{{ none }}][{{ [none] }}]', scope)).toBe('[][[None]]');
    expect(engine.renderNative('{{ none }}', scope)).toBe(null);
  });
});

describe('secrets', () => {
  const password = new Secret('hunter2', 'db_password');
  const values: Record<string, Value> = {
    password,
    cfg: { pass: password, user: 'app' },
    list: ['a', password],
    n: 3,
  };

  function revealed(value: Value): string {
    if (!(value instanceof Secret)) throw new Error('not secret');
    return value.reveal();
  }

  it.each([
    ['{{ password }}', 'hunter2'],
    ['p={{ password }};', 'p=hunter2;'],
    ['{{ "x" ~ password }}', 'xhunter2'],
    ['{{ password + "!" }}', 'hunter2!'],
    ['{{ password | upper }}', 'HUNTER2'],
    ['{{ password | b64encode | b64decode }}', 'hunter2'],
    ['{{ password[0:3] }}', 'hun'],
    ['{{ password.replace("h", "H") }}', 'Hunter2'],
    ['{{ "%s" % password }}', 'hunter2'],
    ['{{ "%s-%s" | format(password, n) }}', 'hunter2-3'],
    ['{{ "{}".format(password) }}', 'hunter2'],
    ['{{ cfg }}', "{'pass': 'hunter2', 'user': 'app'}"],
    ['{{ cfg | to_json }}', '{"pass": "hunter2", "user": "app"}'],
    ['{{ list | join(",") }}', 'a,hunter2'],
    ['{{ list | map("upper") | last }}', 'HUNTER2'],
    ['{{ [cfg] | map(attribute="pass") | first }}', 'hunter2'],
    ['{% set x = password %}{{ x }}', 'hunter2'],
    ['{% set x %}<{{ password }}>{% endset %}{{ x }}', '<hunter2>'],
    ['{% macro m(p) %}[{{ p }}]{% endmacro %}{{ m(password) }}', '[hunter2]'],
    ['{% filter upper %}{{ password }}{% endfilter %}', 'HUNTER2'],
    ['{% for c in password %}{{ c }}{% endfor %}', 'hunter2'],
    ['{{ password | default("x") }}', 'hunter2'],
    ['{{ password | hash("md5") }}', '2ab96390c7dbe3439de74d0c9b0b1767'],
    ['{{ password | quote }}', 'hunter2'],
    ['{% set f = password.upper %}{{ f() }}', 'HUNTER2'],
    ["{{ password['title']() }}", 'Hunter2'],
    ['{{ {password: 1} | string }}', "{'hunter2': 1}"],
    ['{{ dict([[password, 1]]) | to_json }}', '{"hunter2": 1}'],
    ['{{ password | regex_replace("\\d", "#") }}', 'hunter#'],
  ])('stay secret through %s', (template, expected) => {
    const { engine, scope } = engineWith(values);
    const made = engine.render(template, scope);
    expect(revealed(made)).toBe(expected);
    expect(`${made}`).toBe('‹db_password›');
    if (template !== '{{ cfg }}') expect(revealed(engine.renderNative(template, scope))).toBe(expected);
  });

  it.each<[string, Value]>([
    ['password is defined', true],
    ['password | length', 7],
    ["password == 'hunter2'", true],
    ["'x' if password else 'y'", 'x'],
    ["password in ['hunter2']", true],
    ['password is string', true],
    ["password is match('hunt')", true],
    ['cfg.user', 'app'],
    ['list[0]', 'a'],
    ['n + 1', 4],
    ["cfg | combine({'a': 'b'}) | items | list | first | first", 'pass'],
  ])('leave what does not hold their text plain: %s', (expression, expected) => {
    expect(evaluate(expression, values)).toEqual(expected);
  });

  it('stay secret in a variable made of them', () => {
    const { engine } = engineWith();
    const scope = engine.createScope({
      layers: [
        {
          source: 'play',
          label: 'play',
          values: { url: 'db://app:{{ password }}@h', both: ['{{ url }}', 'plain'] },
        },
        { source: 'extra-vars', label: '-e', values: { password } },
      ],
    });
    expect(revealed(engine.evaluate('url', scope))).toBe('db://app:hunter2@h');
    const [first, second] = engine.evaluate('both', scope) as Value[];
    expect(revealed(first ?? null)).toBe('db://app:hunter2@h');
    expect(second).toBe('plain');
  });

  it('are in no error message', () => {
    const { engine, scope } = engineWith(values);
    for (const template of [
      '{{ password + 1 }}',
      '{{ password | int("x", 99) + [] }}',
      '{{ [password] | sum }}',
      '{{ {}[password] }}',
      '{{ password.nope }}',
      '{{ cfg.pass.x.y }}',
      '{{ password() }}',
      '{{ password | from_json }}',
      '{{ cfg | sort(attribute="pass") }}',
      '{{ [1] .index(password) }}',
      '{{ password | human_to_bytes }}',
      '{{ password | to_datetime }}',
      '{{ 1 is version(password, password) }}',
      '{{ "a" | regex_search("(" ~ password) }}',
      '{{ lookup(password) }}',
      '{{ [1] | map(password) | list }}',
      '{% include password %}',
      '{{ password | extract({}) }}',
    ]) {
      const { message, variable, suggestions } = templateErrorOf(() => engine.render(template, scope));
      expect([message, variable, ...suggestions].join(' '), template).not.toContain('hunter2');
    }
  });
});

describe('conditions', () => {
  const values = {
    yes: 'yes',
    no: 'no',
    off: 'Off',
    zero: '0',
    empty: '',
    text: 'text',
    list: [1],
    none: [],
    result: { failed: false, changed: true },
    host: 'x == 1',
    fact: '{{ 1 }}',
    flag: false,
  };

  it.each<[Value, boolean]>([
    [true, true],
    [false, false],
    ['', true],
    [null, true],
    [[true, 'yes', 'list'], true],
    [['list', 'none'], false],
    ['yes', true],
    ['no', false],
    ['off', false],
    ['zero', false],
    ['empty', false],
    ['text', true],
    ['not flag', true],
    ['result is changed and result is not failed', true],
    ["text == 'text'", true],
    ["'no'", true],
    ['{{ flag }}', false],
    ['{{ no }}', false],
    ['{{ list }}', true],
    ["{{ text }} == 'text'", true],
    ["'{{ text }}' == 'text'", true],
    ["'a-{{ text }}-b' | upper == 'A-TEXT-B'", true],
    ['{{ list | length }} > 0 and {{ flag }} == false', true],
    ['{% if list %}yes{% else %}no{% endif %}', true],
    ['{{ host }}', true],
    ['host', true],
    ['{{ fact }} == 1', false],
  ])('%j is %s', (condition, expected) => {
    const { engine, scope } = engineWith(values);
    expect(engine.evaluateCondition(condition, scope)).toBe(expected);
  });

  it.each<[Value, boolean]>([
    ['no', true],
    ['off', true],
    ['zero', true],
    ['empty', false],
    ['none', false],
    ['flag', false],
    ['not zero', false],
    ['{{ no }}', false],
  ])('with %j are %s where any text holds but the empty one', (condition, expected) => {
    const { engine, scope } = engineWith(values);
    expect(engine.evaluateCondition(condition, scope, { anyTextHolds: true })).toBe(expected);
  });

  it('fail on undefined names', () => {
    const { engine, scope } = engineWith(values);
    expect(templateErrorOf(() => engine.evaluateCondition('nope', scope)).kind).toBe('undefined');
    expect(templateErrorOf(() => engine.evaluateCondition("{{ nope }} == 'x'", scope)).kind).toBe(
      'undefined',
    );
  });
});

describe('validation', () => {
  const { engine } = engineWith();

  it.each([
    ['{{ 1 + }}', 1, 8, 'expected an expression, found the end of the expression'],
    ['a\n{% if x %}', 2, 4, '"if" is never closed by "endif"'],
    ['{{ x | uper }}', 1, 8, 'no filter named "uper" — did you mean "upper"?'],
    ['{{ x is defind }}', 1, 9, 'no test named "defind" — did you mean "defined"?'],
    ['\n\n  {% fro x in y %}', 3, 6, 'unknown tag "fro" — did you mean "for"?'],
    ["{{ 'abc }}", 1, 4, 'the string is never closed'],
    ['{{ (1, [2) }}', 1, 10, 'unexpected ")", expected "]"'],
    ['{{ (a | b }} x', 1, 4, '"(" is never closed'],
    ['{% for x in y %}{% endif %}', 1, 20, '"endif" closes nothing here; expected "endfor" or "else"'],
    ['{{ a b }}', 1, 6, 'expected variable end, found "b"'],
  ])('finds what is wrong with %j and where', (text, line, column, message) => {
    expect(engine.validate(text, { name: 'x.j2' })).toEqual({ template: 'x.j2', line, column, message });
  });

  it.each([
    'plain',
    '{{ x }}',
    '{% raw %}{{ {% endraw %}',
    '{{ x | ansible.builtin.to_json }}',
    '{{ x is ansible.builtin.match("a") }}',
    '{{ result | failed }}',
    '{{ v | version_compare("1", ">") }}',
  ])('accepts %j', (text) => {
    expect(engine.validate(text)).toBeUndefined();
  });

  it('checks bare expressions', () => {
    expect(engine.validateExpression('a and b')).toBeUndefined();
    expect(engine.validateExpression('a == ')?.message).toContain('expected an expression');
  });
});

describe('the names that a template reads', () => {
  const { engine } = engineWith();

  it.each<[string, readonly string[]]>([
    ['plain', []],
    ['{{ a.b + c[d] }}', ['a', 'd', 'c']],
    [
      '{% for x in xs if x.on and y %}{{ x }}{{ loop.index }}{{ z }}{% else %}{{ e }}{% endfor %}',
      ['xs', 'y', 'z', 'e'],
    ],
    ['{% set a = b %}{{ a }}', ['b']],
    ['{{ a }}{% set a = 1 %}', ['a']],
    ['{% if p %}{% set q = 1 %}{% endif %}{{ q }}', ['p']],
    ['{% macro m(a, b=c) %}{{ a }}{{ d }}{{ varargs }}{% endmacro %}{{ m(e) }}', ['c', 'd', 'e']],
    ['{% with a = b %}{{ a }}{% endwith %}{{ a }}', ['b', 'a']],
    ['{% import t as i %}{{ i.f(x) }}', ['t', 'x']],
    ["{{ a | map('extract', hostvars) | default(b) }}", ['a', 'hostvars', 'b']],
    ['{% set t %}{{ x }}{% endset %}{% call(i) f() %}{{ i }}{{ j }}{% endcall %}', ['x', 'f', 'j']],
    ['{% set ns.a = v %}', ['v', 'ns']],
  ])('of %j', (text, names) => {
    expect([...engine.freeVariables(text)]).toEqual(names);
  });

  it('come with their paths and whether the template copes with their absence', () => {
    const reads = (text: string) =>
      engine.references(text).map(({ name, path, guarded }) => [name, path.join('.'), guarded]);
    expect(reads("{{ ansible_facts['os_family'] }}{{ a.b.c | default(1) }}{{ d is defined }}")).toEqual([
      ['ansible_facts', 'os_family', false],
      ['a', 'b.c', true],
      ['d', '', true],
    ]);
    expect(reads('{{ x.y if x is defined else z }}')).toEqual([
      ['x', '', true],
      ['x', 'y', true],
      ['z', '', false],
    ]);
    expect(reads('{% if not (u is undefined) and u.v %}{{ u }}{% else %}{{ u }}{% endif %}')).toEqual([
      ['u', '', true],
      ['u', 'v', true],
      ['u', '', true],
      ['u', '', false],
    ]);
    expect(engine.expressionReferences('{{ a }} == b').map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

describe('the header line of a template file', () => {
  it('sets options and is removed', () => {
    const file = readTemplateHeader(
      '#jinja2: lstrip_blocks: True, variable_start_string:\'[%\', variable_end_string: "%]"\nx [% a %]\n  {% if a %}\ny\n  {% endif %}\n',
    );
    expect(file.problems).toEqual([]);
    const { engine, scope } = engineWith({ a: 1 });
    expect(engine.render(file.text, scope, { syntax: file.syntax })).toBe('x 1\ny\n');
  });

  it('sets the line ends', () => {
    const file = readTemplateHeader("#jinja2: newline_sequence:'\\r\\n'\na\nb{{ 1 }}\n");
    const { engine, scope } = engineWith();
    expect(engine.render(file.text, scope, { syntax: file.syntax })).toBe('a\r\nb1\r\n');
  });

  it('says what is wrong with it', () => {
    expect(readTemplateHeader('#jinja2: trim_block: True, lstrip_blocks: maybe, x\n').problems).toEqual([
      'unknown option "trim_block" in the #jinja2 line',
      'lstrip_blocks in the #jinja2 line must be True or False',
      '"x" in the #jinja2 line is not of the form "option: value"',
    ]);
    expect(readTemplateHeader('no header\n').text).toBe('no header\n');
  });
});

describe('laws', () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 80n }),
  );
  const value = fc.letrec<{ node: Value }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(
        fc.string().filter((k) => !/^\d+$/.test(k)),
        tie('node'),
        { maxKeys: 4 },
      ),
    ),
  })).node as fc.Arbitrary<Value>;

  it('a value survives to_json and from_json', () => {
    fc.assert(
      fc.property(value, (v) => {
        expect(evaluate('v | to_json | from_json == v', { v })).toBe(true);
        expect(evaluate('v | to_nice_json | from_json == v', { v })).toBe(true);
      }),
      seeded(200),
    );
  });

  it('a printed value reads back as an expression of the language', () => {
    fc.assert(
      fc.property(value, (v) => {
        const printed = renderText('{{ [v] }}', { v });
        expect(evaluate(`(${printed}) == [v]`, { v }), printed).toBe(true);
      }),
      seeded(200),
    );
  });

  it('a value passes through an expression unchanged', () => {
    fc.assert(
      fc.property(value, (v) => {
        expect(evaluate('v', { v })).toEqual(v);
        expect(engineWith({ v }).engine.renderValue(['{{ v }}'], engineWith({ v }).scope)).toEqual([v]);
      }),
      seeded(100),
    );
  });

  it('division and remainder fit together as in Python', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
        fc.bigInt({ min: -1000n, max: 1000n }).filter((b) => b !== 0n),
        (a, b) => {
          expect(
            evaluate('a // b * b + a % b == a and (b > 0 and 0 <= a % b < b or b < 0 and b < a % b <= 0)', {
              a,
              b,
            }),
          ).toBe(true);
        },
      ),
      seeded(100),
    );
  });

  it('slices agree with lists and texts alike', () => {
    const part = fc.option(fc.integer({ min: -8, max: 8 }), { nil: null });
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'é', '☃', '𝒳'), { maxLength: 6 }),
        part,
        part,
        part.filter((n) => n !== 0),
        (letters, from, to, step) => {
          expect(
            evaluate('letters[from:to:step] | join == (letters | join)[from:to:step]', {
              letters,
              from,
              to,
              step,
            }),
          ).toBe(true);
        },
      ),
      seeded(100),
    );
  });

  it('text without tags is its own rendering', () => {
    fc.assert(
      fc.property(
        fc.string().filter((s) => !/\{[{%#]/.test(s)),
        (text) => renderText(text) === text,
      ),
      seeded(100),
    );
  });

  it('no text makes the engine throw anything but a template error', () => {
    const pieces = fc.constantFrom(
      '{{',
      '}}',
      '{%',
      '%}',
      '{#',
      '#}',
      ' if ',
      ' for ',
      ' in ',
      'x',
      '1',
      "'",
      '"',
      '(',
      ')',
      '[',
      ']',
      '|',
      '.',
      ',',
      ':',
      '=',
      '~',
      '-',
      '+',
      '*',
      '**',
      ' set ',
      ' endif ',
      ' else ',
      ' endfor ',
      ' raw ',
      ' endraw ',
      ' macro ',
      ' is ',
      ' not ',
      '\\',
      '\n',
      ' block ',
      ' filter ',
      'upper',
    );
    const { engine, scope } = engineWith({ x: 'v' });
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
        try {
          engine.render(parts.join(''), scope);
        } catch (error) {
          expect(error).toMatchObject({ name: 'TemplateError' });
        }
      }),
      seeded(2_000),
    );
  });
});
