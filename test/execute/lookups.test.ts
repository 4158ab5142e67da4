import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { findSource, sourceCandidates } from '../../src/execute/file-search.ts';
import type { LookupContext } from '../../src/execute/lookups/lookup.ts';
import { lookups } from '../../src/execute/lookups/registry.ts';
import { readUndecrypted } from '../../src/execute/plain-file.ts';
import { RunbookError } from '../../src/model/diagnostic.ts';
import type { Value } from '../../src/model/value.ts';
import { seeded } from '../support/seeds.ts';

const project = mkdtempSync(join(tmpdir(), 'lookups-'));
for (const folder of ['files', 'templates', 'vars']) mkdirSync(join(project, folder));
mkdirSync(join(project, 'files', 'folder.conf'));
writeFileSync(join(project, 'files', 'b.conf'), 'b\n\n');
writeFileSync(join(project, 'files', 'a.conf'), '  a  \n');
writeFileSync(join(project, 'files', '.hidden.conf'), 'h');
writeFileSync(join(project, 'vars', 'Debian.yml'), 'x: 1\n');
writeFileSync(join(project, 'templates', 't.j2'), 'text {{ x }}');
writeFileSync(join(project, 'files', 'users.ini'), '[web]\nName = anna\nport: 80\n; no\n[db]\nname=dora\n');
writeFileSync(join(project, 'files', 'e.csv'), 'Li,3,"a ""b"", c"\nBe,4,x\n');
afterAll(() => rmSync(project, { recursive: true }));

const context: LookupContext = {
  projectDir: project,
  env: { HOME: '/home/x', PATH: process.env['PATH'] },
  find: (path, folder) => findSource(path, folder, [project], project),
  candidates: (path, folder) => sourceCandidates(path, folder, [project], project),
  renderTemplate: (text, options) => `${text}|${JSON.stringify(options.extraVars ?? {})}`,
  variable: (name) => (name === 'known' ? 'value' : undefined),
  variableNames: () => ['web_port', 'web_name', 'db_port'],
  matchHosts: (pattern) => [`matched ${pattern}`],
  readPlain: readUndecrypted,
  random: () => 0.5,
};

function look(name: string, terms: readonly Value[], options: Record<string, Value> = {}): readonly Value[] {
  const lookup = lookups.get(name);
  if (lookup === undefined) throw new Error(`no lookup ${name}`);
  return lookup(terms, options, context);
}

describe('lookups of collections', () => {
  it.each<[string, Value[], Value[]]>([
    ['items', [[1, 2], 3, [[4]]], [1, 2, 3, [4]]],
    ['list', [[1, 2], 3], [[1, 2], 3]],
    ['flattened', [[1, [2, [3]]], null, 4], [1, 2, 3, 4]],
    [
      'indexed_items',
      [['a', 'b'], 'c'],
      [
        [0, 'a'],
        [1, 'b'],
        [2, 'c'],
      ],
    ],
    [
      'dict',
      [{ a: 1, b: [2] }],
      [
        { key: 'a', value: 1 },
        { key: 'b', value: [2] },
      ],
    ],
    ['dict', [new Map<Value, Value>([[8080, 'web']])], [{ key: 8080, value: 'web' }]],
    [
      'together',
      [[1, 2, 3], ['a']],
      [
        [1, 'a'],
        [2, null],
        [3, null],
      ],
    ],
    [
      'nested',
      [
        ['a', 'b'],
        [1, 2],
      ],
      [
        ['a', 1],
        ['a', 2],
        ['b', 1],
        ['b', 2],
      ],
    ],
    ['cartesian', [['a'], []], []],
    ['random_choice', [1, 2, 3], [2]],
    ['random_choice', [], []],
    [
      'subelements',
      [[{ n: 'x', in: { k: [1, 2] } }], 'in.k'],
      [
        [{ n: 'x', in: {} }, 1],
        [{ n: 'x', in: {} }, 2],
      ],
    ],
    ['subelements', [[{ n: 'x' }], 'keys', { skip_missing: true }], []],
    ['subelements', [{ one: { k: [1] } }, 'k'], [[{}, 1]]],
  ])('%s of %j gives %j', (name, terms, expected) => {
    expect(look(name, terms)).toEqual(expected);
  });

  it.each<[string, Value[], RegExp]>([
    ['dict', ['text'], /dict needs a mapping, but got a text/],
    ['together', [], /at least one element in each list/],
    ['subelements', [[{ n: 'x' }], 'keys'], /needs a list under "keys", but it has none/],
    ['subelements', [[{ keys: 'x' }], 'keys'], /but it is a text/],
  ])('%s of %j is refused with a reason', (name, terms, message) => {
    expect(() => look(name, terms)).toThrow(message);
  });

  it('makes as many combinations as the product of the lengths', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer(), { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        (lists) => {
          const expected = lists.reduce((product, list) => product * list.length, 1);
          expect(look('nested', lists)).toHaveLength(expected);
        },
      ),
      seeded(100),
    );
  });

  it('puts nothing away and adds nothing when items are flattened once', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer(), fc.array(fc.integer(), { maxLength: 5 }))), (terms) => {
        expect(look('items', terms)).toEqual(terms.flat(1));
      }),
      seeded(100),
    );
  });
});

describe('sequence', () => {
  it.each<[Value, string[]]>([
    ['5', ['1', '2', '3', '4', '5']],
    ['5-8', ['5', '6', '7', '8']],
    ['2-10/2', ['2', '4', '6', '8', '10']],
    ['4:host%02d', ['host01', 'host02', 'host03', 'host04']],
    ['start=0 end=3', ['0', '1', '2', '3']],
    ['count=3', ['1', '2', '3']],
    ['start=10 count=3 stride=5', ['10', '15', '20']],
    ['start=3 end=1 stride=-1', ['3', '2', '1']],
    ['start=0x0f end=0x11 format=%04x', ['000f', '0010', '0011']],
    ['start=1 end=2 format=%s%%', ['1%', '2%']],
    ['count=0', []],
    ['start=1 end=5 stride=0', []],
    [{ start: 1, end: 2 }, ['1', '2']],
    [3, ['1', '2', '3']],
  ])('%j gives %j', (term, expected) => {
    expect(look('sequence', [term])).toEqual(expected);
  });

  it.each<[string, RegExp]>([
    ['start=1', /either end or count/],
    ['end=3 count=2', /either end or count/],
    ['start=3 end=1', /negative stride/],
    ['start=1 end=3 stride=-1', /positive stride/],
    ['end=3 format=x', /exactly one number/],
    ['end=3 format=%d%d', /exactly one number/],
    ['end=x', /must be an integer/],
    ['end=99999999', /at most 1000000 numbers/],
    ['what', /not understood/],
  ])('%s is refused', (term, message) => {
    expect(() => look('sequence', [term])).toThrow(message);
  });

  it('counts from start to end inclusive for every range', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 7 }), (start, length, stride) => {
        const end = start + length;
        const numbers = look('sequence', [`start=${start} end=${end} stride=${stride}`]).map(Number);
        expect(numbers[0]).toBe(start);
        expect(numbers).toHaveLength(Math.floor(length / stride) + 1);
        expect(numbers.every((number) => number <= end)).toBe(true);
      }),
      seeded(100),
    );
  });
});

describe('lookups of files', () => {
  it('reads files without the white space at their end', () => {
    expect(look('file', ['b.conf', 'a.conf'])).toEqual(['b', '  a']);
    expect(look('file', ['a.conf'], { lstrip: true, rstrip: false })).toEqual(['a  \n']);
  });

  it('finds files by pattern, sorted, without folders and hidden files', () => {
    const names = look('fileglob', ['*.conf']).map((path) => String(path).slice(project.length));
    expect(names).toEqual(['/files/a.conf', '/files/b.conf']);
    expect(look('fileglob', [`${project}/files/[!a].conf`])).toEqual([`${project}/files/b.conf`]);
    expect(look('fileglob', ['nothing/*.conf'])).toEqual([]);
  });

  it('takes the first file that exists, wherever it lies', () => {
    expect(look('first_found', ['Suse.yml', 'Debian.yml'])).toEqual([`${project}/vars/Debian.yml`]);
    expect(look('first_found', [{ files: ['no.yml', 'Debian.yml'], paths: ['other', 'vars'] }])).toEqual([
      `${project}/vars/Debian.yml`,
    ]);
    expect(look('first_found', [{ files: ['no.yml'], skip: true }])).toEqual([]);
    expect(() => look('first_found', ['no.yml', 'nope.yml'])).toThrow(
      /none of these files exists: no.yml, nope.yml/,
    );
  });

  it('renders template files with the variables of the step and further ones', () => {
    expect(look('template', ['t.j2'], { template_vars: { y: 1 } })).toEqual(['text {{ x }}|{"y":1}']);
  });

  it('refuses a relative path that leads out of the project', () => {
    const error = thrown(() => look('file', ['../../etc/passwd']));
    expect(error).toBeInstanceOf(RunbookError);
    expect((error as RunbookError).diagnostics[0]?.code).toBe('RB112');
  });

  it('says where it looked for a file that does not exist', () => {
    const error = thrown(() => look('file', ['missing.txt'])) as RunbookError;
    expect(error.diagnostics[0]?.code).toBe('RB101');
    expect(error.diagnostics[0]?.hint).toContain(`${project}/files/missing.txt`);
  });

  it('reads values of INI files and cells of tables', () => {
    expect(look('ini', ['name', 'none'], { file: 'users.ini', section: 'web', default: '-' })).toEqual([
      'anna',
      '-',
    ]);
    expect(look('ini', ['^p'], { file: 'users.ini', section: 'web', re: true })).toEqual(['80']);
    expect(look('csvfile', ['Li'], { file: 'e.csv', delimiter: ',', col: 2 })).toEqual(['a "b", c']);
    expect(
      look('ini', ['Name section=db file=users.ini', 'port section=db default=no port file=users.ini']),
    ).toEqual(['dora', 'no port']);
    expect(look('csvfile', ['Be file=e.csv delimiter=, col=2'])).toEqual(['x']);
    expect(look('csvfile', ['No'], { file: 'e.csv', delimiter: ',' })).toEqual([]);
  });
});

describe('lookups of the controller', () => {
  it('reads environment variables, and gives an empty text for absent ones', () => {
    expect(look('env', ['HOME', 'NOPE'])).toEqual(['/home/x', '']);
    expect(look('env', ['NOPE'], { default: 'd' })).toEqual(['d']);
  });

  it('takes the output of commands run in the project directory', () => {
    expect(look('pipe', ['pwd; echo'])).toEqual([project]);
    expect(look('lines', ["printf 'a\\n\\nb\\n'"])).toEqual(['a', '', 'b']);
    expect(look('lines', ['true'])).toEqual([]);
  });

  it('fails with the command and its last complaint', () => {
    expect(() => look('pipe', ['echo bad >&2; exit 3'])).toThrow(/failed with rc 3: .* \(bad\)/);
    expect(() => look('pipe', ['kill -9 $$'])).toThrow(/ended by SIGKILL/);
  });

  it('reads variables by name and by pattern', () => {
    expect(look('vars', ['known'])).toEqual(['value']);
    expect(look('vars', ['nope'], { default: 1 })).toEqual([1]);
    expect(() => look('vars', ['nope'])).toThrow(/"nope" is not defined/);
    expect(look('varnames', ['^web_', 'db'])).toEqual(['web_port', 'web_name', 'db_port']);
    expect(look('inventory_hostnames', ['web', '!web1'])).toEqual(['matched web:!web1']);
  });
});

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
