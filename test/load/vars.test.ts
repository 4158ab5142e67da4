import { describe, expect, it } from 'vitest';
import { parseExtraVars } from '../../src/load/extra-vars.ts';
import { readPythonLiteral } from '../../src/load/python-literal.ts';
import { readSourceFile } from '../../src/load/source-file.ts';
import { loadVarsFile } from '../../src/load/vars-file.ts';
import { Float, Secret } from '../../src/model/value.ts';
import { folderOf } from './temporary-folder.ts';

const here = { cwd: '/', dialect: 'native' } as const;

describe('-e', () => {
  it.each([
    ['a=1', { a: '1' }],
    ['a=1 b="x y" c=\'{"d": 1}\'', { a: '1', b: 'x y', c: '{"d": 1}' }],
    ['url=http://a/?b=c', { url: 'http://a/?b=c' }],
    ['a= b=', { a: '', b: '' }],
    ['color=#fff', { color: '#fff' }],
    ['{"a": 1, "b": [true, null], "c": 1.0}', { a: 1, b: [true, null], c: new Float(1) }],
    ['{a: yes, b: "0644"}', { a: 'yes', b: '0644' }],
    ['', {}],
  ])('%j gives %j', async (text, values) => {
    const { layer, diagnostics } = await parseExtraVars(text, here);
    expect(diagnostics).toEqual([]);
    expect(layer).toMatchObject({ source: 'extra-vars', label: '-e' });
    expect({ ...layer?.values }).toEqual(values);
  });

  it('reads a file', async () => {
    const cwd = folderOf({ 'v.yml': 'a: 1\n' });
    const { layer } = await parseExtraVars('@v.yml', { cwd, dialect: 'native' });
    expect(layer).toMatchObject({ source: 'extra-vars', label: '-e @v.yml', values: { a: 1 } });
  });

  it('keeps passwords secret', async () => {
    const { layer } = await parseExtraVars('ansible_become_pass=hunter2', here);
    expect(layer?.values['ansible_become_pass']).toBeInstanceOf(Secret);
  });

  it.each([
    ['a', 'RB133', /expected name=value, found "a"/],
    ['a="x', 'RB133', /a quote is never closed/],
    ['[1]', 'RB133', /must be a mapping, found a list/],
    ['{a: 1, a: 2}', 'RB104', /stands twice/],
    ['a-b=1', 'RB133', /cannot be a variable's name/],
    ['__proto__=1', 'RB133', /cannot be a variable's name/],
    ['@missing.yml', 'RB101', /cannot read/],
  ])('%s is refused as %s', async (text, code, message) => {
    const { layer, diagnostics } = await parseExtraVars(text, here);
    expect(layer).toBe(undefined);
    expect(diagnostics).toMatchObject([{ code, message: expect.stringMatching(message) }]);
  });
});

describe('a variables file', () => {
  it('is a layer with the place of each name, labelled by its path', async () => {
    const cwd = folderOf({ 'vars/a.yml': '---\na: 1\nb:\n  c: yes\n' });
    const { layer } = await loadVarsFile('vars/a.yml', { source: 'vars-files' }, { cwd, dialect: 'ansible' });
    expect(layer).toMatchObject({
      source: 'vars-files',
      label: 'vars/a.yml',
      values: { a: 1, b: { c: true } },
      places: { b: { file: 'vars/a.yml', line: 3, column: 1, length: 1 } },
    });
  });

  it('may be empty', async () => {
    const cwd = folderOf({ 'a.yml': '# none\n' });
    const { layer, diagnostics } = await loadVarsFile(
      'a.yml',
      { source: 'vars-files' },
      { cwd, dialect: 'native' },
    );
    expect(diagnostics).toEqual([]);
    expect({ ...layer?.values }).toEqual({});
  });
});

describe('a source file', () => {
  it.each([
    ['missing.yml', 'cannot read missing.yml: there is no such file — did you mean "missing.yaml"?'],
    ['folder', 'cannot read folder: it is a folder'],
    ['missing.yaml/x', 'cannot read missing.yaml/x: there is no such file'],
  ])('%s cannot be read', async (path, message) => {
    const cwd = folderOf({ 'missing.yaml': '', 'folder/x': '' });
    expect((await readSourceFile(path, { cwd })).diagnostics).toMatchObject([{ code: 'RB101', message }]);
  });

  it('is shown by its path below the working directory, else by its whole path', async () => {
    const cwd = folderOf({ 'a/b.yml': 'x', 'c.yml': 'y' });
    expect((await readSourceFile(`${cwd}/a/b.yml`, { cwd })).file?.path).toBe('a/b.yml');
    expect((await readSourceFile('../c.yml', { cwd: `${cwd}/a` })).file?.path).toBe(`${cwd}/c.yml`);
  });

  it('is refused above 2 MiB without being read', async () => {
    const cwd = folderOf({ 'big.yml': Buffer.alloc(2 * 1024 * 1024 + 1, 0x20) });
    expect((await readSourceFile('big.yml', { cwd })).diagnostics).toMatchObject([{ code: 'RB102' }]);
  });

  it('is refused at the first byte that is no UTF-8', async () => {
    const cwd = folderOf({ a: Buffer.from('é: 1\nab: é\xff\n', 'latin1') });
    expect((await readSourceFile('a', { cwd })).diagnostics).toMatchObject([{ at: { line: 1, column: 1 } }]);
  });
});

describe('a Python literal', () => {
  it.each([
    ['1', 1],
    ['-1', -1],
    ['1_000', 1000],
    ['0x1f', 31],
    ['0o17', 15],
    ['1.5', 1.5],
    ['1.0', new Float(1)],
    ['1e3', new Float(1000)],
    ['9007199254740993', 9007199254740993n],
    ['True', true],
    ['None', null],
    ['true', 'true'],
    ['yes', 'yes'],
    ['Truest', 'Truest'],
    ['0644', '0644'],
    ['1.2.3', '1.2.3'],
    ['10.0.0.1', '10.0.0.1'],
    ['1a', '1a'],
    ['"a b"', 'a b'],
    ["'a' 'b'", 'ab'],
    ['"a\\tb\\x41\\q"', 'a\tbA\\q'],
    ['"open', '"open'],
    ['[]', []],
    ["[1, 'a', [True],]", [1, 'a', [true]]],
    ['(1)', 1],
    ['(1,)', [1]],
    ['(1, 2)', [1, 2]],
    ["{'a': 1, 'b': {}}", { a: 1, b: {} }],
    ['{1: 2}', new Map([[1, 2]])],
    ['[1, x]', '[1, x]'],
    ['[1 2]', '[1 2]'],
    ['5 # five', 5],
    ['a # b', 'a # b'],
    ['', ''],
    ['{{ x }}', '{{ x }}'],
    ['[{{ x }}]', '[{{ x }}]'],
    ['['.repeat(100), '['.repeat(100)],
  ])('%j is read as Python reads it', (text, value) => {
    expect(readPythonLiteral(text)).toEqual(value);
  });
});
