import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../src/model/inventory.ts';
import { hostsOfGroup } from '../../src/model/inventory-graph.ts';
import { openInventory } from '../../src/model/live-inventory.ts';
import { inventory } from '../support/playbook-builder.ts';

function opened(readAgain: () => Promise<Inventory>) {
  let changes = 0;
  const live = openInventory(inventory(['h1', 'h2'], { web: ['h1'] }), {
    onChange: () => {
      changes++;
    },
    readAgain,
  });
  return { live, changes: () => changes };
}

describe('the inventory of a run', () => {
  it('is read again: hosts come and go, what steps have added stays', async () => {
    const { live, changes } = opened(async () => inventory(['h2', 'h3'], { web: ['h3'] }));
    expect(live.addHost('added', ['web', 'fresh'], { a: 1 })).toBe(true);
    expect(live.group('h1', 'odd', ['all'])).toBe(true);
    expect(live.group('h2', 'even', ['all'])).toBe(true);
    expect(live.addHost('added', ['web'], { a: 1 })).toBe(false);
    expect(changes()).toBe(3);
    await live.refresh();
    expect(changes()).toBe(4);
    const at = (group: string) => hostsOfGroup(live.inventory, group);
    expect(at('all')).toEqual(['h2', 'h3', 'added']);
    expect([at('web'), at('fresh'), at('even'), at('odd')]).toEqual([['h3', 'added'], ['added'], ['h2'], []]);
    expect(live.inventory.groups.has('odd')).toBe(true);
    expect(live.inventory.hosts.get('added')?.layers.at(-1)?.values).toEqual({ a: 1 });
  });

  it('stays as it is where its sources cannot be read', async () => {
    const { live, changes } = opened(async () => Promise.reject(new Error('no such file')));
    live.addHost('added', [], {});
    await expect(live.refresh()).rejects.toThrow('no such file');
    expect([...live.inventory.hosts.keys()]).toEqual(['h1', 'h2', 'added']);
    expect(changes()).toBe(1);
  });
});
