import { describe, expect, it } from 'vitest';
import { Float, type Value } from '../../src/model/value.ts';
import { evaluate, renderText, templateErrorOf } from './support.ts';

const values: Record<string, Value> = {
  a: { x: 1, l: [1, 2], d: { p: 1, q: 2 } },
  b: { x: 2, l: [2, 3], d: { q: 3, r: 4 } },
  users: [
    { name: 'ann', uid: 1, keys: ['k1', 'k2'], home: { dirs: ['/a'] } },
    { name: 'bob', uid: 2, keys: ['k3'], home: { dirs: ['/b', '/c'] } },
  ],
  hosts: { web1: { ip: '10.0.0.1', nics: { eth0: { mtu: 1500 } } } },
};

describe("ansible-core's filters", () => {
  it.each<[string, Value]>([
    [
      "['yes', 'on', '1', 'true', 'True', true, 1, 'no', 'off', '0', 'x', '', false, 0, 'y'] | map('bool') | list",
      [true, true, true, true, true, true, true, false, false, false, false, false, false, false, false],
    ],
    ['none | bool', null],
    ["true | ternary('a', 'b')", 'a'],
    ["none | ternary('a', 'b', 'c')", 'c'],
    ["'' | ternary('a', 'b')", 'b'],
    ["'/etc/app/x.tar.gz' | basename", 'x.tar.gz'],
    ["'/etc/app/' | basename", ''],
    ["'/etc/app/x.conf' | dirname", '/etc/app'],
    ["'x' | dirname", ''],
    ["'/x' | dirname", '/'],
    ["'/a/b.tar.gz' | splitext", ['/a/b.tar', '.gz']],
    ["'.bashrc' | splitext", ['.bashrc', '']],
    ["['/a', 'b', 'c/'] | path_join", '/a/b/c/'],
    ["['a', '/b', 'c'] | path_join", '/b/c'],
    ["'/a/../b/./c//d/' | normpath", '/b/c/d'],
    ["'' | normpath", '.'],
    ["['/usr/lib/x', '/usr/local'] | commonpath", '/usr'],
    ["'/a/b/c' | relpath('/a/d')", '../b/c'],
    ["'C:\\\\a\\\\b.txt' | win_basename", 'b.txt'],
    ["'C:\\\\a\\\\b.txt' | win_dirname", 'C:\\a'],
    ["'C:\\\\a' | win_splitdrive", ['C:', '\\a']],
    ["'http://u:p@Example.com:8080/a/b?x=1#f' | urlsplit('hostname')", 'example.com'],
    ["'http://u:p@example.com:8080/a/b?x=1#f' | urlsplit('port')", 8080],
    ["('http://u:p@example.com:8080/a/b?x=1#f' | urlsplit).path", '/a/b'],
    ["'a+b%20c%C3%A9' | urldecode", 'a b cé'],
    ['a | combine(b)', { x: 2, l: [2, 3], d: { q: 3, r: 4 } }],
    ['a | combine(b, recursive=true)', { x: 2, l: [2, 3], d: { p: 1, q: 3, r: 4 } }],
    ["(a | combine(b, list_merge='append')).l", [1, 2, 2, 3]],
    ["(a | combine(b, list_merge='prepend')).l", [2, 3, 1, 2]],
    ["(a | combine(b, list_merge='append_rp')).l", [1, 2, 3]],
    ["(a | combine(b, list_merge='prepend_rp')).l", [2, 3, 1]],
    ["(a | combine(b, list_merge='keep')).l", [1, 2]],
    ['[a, b] | combine | list', ['x', 'l', 'd']],
    ['{} | combine([a, b], {"z": 1}) | list', ['x', 'l', 'd', 'z']],
    ["{'k': 1} | dict2items", [{ key: 'k', value: 1 }]],
    ["{'k': 1} | dict2items(key_name='file', value_name='path')", [{ file: 'k', path: 1 }]],
    ["[{'key': 'a', 'value': 1}] | items2dict", { a: 1 }],
    ["[{'n': 'a', 'v': 1}] | items2dict(key_name='n', value_name='v')", { a: 1 }],
    ['[1, [2, [3, [4]]], none] | flatten', [1, 2, 3, 4]],
    ['[1, [2, [3, [4]]], none] | flatten(levels=1, skip_nulls=false)', [1, 2, [3, [4]], null]],
    ['[1, 2, 2] | union([3, 2])', [1, 2, 3]],
    ['[1, 2, 2, 3] | intersect([2, 3, 4])', [2, 3]],
    ['[1, 2, 2, 3] | difference([2])', [1, 3]],
    ['[1, 2] | symmetric_difference([2, 3])', [1, 3]],
    ["[{'a': 1}, {'a': 1}, {'a': 2}] | unique", [{ a: 1 }, { a: 2 }]],
    ["[{'a': 1}] | union([{'a': 1}, {'b': 2}])", [{ a: 1 }, { b: 2 }]],
    [
      "[1, 2, 3] | zip(['a', 'b']) | list",
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      "[1, 2] | zip_longest(['a'], fillvalue='x') | list",
      [
        [1, 'a'],
        [2, 'x'],
      ],
    ],
    ["dict(['a', 'b'] | zip([1, 2]))", { a: 1, b: 2 }],
    [
      "[1, 2] | product(['a', 'b']) | list",
      [
        [1, 'a'],
        [1, 'b'],
        [2, 'a'],
        [2, 'b'],
      ],
    ],
    ['[1, 2, 3] | permutations(2) | list | length', 6],
    [
      '[1, 2, 3] | combinations(2) | list',
      [
        [1, 2],
        [1, 3],
        [2, 3],
      ],
    ],
    ["users | subelements('keys') | map('last') | list", ['k1', 'k2', 'k3']],
    ["users | subelements('home.dirs') | map('last') | list", ['/a', '/b', '/c']],
    ["users | subelements('nope', skip_missing=true)", []],
    ["users | rekey_on_member('name') | list", ['ann', 'bob']],
    ["'web1' | extract(hosts, 'ip')", '10.0.0.1'],
    ["'web1' | extract(hosts, ['nics', 'eth0', 'mtu'])", 1500],
    ["['web1'] | map('extract', hosts, 'ip') | list", ['10.0.0.1']],
    ["'a b' | quote", "'a b'"],
    ['"it\'s" | quote', "'it'\"'\"'s'"],
    ["'plain-1.0/x' | quote", 'plain-1.0/x'],
    ["'' | quote", "''"],
    ["'hello' | b64encode", 'aGVsbG8='],
    ["'w6k=' | b64decode", 'é'],
    ["'test' | md5", '098f6bcd4621d373cade4e832627b4f6'],
    ["'test' | sha1", 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'],
    ["'test' | checksum", 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'],
    ["'test' | hash('sha256')", '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    [
      "'Hello world!' | password_hash('sha512', 'saltstring')",
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ],
    [
      "'Hello world!' | password_hash('sha256', 'saltstring')",
      '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
    ],
    [
      "'Hello world!' | password_hash('sha512', 'saltstringsaltst', rounds=10000)",
      '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
    ],
    ["'x' | to_uuid == 'x' | to_uuid", true],
    [
      "'example.com' | to_uuid(namespace='6ba7b810-9dad-11d1-80b4-00c04fd430c8')",
      'cfbff0d1-9375-5685-968c-48ce8b15ae17',
    ],
    ['1048576 | human_readable', '1.00 MB'],
    ['1000 | human_readable(isbits=true)', '1000.00 bits'],
    ["2048 | human_readable(unit='K')", '2.00 KB'],
    ["'10 MB' | human_to_bytes", 10485760],
    ["'1.5G' | human_to_bytes", 1610612736],
    ["'10' | human_to_bytes('K')", 10240],
    ["'a, b' | split(', ')", ['a', 'b']],
    ["'a  b' | split", ['a', 'b']],
    ['8 | log(2)', new Float(3)],
    ['2 | pow(5)', new Float(32)],
    ['27 | root(3)', new Float(3)],
    ["'a' | type_debug", 'str'],
    [
      '[1, 1.5, none, {}, [], true] | map("type_debug") | list',
      ['int', 'float', 'NoneType', 'dict', 'list', 'bool'],
    ],
    ["{'b': [1, {'c': none}], 'a': 'é'} | to_json", '{"b": [1, {"c": null}], "a": "\\u00e9"}'],
    ["{'b': 1, 'a': 'é'} | to_json(ensure_ascii=false, sort_keys=true)", '{"a": "é", "b": 1}'],
    ["{'b': [1, 2], 'a': {}} | to_nice_json", '{\n    "a": {},\n    "b": [\n        1,\n        2\n    ]\n}'],
    ["{'a': [1]} | to_nice_json(indent=2)", '{\n  "a": [\n    1\n  ]\n}'],
    ["{'a': 1} | to_json(separators=(',', ':'))", '{"a":1}'],
    ['[1.0, 1e20, 0.1] | to_json', '[1.0, 1e+20, 0.1]'],
    ['\'{"a": [1, 1.0, true, null, "\\\\u00e9"]}\' | from_json', { a: [1, new Float(1), true, null, 'é'] }],
    ["'12345678901234567890' | from_json", 12345678901234567890n],
    ["[5, 3, 9] | random(seed='x') == [5, 3, 9] | random(seed='x')", true],
    ["[1, 2, 3, 4] | shuffle(seed='x') | sort", [1, 2, 3, 4]],
    ['10 | random(start=5) >= 5', true],
    ["'2024-02-29 12:30:45' | to_datetime | string", '2024-02-29 12:30:45'],
    ["(('2024-03-01' | to_datetime('%Y-%m-%d')) - ('2024-02-28' | to_datetime('%Y-%m-%d'))).days", 2],
    [
      "(('2024-03-01 01:00:00' | to_datetime) - ('2024-02-29 00:00:01' | to_datetime)).total_seconds()",
      new Float(89999),
    ],
    ["('2024-03-01' | to_datetime('%Y-%m-%d')) > ('2024-02-28' | to_datetime('%Y-%m-%d'))", true],
    ["('2024-03-01' | to_datetime('%Y-%m-%d')).strftime('%d.%m.%Y %A')", '01.03.2024 Friday'],
    ["'%Y-%m-%dT%H:%M:%SZ' | strftime(0, utc=true)", '1970-01-01T00:00:00Z'],
    ["'%s' | strftime(1700000000.5)", '1700000000'],
    ["'a.b' | regex_escape", 'a\\.b'],
    ["'^a.*b$' | regex_escape('posix_basic')", '\\^a\\.\\*b\\$'],
    ["'1' | ansible.builtin.int + 1", 2],
    ['[[1, 2], [3]] | sum(start=[])', [1, 2, 3]],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, values)).toEqual(expected);
  });

  it.each([
    ["{{ 'a\\nb' | comment }}", '#\n# a\n# b\n#'],
    ["{{ 'a\\n\\nb' | comment('c') }}", '//\n// a\n//\n// b\n//'],
    ["{{ 'a' | comment('cblock') }}", '/*\n *\n * a\n *\n */'],
    ["{{ 'a' | comment('xml') }}", '<!--\n -\n - a\n -\n-->'],
    ["{{ 'a' | comment(decoration='! ') }}", '!\n! a\n!'],
    ["{{ 'a' | comment('plain', prefix='###', postfix='---', prefix_count=2) }}", '###\n###\n# a\n---'],
  ])('comments: %s', (template, expected) => {
    expect(renderText(template)).toBe(expected);
  });

  it.each([
    '{{ 1 | combine({}) }}',
    "{{ {} | combine({}, list_merge='x') }}",
    '{{ {} | combine({}, nope=1) }}',
    "{{ 'x' | from_json }}",
    '{{ \'{"a": 1,}\' | from_json }}',
    "{{ '!YQ' | b64decode }}",
    "{{ 'x' | hash('nope') }}",
    "{{ 'x' | password_hash('crypt16') }}",
    "{{ 'x' | human_to_bytes }}",
    "{{ '5 QB' | human_to_bytes }}",
    "{{ 'x' | to_datetime }}",
    '{{ 0 | log }}',
    "{{ 'a' | dict2items }}",
    "{{ [{'a': 1}] | items2dict }}",
    "{{ [{'n': 1}, {'n': 1}] | rekey_on_member('n') }}",
    "{{ users | subelements('nope') }}",
    "{{ 'a' | comment('nope') }}",
    "{{ 'a' | regex_search('(') }}",
    "{{ 'a' | regex_replace('a', '\\\\2') }}",
    "{{ 'a' | regex_replace('a', 'b', mandatory_count=2) }}",
    "{{ 'x' | from_yaml }}",
    '{{ {} | to_yaml }}',
    "{{ lookup('env', 'HOME') }}",
    '{{ range | to_json }}',
    "{{ 'a' | realpath }}",
    "{{ 'a' | fileglob }}",
    "{{ 'e' is event_set }}",
    "{{ '/' is directory }}",
  ])('refuses %s', (template) => {
    expect(templateErrorOf(() => renderText(template, values)).kind).toBe('runtime');
  });

  it('read and write YAML through the services given', () => {
    const services = {
      parseYaml: (text: string): Value => ({ read: text.trim() }),
      stringifyYaml: (value: Value, style: object) => `${JSON.stringify(value)} ${JSON.stringify(style)}`,
    };
    expect(evaluate("'a: 1' | from_yaml", {}, services)).toEqual({ read: 'a: 1' });
    expect(evaluate("'--- a\n---\nb\n' | from_yaml_all", {}, services)).toEqual([
      { read: '--- a' },
      { read: '---\nb' },
    ]);
    expect(evaluate("{'a': 1} | to_nice_yaml(indent=2)", {}, services)).toBe(
      '{"a":1} {"indent":2,"width":80,"sortKeys":true,"block":true,"explicitStart":false,"explicitEnd":false}',
    );
    expect(evaluate("{'a': 1} | to_yaml", {}, services)).toBe(
      '{"a":1} {"indent":2,"width":80,"sortKeys":true,"block":false,"explicitStart":false,"explicitEnd":false}',
    );
  });

  it('ask the services for homes and environment variables', () => {
    const services = {
      homeDirectory: (user: string | undefined) => (user === 'nobody' ? undefined : `/home/${user ?? 'me'}`),
      environment: (name: string) => (name === 'X' ? 'x' : undefined),
    };
    expect(evaluate("['~/a', '~bob/a', '~nobody/a', 'a~'] | map('expanduser') | list", {}, services)).toEqual(
      ['/home/me/a', '/home/bob/a', '~nobody/a', 'a~'],
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables as a shell writes them
    expect(evaluate("'$X/${X}/$Y' | expandvars", {}, services)).toBe('x/x/$Y');
  });
});

describe('lookups', () => {
  const services = {
    lookup: (name: string, terms: readonly Value[], options: Readonly<Record<string, Value>>) => {
      if (name === 'none') return [];
      if (name === 'broken') throw new Error('no such file');
      return name === 'many' ? terms : [[name, ...terms, options]];
    },
  };

  it.each<[string, Value]>([
    ["lookup('file', 'a', x=1)", ['file', 'a', { x: 1 }]],
    ["query('file', 'a')", [['file', 'a', {}]]],
    ["q('many', 'a', 'b')", ['a', 'b']],
    ["lookup('many', 'a', 'b')", 'a,b'],
    ["lookup('many', 'a', 'b', wantlist=true)", ['a', 'b']],
    ["lookup('many', '{{ 1 }}')", '{{ 1 }}'],
    ["lookup('none')", []],
    ["lookup('ansible.builtin.many', 1)", 1],
    ["lookup('broken', errors='ignore') is none", true],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, {}, services)).toEqual(expected);
  });

  it('say why they failed', () => {
    expect(() => evaluate("lookup('broken')", {}, services)).toThrow(
      'the lookup "broken" failed: no such file',
    );
  });
});

describe("ansible-core's tests", () => {
  const results: Record<string, Value> = {
    ok: { changed: false, failed: false },
    bad: { failed: true, msg: 'x' },
    new: { changed: true },
    skip: { skipped: true, changed: false },
    gone: { unreachable: true },
    loop: { results: [{ changed: false }, { changed: true }] },
    job: { started: 1, finished: 0 },
    v: '1.10.2',
  };

  it.each<[string, boolean]>([
    ['ok is succeeded and ok is success and ok is successful and ok is not failed', true],
    ['bad is failed and bad is failure and bad is not succeeded', true],
    ['new is changed and ok is not changed and new is change', true],
    ['skip is skipped and skip is skip and skip is not failed', true],
    ['gone is unreachable and ok is reachable', true],
    ['loop is changed', true],
    ['job is started and job is not finished', true],
    ['bad | failed', true],
    ['ok | changed', false],
    ["v | version_compare('1.9', '>')", true],
    ["v is version('1.9', '>')", true],
    ["v is version('1.10.2')", true],
    ["v is version('1.10.2', 'ge', strict=true)", true],
    ["'1.0.0-beta' is version('1.0.0', '<', version_type='semver')", true],
    ["'1.0.0-beta.2' is version('1.0.0-beta.11', '<', version_type='semver')", true],
    ["'1.0rc1' is version('1.0', 'lt', version_type='pep440')", true],
    ["'1.0.post1' is version('1.0', 'gt', version_type='pep440')", true],
    ["'1.0.dev3' is version('1.0a1', 'lt', version_type='pep440')", true],
    ["'12.04' is version('12.4', '==')", true],
    ["'2.0' is version('10.0', '<')", true],
    ["'abc' is match('b')", false],
    ["'abc' is match('a')", true],
    ["'abc' is search('b')", true],
    ["'abc' is regex('B', ignorecase=true)", true],
    ["'abc' is regex('b', match_type='fullmatch')", false],
    ["'ab' is regex('(?i)(A|AB)', match_type='fullmatch')", true],
    ["'a\\nb' is search('^b', multiline=true)", true],
    ["[1, 2] is contains(1) and {'a': 1} is contains('a')", true],
    ['[1] is subset([1, 2]) and [1, 2] is superset([1]) and [1] is issubset([1])', true],
    ['[true, 1] is all and [0, 1] is any and [0] is not any', true],
    ["'yes' is truthy and '' is falsy and 'no' is truthy", true],
    ["'no' is falsy(convert_bool=true) and 'yes' is truthy(convert_bool=True)", true],
    ["('nan' | float) is nan", true],
    ["'$ANSIBLE_VAULT;1.1;AES256' is vault_encrypted", true],
    ["'/a' is abs and 'a' is not abs", true],
    ["'http://a.b/c' is url and 'a' is not url and 'mailto:x@y' is uri and 'urn:isbn:1' is urn", true],
    ["'http://a' is url(schemes=['https'])", false],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, results)).toBe(expected);
  });

  it('look at files and events through the services given', () => {
    const services = {
      statFile: (path: string) =>
        path === '/d'
          ? ({ kind: 'directory' } as const)
          : path === '/l'
            ? ({ kind: 'link', target: 'file' } as const)
            : path === '/broken'
              ? ({ kind: 'link' } as const)
              : undefined,
      isEventSet: (name: string) => name === 'green',
    };
    const test = (expression: string) => evaluate(expression, {}, services);
    expect(test("'/d' is directory and '/d' is exists and '/d' is not file and '/no' is not exists")).toBe(
      true,
    );
    expect(
      test(
        "'/l' is file and '/l' is link and '/l' is exists and '/broken' is link and '/broken' is not exists and '/broken' is link_exists",
      ),
    ).toBe(true);
    expect(test("'green' is event_set and 'red' is not event_set")).toBe(true);
  });

  it('refuse what is no result and no version', () => {
    for (const expression of [
      '1 is failed',
      "'x' is changed",
      "'' is version('1')",
      "'1' is version('1', '~')",
      "'x' is version('1', '<', version_type='semver')",
      "'1' is version('1', '<', version_type='x')",
    ]) {
      expect(templateErrorOf(() => evaluate(expression)).kind, expression).toBe('runtime');
    }
  });
});
