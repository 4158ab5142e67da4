import { describe, expect, it } from 'vitest';
import { createHostVariables } from '../../src/execute/host-variables.ts';

describe('variables of a host at run time', () => {
  it('holds facts under ansible_facts and under their own names', () => {
    const variables = createHostVariables();
    variables.addFacts('a', { os_family: 'Debian', ansible_kernel: '6' });
    const { values, templated } = variables.state('a').facts;
    expect(values['ansible_os_family']).toBe('Debian');
    expect(values['ansible_kernel']).toBe('6');
    expect(values['ansible_facts']).toEqual({ os_family: 'Debian', kernel: '6' });
    expect(templated).toBe(false);
    expect(variables.state('b').facts.values).toEqual({ ansible_facts: {} });
  });

  it('holds local facts under their short and their long name', () => {
    const variables = createHostVariables();
    variables.addFacts('a', { local: { app: 1 } });
    const { values } = variables.state('a').facts;
    expect(values['ansible_local']).toEqual({ app: 1 });
    expect(values['ansible_facts']).toEqual({ local: { app: 1 }, ansible_local: { app: 1 } });
  });

  it('does not let facts of a host steer connections', () => {
    const variables = createHostVariables();
    variables.addFacts('a', {
      host: 'evil',
      ssh_common_args: '-o ProxyCommand=x',
      become_user: 'root',
      user: 'x',
      facts: 1,
    });
    expect(Object.keys(variables.state('a').facts.values)).toEqual(['ansible_facts']);
  });

  it('takes any name as a name, also those that objects have by nature', () => {
    const variables = createHostVariables();
    variables.register('a', '__proto__', 'x');
    variables.setValues('a', { constructor: 1 });
    expect(Object.keys(variables.state('a').registered.values)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('forgets facts when they are cleared, and keeps what was set and registered', () => {
    const variables = createHostVariables();
    variables.addFacts('a', { kernel: '6' });
    variables.setValues('a', { mine: 1 });
    variables.register('a', 'result', { rc: 0 });
    variables.clearFacts('a');
    expect(variables.state('a').facts.values).toEqual({ ansible_facts: {} });
    expect(variables.state('a').registered.values).toEqual({ mine: 1, result: { rc: 0 } });
  });

  it('raises the epoch of connections only for variables that connections are made from', () => {
    const variables = createHostVariables();
    variables.setValues('a', { port: 1 });
    expect(variables.state('a').connectionEpoch).toBe(0);
    variables.setValues('a', { ansible_port: 2222 });
    expect(variables.state('a').connectionEpoch).toBe(1);
  });

  it('tells who reads a value that is not known, until it is set', () => {
    const variables = createHostVariables();
    variables.register('a', 'result', { skipped: true });
    variables.markUnknown('a', ['result'], 'Ask');
    expect(variables.takeUnknownRead()).toBeUndefined();
    expect(variables.state('a').registered.values['result']).toEqual({ skipped: true });
    expect(variables.takeUnknownRead()).toBe('Ask');
    expect(variables.takeUnknownRead()).toBeUndefined();
    variables.register('a', 'result', { rc: 0 });
    expect(variables.state('a').registered.values['result']).toEqual({ rc: 0 });
    expect(variables.takeUnknownRead()).toBeUndefined();
  });

  it('holds facts of a module under the names that it gave them', () => {
    const variables = createHostVariables();
    variables.addNamedFacts('a', { app: 1, ansible_kernel: '6', ansible_user: 'x' });
    const { values } = variables.state('a').facts;
    expect(values).toEqual({
      ansible_facts: { app: 1, kernel: '6', user: 'x' },
      app: 1,
      ansible_kernel: '6',
    });
  });

  it('begins with the facts that are kept, and keeps what is added, under the names of Ansible', () => {
    const kept = new Map<string, object>([['a', { app: 1, ansible_kernel: '6', module_setup: true }]]);
    const store = {
      read: (host: string) => (kept.get(host) ?? undefined) as Record<string, string> | undefined,
      write: (host: string, facts: object) => void kept.set(host, { ...facts }),
      forget: (host: string) => void kept.delete(host),
    };
    const variables = createHostVariables(store);
    expect(variables.state('a').facts.values).toMatchObject({ app: 1, ansible_kernel: '6' });
    variables.addFacts('a', { arch: 'x', gather_subset: ['all'] });
    variables.addNamedFacts('a', { own: 2 });
    variables.setValues('a', { unkept: 1 });
    expect(kept.get('a')).toEqual({
      app: 1,
      ansible_kernel: '6',
      module_setup: true,
      ansible_arch: 'x',
      gather_subset: ['all'],
      own: 2,
    });
    variables.clearFacts('a');
    expect(kept.has('a')).toBe(false);
  });
});
