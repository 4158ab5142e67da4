import { describe, expect, it } from 'vitest';
import { readConnection } from '../../src/execute/connection-settings.ts';
import { type ConnectionSources, createSettingReader } from '../../src/execute/connection-source.ts';
import { readSshArguments } from '../../src/execute/ssh-arguments.ts';
import { RunbookError } from '../../src/model/diagnostic.ts';
import { Secret, type Value } from '../../src/model/value.ts';
import type { VariableLayer } from '../../src/model/variables.ts';

function layer(values: Record<string, Value>, templated = true): VariableLayer {
  return { source: 'inventory-host', label: 'host_vars/web1.yml', values, templated };
}

function connect(given: Partial<ConnectionSources>) {
  const remembered: Secret[] = [];
  const { read } = createSettingReader({
    hostName: 'web1',
    layers: [],
    settings: {},
    defaults: {},
    keywords: {},
    flags: {},
    render: (value) => (typeof value === 'string' ? value.replace('{{ x }}', 'rendered') : value),
    remember: (secret) => remembered.push(secret),
    ...given,
  });
  return { ...readConnection('web1', read), remembered };
}

describe('the connection of a host', () => {
  it('is SSH to its inventory name where nothing is set', () => {
    const { target, become } = connect({});
    expect(target).toMatchObject({ name: 'web1', connection: 'ssh', address: 'web1', identityFiles: [] });
    expect(target.user).toBeUndefined();
    expect(become).toBeUndefined();
  });

  it.each<[string, Partial<ConnectionSources>, string | undefined]>([
    ['the defaults', { defaults: { user: 'd' } }, 'd'],
    ['the command line over the defaults', { defaults: { user: 'd' }, flags: { user: 'f' } }, 'f'],
    ['keywords over the command line', { flags: { user: 'f' }, keywords: { remoteUser: 'k' } }, 'k'],
    ["the host's settings over keywords", { keywords: { remoteUser: 'k' }, settings: { user: 's' } }, 's'],
    ['variables over settings', { settings: { user: 's' }, layers: [layer({ ansible_user: 'v' })] }, 'v'],
    [
      'later layers over earlier ones',
      { layers: [layer({ ansible_user: 'a' }), layer({ ansible_user: 'b' })] },
      'b',
    ],
    ['an older name of a variable', { layers: [layer({ ansible_ssh_user: 'old' })] }, 'old'],
    ['a rendered template', { layers: [layer({ ansible_user: '{{ x }}' })] }, 'rendered'],
    ['data with template text as it is', { layers: [layer({ ansible_user: '{{ x }}' }, false)] }, '{{ x }}'],
  ])('takes the user from %s', (_what, sources, expected) => {
    expect(connect(sources).target.user).toBe(expected);
  });

  it.each<[string, Partial<ConnectionSources>, object]>([
    [
      'of a keyword',
      { keywords: { becomeExe: '/opt/bin/sudo', becomeFlags: '-E' } },
      { program: ['/opt/bin/sudo'], flags: ['-E'] },
    ],
    [
      'of the settings',
      { flags: { becomeExe: 'sudo', becomeFlags: '-H -S -n' } },
      { program: ['sudo'], flags: ['-H'] },
    ],
    [
      'of variables, those of the method first',
      {
        keywords: { becomeFlags: '-E' },
        layers: [
          layer({ ansible_become_flags: '-HE', ansible_sudo_flags: '-g {{ x }}', ansible_su_flags: '-p' }),
        ],
      },
      { flags: ['-g', 'rendered'] },
    ],
    [
      'of su by sudo',
      { keywords: { becomeMethod: 'su', becomeExe: 'sudo su', becomeFlags: '- -s /bin/sh' } },
      { program: ['sudo', 'su'], flags: ['-l'] },
    ],
    [
      'in long form',
      { keywords: { becomeFlags: '--non-interactive --group=adm --preserve-env=A,B' } },
      { flags: ['-g', 'adm', '--preserve-env=A,B'] },
    ],
    ['of doas', { keywords: { becomeMethod: 'doas', becomeFlags: '-n' } }, { flags: [] }],
  ])('has the program and the flags of become %s', (_what, sources, expected) => {
    const { keywords } = sources;
    expect(connect({ ...sources, keywords: { become: true, ...keywords } }).become).toMatchObject(expected);
  });

  it.each([
    ['sudo', '-i'],
    ['sudo', '-HA'],
    ['sudo', '--login'],
    ['sudo', '-u nobody'],
    ['sudo', '-g'],
    ['sudo', '-g $(id)'],
    ['sudo', '-E;id'],
    ['su', '-c id'],
    ['doas', '-s'],
  ])(
    'refuses become_flags of %s that take its shell or its input away, or need quotes: %s',
    (method, flags) => {
      const keywords = { become: true, becomeMethod: method, becomeFlags: flags };
      expect(() => connect({ keywords })).toThrow(`become_flags must be flags of ${method}`);
    },
  );

  it.each(['sudo;id', '-x', '$SUDO'])('refuses the program %s', (becomeExe) => {
    expect(() => connect({ keywords: { become: true, becomeExe } })).toThrow(
      'become_exe must be the name or path of sudo',
    );
  });

  it('lets keywords of become win over settings of the host, and variables over both', () => {
    const settings = { become: true, become_user: 'app' };
    expect(connect({ settings }).become).toMatchObject({ method: 'sudo', user: 'app' });
    expect(connect({ settings, keywords: { become: false } }).become).toBeUndefined();
    expect(connect({ settings, keywords: { becomeUser: 'db' } }).become?.user).toBe('db');
    expect(
      connect({ keywords: { become: false }, layers: [layer({ ansible_become: 'yes' })] }).become?.user,
    ).toBe('root');
  });

  it('keeps passwords secret and makes them known for masking', () => {
    const layers = [
      layer({ ansible_ssh_pass: 'open sesame', ansible_become_pass: new Secret('abracadabra', 'vault') }),
    ];
    const { target, become, remembered } = connect({ layers, keywords: { become: true } });
    expect(target.password?.reveal()).toBe('open sesame');
    expect(JSON.stringify(target)).not.toContain('sesame');
    expect(become?.password?.reveal()).toBe('abracadabra');
    expect(remembered).toHaveLength(2);
  });

  it('reads ports, keys, timeouts, policies and jump hosts', () => {
    const { target } = connect({
      settings: {
        port: '2222',
        identity_file: ['~/a', '~/b'],
        connect_timeout: '30s',
        agent: 'no',
        proxy_jump: 'gate',
      },
      flags: { identityFile: '~/flag', connectTimeoutMs: 5_000 },
    });
    expect(target).toMatchObject({
      port: 2222,
      identityFiles: ['~/a', '~/b'],
      connectTimeoutMs: 30_000,
      agent: false,
      proxyJump: 'gate',
    });
    expect(connect({ flags: { connectTimeoutMs: 5_000 } }).target.connectTimeoutMs).toBe(5_000);
    expect(connect({ layers: [layer({ ansible_host_key_checking: false })] }).target.hostKeyPolicy).toBe(
      'off',
    );
  });

  it('reads a jump host and more from ssh arguments', () => {
    const words = '-o ProxyCommand="ssh -W %h:%p -q -p 2200 me@gate" -o StrictHostKeyChecking=no -i ~/k';
    const { target } = connect({ layers: [layer({ ansible_ssh_common_args: words })] });
    expect(target).toMatchObject({ proxyJump: 'me@gate:2200', hostKeyPolicy: 'off', identityFiles: ['~/k'] });
  });

  it.each<[Partial<ConnectionSources>, string]>([
    [
      { settings: { port: 70_000 } },
      'host web1: port of host web1 must be a port from 1 to 65535, but is 70000',
    ],
    [
      { layers: [layer({ ansible_port: '{{ x }}' })] },
      'host web1: ansible_port (host_vars/web1.yml) must be a port from 1 to 65535, but is "rendered"',
    ],
    [
      { keywords: { connection: 'docker' } },
      'host web1: the keyword connection must be ssh or local, but is "docker"',
    ],
    [
      { flags: { become: true, becomeMethod: 'ksu' } },
      'become_method of the command line must be sudo, su or doas',
    ],
    [{ settings: { become: 'perhaps' } }, 'become of host web1 must be true or false, but is "perhaps"'],
    [{ layers: [layer({ ansible_password: ['x'] })] }, 'must be a text, but is something else'],
    [
      { layers: [layer({ ansible_ssh_common_args: '-o ProxyCommand="nc %h"' })] },
      'must be ssh arguments that are available',
    ],
  ])('refuses %j with code RB515, saying where it stands', (sources, message) => {
    let caught: unknown;
    try {
      connect(sources);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(RunbookError);
    const [diagnostic] = (caught as RunbookError).diagnostics;
    expect(diagnostic?.code).toBe('RB515');
    expect(diagnostic?.message).toContain(message);
  });
});

describe('arguments of ssh', () => {
  it.each([
    ['-o ProxyJump=a,b', { proxyJump: 'a,b' }],
    ['-J gate:2222 -p 22', { proxyJump: 'gate:2222', port: 22 }],
    ['-oStrictHostKeyChecking=accept-new', { hostKeyPolicy: 'accept-new' }],
    ['-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no', { hostKeyPolicy: 'off' }],
    ["-o 'ConnectTimeout 7' -l me", { connectTimeoutMs: 7_000, user: 'me' }],
    ['-C -o ControlMaster=auto -o ControlPersist=60s', {}],
  ])('%s is understood', (text, expected) => {
    expect(readSshArguments(text)).toMatchObject(expected);
  });

  it.each(['-L 80:x:80', '-o RemoteCommand=x', '-o', 'host', '-p x', '-o ProxyCommand="ssh gate nc"'])(
    '%s is not available',
    (text) => {
      expect(readSshArguments(text)).toContain('ProxyJump');
    },
  );
});
