import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { evaluate, templateErrorOf } from './support.ts';

const values: Record<string, Value> = {
  rows: [
    { host: 'web1', cpu_count: 2, cpu_flags: 'a' },
    { host: 'web2', cpu_count: 4 },
  ],
  more: [
    { host: 'web2', disks: ['sda'], net: { eth0: 1 } },
    { host: 'db1', disks: ['sdb'] },
    { unnamed: true },
  ],
  again: [{ host: 'web2', disks: ['sdc'], net: { eth1: 2 } }],
};

describe('filters of community.general', () => {
  it.each<[string, Value]>([
    ["[['a', 1], ['b', 2]] | community.general.dict", { a: 1, b: 2 }],
    ["['x', 'y'] | zip([1, 2]) | community.general.dict", { x: 1, y: 2 }],
    ["['eth0', 'eth1'] | map('community.general.dict_kv', 'nic')", [{ nic: 'eth0' }, { nic: 'eth1' }]],
    [
      "['a', 'b', 'a', 1] | community.general.counter | dict2items",
      [
        { key: 'a', value: 2 },
        { key: 'b', value: 1 },
        { key: 1, value: 1 },
      ],
    ],
    ["rows | community.general.keep_keys(target=['host'])", [{ host: 'web1' }, { host: 'web2' }]],
    [
      "rows | community.general.remove_keys(target='cpu', matching_parameter='starts_with')",
      [{ host: 'web1' }, { host: 'web2' }],
    ],
    [
      "rows | community.general.keep_keys(target='.*_(count|x)$', matching_parameter='regex')",
      [{ cpu_count: 2 }, { cpu_count: 4 }],
    ],
    [
      "rows | community.general.replace_keys(target=[{'before': 'count', 'after': 'cpus'}], matching_parameter='ends_with')",
      [
        { host: 'web1', cpus: 2, cpu_flags: 'a' },
        { host: 'web2', cpus: 4 },
      ],
    ],
    ['[1, 2, 2] | community.general.lists_union([3], [1, 4])', [1, 2, 3, 4]],
    ['[[1, 2], [2, 3]] | community.general.lists_union(flatten=true)', [1, 2, 3]],
    ['[1, 2, 3] | community.general.lists_intersect([3, 2], [2])', [2]],
    ['[1, 2, 3, 3] | community.general.lists_difference([1], [2])', [3]],
    ['[1, 2] | community.general.lists_symmetric_difference([2, 3])', [1, 3]],
    [
      "rows | community.general.lists_mergeby(more, 'host')",
      [
        { host: 'db1', disks: ['sdb'] },
        { host: 'web1', cpu_count: 2, cpu_flags: 'a' },
        { host: 'web2', cpu_count: 4, disks: ['sda'], net: { eth0: 1 } },
      ],
    ],
    [
      "[more[:1], again] | community.general.lists_mergeby(index='host', recursive=true, list_merge='append')",
      [{ host: 'web2', disks: ['sda', 'sdc'], net: { eth0: 1, eth1: 2 } }],
    ],
    ["(rows | community.general.groupby_as_dict('host'))['web2'].cpu_count", 4],
    ["['1.10', '1.9', '1.9.1'] | community.general.version_sort", ['1.9', '1.9.1', '1.10']],
    ["['1.10', '1.9'] | community.general.version_sort(reverse=true)", ['1.10', '1.9']],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, values)).toEqual(expected);
  });

  it.each([
    ["['a'] | community.general.dict", '"dict" needs a list of pairs, each of a key and a value'],
    ["rows | community.general.groupby_as_dict('cpu')", 'an item has no key "cpu"'],
    ["(rows + rows) | community.general.groupby_as_dict('host')", 'the value "web1" is not unique'],
    ["rows | community.general.keep_keys(target='a', matching_parameter='like')", 'must be one of equal,'],
    [
      "rows | community.general.keep_keys(target=['a', 'b'], matching_parameter='regex')",
      'must be one pattern',
    ],
    ['rows | community.general.lists_mergeby(more)', '"lists_mergeby" needs "index"'],
    ['[1] | community.general.lists_union(2)', 'only lists can be put together, not int'],
  ])('%s fails', (expression, message) => {
    expect(templateErrorOf(() => evaluate(expression, values)).message).toContain(message);
  });
});
