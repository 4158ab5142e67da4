import { describe, expect, it } from 'vitest';
import { describeHosts, foldHosts } from '../../src/report/fold-hosts.ts';

describe('host names', () => {
  it.each([
    [['web1', 'web2', 'web3', 'db'], 'web[1-3], db'],
    [['web01', 'web02', 'web10'], 'web[01-02], web10'],
    [['web9', 'web10'], 'web[9-10]'],
    [['web09', 'web10', 'web100'], 'web[09-10], web100'],
    [['a1.example.com', 'a2.example.com'], 'a[1-2].example.com'],
    [['db', 'cache'], 'db, cache'],
    [['web1'], 'web1'],
    [[], ''],
  ])('%j are written as %s', (names, expected) => {
    expect(foldHosts(names)).toBe(expected);
  });

  it('are counted where they do not fit', () => {
    const names = Array.from({ length: 40 }, (_, index) => `host-${'abcdefghij'[index % 10]}${index * 2}`);

    expect(describeHosts(names, 60)).toBe('40 hosts');
    expect(describeHosts(['web1', 'web2'], 60)).toBe('web[1-2]');
  });
});
