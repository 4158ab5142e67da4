import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readYaml } from '../../src/load/yaml.ts';
import type { Dialect, DocumentPath, TextSpan } from '../../src/model/document.ts';
import { Float, Unsafe, VaultText } from '../../src/model/value.ts';
import { seeded } from '../support/seeds.ts';

function read(text: string, dialect: Dialect = 'native') {
  return readYaml({ path: 'a.yml', text }, { dialect });
}

function dataOf(text: string, dialect: Dialect = 'native') {
  const { document, diagnostics } = read(text, dialect);
  expect(diagnostics).toEqual([]);
  return document?.value;
}

describe('scalars', () => {
  const float = (value: number) => new Float(value);
  it.each([
    ['true', true, true],
    ['False', false, false],
    ['yes', 'yes', true],
    ['No', 'No', false],
    ['on', 'on', true],
    ['OFF', 'OFF', false],
    ['y', 'y', 'y'],
    ['nO', 'nO', 'nO'],
    ['~', null, null],
    ['null', null, null],
    ['""', '', ''],
    ['"yes"', 'yes', 'yes'],
    ['12', 12, 12],
    ['-12', -12, -12],
    ['+3', 3, 3],
    ['0', 0, 0],
    ['0644', '0644', '0644'],
    ['0o644', '0644', '0644'],
    ['"0644"', '0644', '0644'],
    ['644', 644, 644],
    ['0899', '0899', '0899'],
    ['0x1F', 31, 31],
    ['0b101', '0b101', 5],
    ['1_000', '1_000', 1000],
    ['1.5', 1.5, 1.5],
    ['1.0', float(1), float(1)],
    ['1.10', 1.1, 1.1],
    ['.5', 0.5, 0.5],
    ['1e3', float(1000), '1e3'],
    ['1.5e+3', float(1500), float(1500)],
    ['1.', float(1), float(1)],
    ['.inf', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ['-.INF', Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ['.nan', Number.NaN, Number.NaN],
    ['1:30', '1:30', 90],
    ['190:20:30', '190:20:30', 685230],
    ['0:30', '0:30', '0:30'],
    ['12:99', '12:99', '12:99'],
    ['9007199254740993', 9007199254740993n, 9007199254740993n],
    ['-9007199254740993', -9007199254740993n, -9007199254740993n],
    ['1.2.3', '1.2.3', '1.2.3'],
    ['2001-12-14', '2001-12-14', '2001-12-14'],
    ['10.0.0.7', '10.0.0.7', '10.0.0.7'],
    ['!!str 12', '12', '12'],
    ['! 12', '12', '12'],
    ['!!int "12"', 12, 12],
    ['!!float 1', 1, 1],
    ['!!bool "true"', true, true],
  ])('reads %s by its dialect', (text, native, ansible) => {
    expect(dataOf(`a: ${text}`)).toEqual({ a: native });
    expect(dataOf(`a: ${text}`, 'ansible')).toEqual({ a: ansible });
  });

  it('reads block texts, with what looks like a comment or a template in them', () => {
    expect(dataOf('a: |\n  one # two\n  {{ x }}: y\nb: >-\n  one\n  two\n')).toEqual({
      a: 'one # two\n{{ x }}: y\n',
      b: 'one two',
    });
  });

  it('keeps an encrypted text with its place, and marks an unsafe value', () => {
    const value = dataOf(
      'a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3132\nb: !unsafe "{{ x }}"\nc: !unsafe [a]',
    );
    expect(value).toEqual({ a: expect.any(VaultText), b: new Unsafe('{{ x }}'), c: new Unsafe(['a']) });
    const { a } = value as { a: VaultText };
    expect(a.text).toBe('$ANSIBLE_VAULT;1.1;AES256\n3132\n');
    expect(a.at).toMatchObject({ file: 'a.yml', line: 1 });
    expect(JSON.stringify(a)).not.toContain('3132');
  });
});

describe('a tab that indents', () => {
  it.each([
    ['a: 1\nb:\n\tc: 2\nd: 3\n', [3]],
    ['vars:\n\ta: 1\n  b: [1,\n    2]\n  c: 1\n', [2]],
    ['b: [1,\n\t    2]\nc: 1\n', [2]],
    ['steps:\n  -\tname: a\n    debug: {}\n', [2]],
    ['steps:\n  - debug:\n  \t    msg: a\n  - ping: {}\n', [3]],
    ['steps:\n\t- a: 1\n\t- b: 1\n', [2, 3]],
  ])('is the one thing that is told about %j', (text, lines) => {
    const { diagnostics } = readYaml({ path: 'a.yml', text }, { dialect: 'native' });
    expect(diagnostics.map((one) => [one.code, one.at?.line])).toEqual(lines.map((line) => ['RB106', line]));
  });
});

describe('mappings', () => {
  it('have no prototype, so that no key means anything but itself', () => {
    const value = dataOf('toString: 1\nvalueOf: 2') as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(null);
    expect(value['hasOwnProperty']).toBe(undefined);
    expect(Object.keys(value)).toEqual(['toString', 'valueOf']);
  });

  it('become a Map where an object would lose the order or the kind of a key', () => {
    expect(dataOf('b: 1\n2: x\n"1": y\ntrue: z')).toEqual(
      new Map<unknown, unknown>([
        ['b', 1],
        [2, 'x'],
        ['1', 'y'],
        [true, 'z'],
      ]),
    );
  });

  it('take merge keys: their own keys win, then earlier sources', () => {
    const text = 'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], z: 3}\nd:\n  <<: *a\n  y: 4\n';
    expect(dataOf(text)).toMatchObject({ c: { x: 1, y: 1, z: 3 }, d: { x: 1, y: 4 } });
  });

  it('keep a quoted << as a key', () => {
    expect(dataOf('"<<": 1')).toEqual({ '<<': 1 });
  });
});

describe('documents', () => {
  it.each([
    ['', undefined],
    ['# nothing\n', undefined],
    ['---\n', undefined],
    ['---\na: 1\n', { a: 1 }],
    ['---\na: 1\n...\n', { a: 1 }],
    ['\ufeffa: 1\n', { a: 1 }],
    ['a: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
    ['{"a": [1, 2.5, null, true], "b": "\\u00e9"}', { a: [1, 2.5, null, true], b: 'é' }],
    ['{\n\t"a": 1\n}\n', { a: 1 }],
    ['- 1\n- [a, {b: c}]\n', [1, ['a', { b: 'c' }]]],
    ['text', 'text'],
  ])('reads %j', (text, expected) => {
    expect(dataOf(text)).toEqual(expected);
  });

  it('allows 200 aliases of texts', () => {
    const names = Array.from({ length: 200 }, () => '*a').join(', ');
    expect(dataOf(`a: &a text\nb: [${names}]\n`)).toMatchObject({
      b: Array.from({ length: 200 }, () => 'text'),
    });
  });

  it('refuses a text above 2 MiB before it reads it', () => {
    const { diagnostics } = read(`a: ${'x'.repeat(2 * 1024 * 1024)}`);
    expect(diagnostics).toMatchObject([
      { code: 'RB102', message: 'a.yml has 2.0 MiB, expected at most 2 MiB' },
    ]);
  });

  it.each([
    ['[', 1_000_000],
    ['- ', 900_000],
    ['? ', 900_000],
    ['{a: ', 400_000],
  ])('refuses %j a hundred thousand times and more without reading on', (text, count) => {
    expect(read(text.repeat(count)).diagnostics).toMatchObject([{ code: 'RB108' }]);
  });

  it('allows what is 64 levels deep', () => {
    expect(read(`${'['.repeat(64)}${']'.repeat(64)}`).diagnostics).toEqual([]);
    expect(read(`${'['.repeat(65)}${']'.repeat(65)}`).diagnostics).toMatchObject([{ code: 'RB108' }]);
  });
});

describe('places', () => {
  const text = [
    'base: &base {port: 80}',
    'web:',
    '  <<: *base',
    '  hosts: [a, "b c"]',
    '  1: one',
    'msg: "hello {{ nme }}"',
    'script: |',
    '  first',
    '  second {{ nme }} line',
    'alias: *base',
    '',
  ].join('\n');
  const { document } = read(text);
  const locate = (path: DocumentPath, part: 'key' | 'value' = 'value', span?: TextSpan) => {
    const place = document?.locate(path, part, span);
    return place && [place.line, place.column, place.length];
  };

  it.each<[DocumentPath, 'key' | 'value', number[]]>([
    [[], 'value', [1, 1, 4]],
    [['web'], 'key', [2, 1, 3]],
    [['web'], 'value', [3, 3, 2]],
    [['web', 'hosts'], 'key', [4, 3, 5]],
    [['web', 'hosts'], 'value', [4, 10, 10]],
    [['web', 'hosts', 1], 'value', [4, 14, 5]],
    [['web', 1], 'value', [5, 6, 3]],
    [['web', 'port'], 'value', [1, 20, 2]],
    [['alias', 'port'], 'key', [1, 14, 4]],
    [['web', 'nothing', 'below'], 'value', [3, 3, 2]],
    [['web', 'hosts', 7], 'value', [4, 10, 10]],
  ])('finds %j (%s)', (path, part, expected) => {
    expect(locate(path, part)).toEqual(expected);
  });

  it('points into a quoted text and into a line of a block', () => {
    expect(locate(['msg'], 'value', { offset: 6, length: 9 })).toEqual([6, 13, 9]);
    expect(locate(['script'], 'value', { offset: 13, length: 9 })).toEqual([9, 10, 9]);
  });

  it('counts columns without a byte order mark', () => {
    expect(read('\ufeffa: 1').document?.locate(['a'], 'key')).toMatchObject({ line: 1, column: 1 });
  });
});

describe('whatever the text', () => {
  const pieces = fc.constantFrom(
    ...[
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '\t',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '|',
      '>',
      '&a ',
      '*a',
      '!x ',
      '!!int ',
      '<<',
    ],
    ...['{{ x }}', '#', '%', '@', '---\n', '...', '\u00a0', '\r', '? ', ',', '0644', '\\', '\0', '日'],
  );
  const soup = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(''));

  it('never throws, and gives a document or an error, with every place inside the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(soup, fc.string({ unit: 'binary' })),
        fc.constantFrom<Dialect>('native', 'ansible'),
        (text, dialect) => {
          const { document, diagnostics } = read(text, dialect);
          expect(document === undefined).toBe(diagnostics.some((one) => one.severity === 'error'));
          const lines = text.replace(/^\ufeff/, '').split('\n');
          const outside = diagnostics.filter(({ at }) => {
            const line = at && lines[at.line - 1];
            return at !== undefined && (line === undefined || at.column > line.length + 1);
          });
          expect(outside).toEqual([]);
        },
      ),
      seeded(500),
    );
  });

  it('reads back any JSON as it was', () => {
    const value = fc
      .jsonValue()
      .filter((one) => !/__proto__|constructor|prototype/.test(JSON.stringify(one)));
    fc.assert(
      fc.property(value, (json) => {
        const { document, diagnostics } = read(`[${JSON.stringify(json)}]`);
        // Numbers of more digits than JSON's readers keep are refused on purpose.
        if (diagnostics.some((one) => one.code === 'RB110' || one.code === 'RB108')) return;
        expect(diagnostics).toEqual([]);
        expect(plain(document?.value)).toEqual([plain(json)]);
      }),
      seeded(100),
    );
  });
});

/** Values without the classes and maps that stand for what JSON cannot tell apart. */
function plain(value: unknown): unknown {
  if (value instanceof Float) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [String(key), plain(item)]));
}
