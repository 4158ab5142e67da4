import { describe, expect, it } from 'vitest';
import command from '../../src/modules/command.ts';
import { fakeConnections } from '../support/fake-connections.ts';
import { createHarness, type HarnessOptions, layerOf } from '../support/step-harness.ts';

const harness = (options: Partial<HarnessOptions>) => createHarness({ modules: [command], ...options });
const hosts = [
  { name: 'web1', layers: [layerOf('inventory-host', { login: 'anna' })] },
  {
    name: 'db',
    layers: [layerOf('inventory-host', { ansible_host: '{{ inventory_hostname }}.example', login: 'otto' })],
  },
];
const ping = { module: 'command', params: { cmd: 'x' } };

describe('the way to a delegate', () => {
  it('is its own; what the step says reads its variables, and still names the host of the step', async () => {
    const connections = fakeConnections();
    const runner = harness({ connections, hosts });
    const delegateTo = 'db';
    await runner.run({ ...ping, keywords: { delegateTo, remoteUser: '{{ login }}' } });
    await runner.run({
      ...ping,
      keywords: { delegateTo, remoteUser: "{{ hostvars[inventory_hostname]['login'] }}" },
      vars: { ansible_port: "{{ 22 if inventory_hostname == 'db' else 2222 }}" },
    });
    expect(connections.seen.map(({ target }) => [target.address, target.user, target.port])).toEqual([
      ['db.example', 'otto', undefined],
      ['db.example', 'anna', 2222],
    ]);
  });
});

describe('a host that there is no way to', () => {
  it.each([
    ['ansible_connection', 'docker', 'must be ssh or local'],
    ['ansible_ssh_common_args', 'NONSENSE', 'must be ssh arguments that are available'],
  ])('is unreachable: %s is %s', async (name, value, message) => {
    const { outcome, msg, ignored } = await harness({ connections: fakeConnections() }).run({
      ...ping,
      keywords: { ignoreUnreachable: true },
      vars: { [name]: value },
    });
    expect([outcome, ignored]).toEqual(['unreachable', true]);
    expect(msg).toContain(message);
  });

  it('fails the step first where another of its settings cannot be read', async () => {
    const { outcome, msg } = await harness({ connections: fakeConnections() }).run({
      ...ping,
      vars: { ansible_connection: 'docker', ansible_password: '{{ nope }}' },
    });
    expect(outcome).toBe('failed');
    expect(msg).toContain('"nope" is undefined');
  });
});
