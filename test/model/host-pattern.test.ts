import { describe, expect, it } from 'vitest';
import { selectHosts } from '../../src/model/host-pattern.ts';
import type { Group, Host, Inventory } from '../../src/model/inventory.ts';

function group(name: string, hosts: readonly string[], children: readonly string[] = []): [string, Group] {
  return [name, { name, hosts, children, settings: {}, layers: [], priority: 1 }];
}

const names = ['web1', 'web2', 'web3', 'db1', 'db2', '2001:db8::1', 'cache-a', 'cache-b'];
const inventory: Inventory = {
  hosts: new Map(
    [...names, 'localhost'].map((name): [string, Host] => [
      name,
      { name, settings: {}, layers: [], groups: ['any'], implicit: name === 'localhost' },
    ]),
  ),
  groups: new Map([
    group('all', [], ['web', 'db', 'prod', 'six', 'empty']),
    group('web', ['web3', 'web1', 'web2']),
    group('db', ['db1', 'db2']),
    group('prod', ['cache-a'], ['web']),
    group('six', ['2001:db8::1']),
    group('empty', []),
  ]),
  defaults: {},
  sources: [],
};

describe('a host pattern', () => {
  it.each([
    ['all', names],
    ['*', names],
    ['web1', ['web1']],
    ['web', ['web1', 'web2', 'web3']],
    ['prod', ['web1', 'web2', 'web3', 'cache-a']],
    ['empty', []],
    ['db2,web1', ['web1', 'db2']],
    ['web:db', ['web1', 'web2', 'web3', 'db1', 'db2']],
    ['web,db:cache-a', ['web1', 'web2', 'web3', 'db1', 'db2', 'cache-a']],
    [' web1 , db1 ', ['web1', 'db1']],
    ['web*', ['web1', 'web2', 'web3']],
    ['*1', ['web1', 'db1', '2001:db8::1']],
    ['web[12]', []],
    ['cache-?', ['cache-a', 'cache-b']],
    ['cache-[!a]', ['cache-b']],
    ['d*', ['db1', 'db2']],
    ['~(web|db)[12]', ['web1', 'web2', 'db1', 'db2']],
    ['~db', ['db1', 'db2']],
    ['~.*-[ab]$', ['cache-a', 'cache-b']],
    ['~(?:web)\\d:!web2', ['web1', 'web3']],
    ['prod:&web', ['web1', 'web2', 'web3']],
    ['all:!web:!db', ['2001:db8::1', 'cache-a', 'cache-b']],
    ['!web1:web', ['web2', 'web3']],
    ['&web:prod:!web2', ['web1', 'web3']],
    ['!web', ['db1', 'db2', '2001:db8::1', 'cache-a', 'cache-b']],
    ['web:&db', []],
    ['web[0]', ['web1']],
    ['web[-1]', ['web3']],
    ['web[0:1]', ['web1', 'web2']],
    ['web[1:]', ['web2', 'web3']],
    ['web[:1]', ['web1', 'web2']],
    ['web[1-2]', ['web2', 'web3']],
    ['web[-2:]', ['web2', 'web3']],
    ['web[7]', []],
    ['all[0:1]', ['web1', 'web2']],
    ['2001:db8::1', ['2001:db8::1']],
    ['[2001:db8::1]', ['2001:db8::1']],
    ['2001:db8::1,db1', ['db1', '2001:db8::1']],
    ['!2001:db8::1:six', []],
    ['2001:db8::1:!web', ['2001:db8::1']],
    ['localhost', ['localhost']],
    ['all,localhost', [...names, 'localhost']],
    ['l*', []],
    ['', []],
  ])('%j selects %j', (pattern, expected) => {
    const { hosts, error } = selectHosts(inventory, pattern);
    expect(error).toBe(undefined);
    expect(hosts).toEqual(expected);
  });

  it('tells what it does not know, with the name that was perhaps meant', () => {
    expect(selectHosts(inventory, 'wbe,dbl1:!nothing,x*').unknown).toEqual([
      { name: 'wbe', suggestion: 'web' },
      { name: 'dbl1', suggestion: 'db1' },
      { name: 'x*' },
      { name: 'nothing', suggestion: undefined },
    ]);
    expect(selectHosts(inventory, 'web[9]').unknown).toEqual([]);
    expect(selectHosts(inventory, 'wbe[0]').unknown).toMatchObject([{ name: 'wbe' }]);
  });

  it('selects nothing where a regular expression is wrong, and says why', () => {
    expect(selectHosts(inventory, 'web,~(')).toMatchObject({
      hosts: [],
      error: expect.stringContaining('~( is no regular expression'),
    });
  });

  it('reads patterns of a file, one a line', () => {
    const files: Readonly<Record<string, string>> = {
      '/tmp/a:b': '# failed\nweb1\n\ndb:!db2\n',
      loop: '@loop',
    };
    const read = (path: string) => files[path];
    expect(selectHosts(inventory, '@/tmp/a:b', read).hosts).toEqual(['web1', 'db1']);
    expect(selectHosts(inventory, 'web,!@/tmp/a:b', read).hosts).toEqual(['web2', 'web3']);
    expect(selectHosts(inventory, '@loop', read).error).toMatch(/name each other/);
    expect(selectHosts(inventory, '@none', read).error).toBe('the pattern file none cannot be read');
    expect(selectHosts(inventory, '@none').error).toBe('the pattern file none cannot be read');
  });
});
