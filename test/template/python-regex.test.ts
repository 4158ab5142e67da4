import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { evaluate } from './support.ts';

interface RegexCase {
  readonly pattern: string;
  readonly text: string;
  readonly replacement: string;
  readonly flags?: string;
}

const cases: readonly RegexCase[] = [
  { pattern: '^(\\w+)=(.*)$', text: 'key=value', replacement: '\\2 = \\1' },
  { pattern: '(?P<a>\\d+)-(?P<b>\\d+)', text: '12-34 5-6', replacement: '\\g<b>:\\g<a>' },
  { pattern: '(?P<q>[\'"]).*?(?P=q)', text: 'say "hi" and \'ho\'', replacement: '<\\g<0>>' },
  { pattern: '\\bfoo\\b', text: 'foo food foo', replacement: 'bar' },
  { pattern: '\\s+', text: 'a  b\tc\nd', replacement: ' ' },
  { pattern: '(?i)ABC', text: 'abc AbC', replacement: 'x' },
  { pattern: 'abc', text: 'ABC abc', replacement: 'x', flags: 'i' },
  { pattern: '^x', text: 'x\nx\nx', replacement: '-', flags: 'm' },
  { pattern: '^x', text: 'x\nx\nx', replacement: '-' },
  { pattern: 'x$', text: 'x\nx\n', replacement: '-' },
  { pattern: 'x$', text: 'x\nx\n', replacement: '-', flags: 'm' },
  { pattern: 'a.c', text: 'abc a\nc a\rc', replacement: '-' },
  { pattern: '(?s)a.c', text: 'abc a\nc', replacement: '-' },
  { pattern: '\\Aab\\Z', text: 'ab', replacement: '-' },
  { pattern: '[^\\w.-]', text: 'a b/c.d-é_1', replacement: '' },
  { pattern: '[]a]', text: 'a]b', replacement: '-' },
  { pattern: '[^]a]', text: 'a]b', replacement: '-' },
  { pattern: '[[a]', text: '[ab', replacement: '-' },
  { pattern: '[a\\]b-]', text: 'a]b-c', replacement: '.' },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a regular expression, no template
  { pattern: '[.*+?^${}()|/]', text: 'a.b*c{d}e|f/g^h$', replacement: '#' },
  { pattern: 'a{2,3}', text: 'a aa aaa aaaa', replacement: '-' },
  { pattern: 'a{,2}b', text: 'aaab b', replacement: '-' },
  { pattern: 'a{x}', text: 'a{x} a', replacement: '-' },
  { pattern: '{{ name }}', text: 'x {{ name }} y', replacement: 'z' },
  { pattern: '}', text: 'a}b', replacement: '{' },
  { pattern: '(a)|(b)', text: 'ab', replacement: '[\\1\\2]' },
  { pattern: '', text: 'abc', replacement: '-' },
  { pattern: 'x*', text: 'axb', replacement: '-' },
  { pattern: '(?<=a)b(?!c)', text: 'ab abc b', replacement: '-' },
  { pattern: '(?:ab)+?', text: 'ababab', replacement: '-' },
  { pattern: '\\d+', text: '1٢3 x', replacement: 'n' },
  { pattern: '\\W', text: 'aé!_ 1', replacement: '.' },
  { pattern: '\\.', text: 'a.b', replacement: '\\\\' },
  { pattern: 'a', text: 'aaa', replacement: '\\n\\t' },
  { pattern: 'a#b', text: 'a#b', replacement: '$1 $& $$' },
  { pattern: '(?x) a  b # comment', text: 'ab', replacement: '-' },
  { pattern: '(?#note)a', text: 'a', replacement: '-' },
  { pattern: '/', text: 'a/b/c', replacement: '\\/'.slice(1) },
  { pattern: '☃|é', text: 'é☃𝒳', replacement: '-' },
  { pattern: '.', text: 'é☃𝒳', replacement: '-' },
  { pattern: '\\x41\\u0042\\t', text: 'AB\t', replacement: '-' },
  { pattern: '(\\d+)\\.(\\d+)', text: '1.2.3', replacement: '\\g<1>0.\\2' },
  { pattern: '\\-\\_\\@\\"\\ ', text: '-_@" ', replacement: 'x' },
];

const program = `
import json, re, sys
results = []
for c in json.load(sys.stdin):
    flags = (re.I if "i" in c.get("flags", "") else 0) | (re.M if "m" in c.get("flags", "") else 0)
    found = re.search(c["pattern"], c["text"], flags)
    results.append({"sub": re.sub(c["pattern"], c["replacement"], c["text"], flags=flags), "search": found and found.group(), "findall": re.findall(c["pattern"], c["text"], flags), "match": bool(re.match(c["pattern"], c["text"], flags))})
json.dump(results, sys.stdout)
`;

interface PythonResult {
  readonly sub: string;
  readonly search: string | null;
  readonly findall: readonly unknown[];
  readonly match: boolean;
}

function askPython(): readonly PythonResult[] | undefined {
  const made = spawnSync('python3', ['-W', 'ignore', '-c', program], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (made.error !== undefined) return undefined;
  if (made.status !== 0) throw new Error(made.stderr);
  return JSON.parse(made.stdout) as PythonResult[];
}

const answers = askPython();
if (answers === undefined)
  console.warn('python3 is not installed: the comparison of regular expressions is left out');

describe.skipIf(answers === undefined)('regular expressions, as Python reads them', () => {
  it.each(cases.map((one, i) => [one.pattern, one.text, i] as const))('%j in %j', (_pattern, _text, i) => {
    const one = cases[i];
    const expected = answers?.[i];
    const values = {
      pattern: one?.pattern ?? '',
      text: one?.text ?? '',
      replacement: one?.replacement ?? '',
    };
    const flags = `ignorecase=${one?.flags === 'i'}, multiline=${one?.flags === 'm'}`;
    expect(evaluate(`text | regex_replace(pattern, replacement, ${flags})`, values)).toBe(expected?.sub);
    expect(evaluate(`text | regex_search(pattern, ${flags})`, values)).toBe(expected?.search);
    expect(evaluate(`text | regex_findall(pattern, ${flags})`, values)).toEqual(expected?.findall);
    expect(evaluate(`text is match(pattern, ${flags})`, values)).toBe(expected?.match);
  });

  it('gives groups and counts replacements', () => {
    expect(
      evaluate("'v1.2' | regex_search('v(\\\\d+)\\\\.(?P<minor>\\\\d+)', '\\\\1', '\\\\g<minor>')"),
    ).toEqual(['1', '2']);
    expect(evaluate("'x' | regex_search('y') is none")).toBe(true);
    expect(evaluate("'aaa' | regex_replace('a', 'b', count=2)")).toBe('bba');
  });
});
