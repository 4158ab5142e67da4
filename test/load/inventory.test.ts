import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findInventory } from '../../src/load/find-inventory.ts';
import { type InventoryOptions, loadInventory } from '../../src/load/inventory.ts';
import { failure } from '../../src/model/diagnostic.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import {
  groupsOfHost,
  hostsOfGroup,
  inventoryLayers,
  settingsOfHost,
} from '../../src/model/inventory-graph.ts';
import { Float, Secret, VaultText } from '../../src/model/value.ts';
import { folderOf } from './temporary-folder.ts';

type Files = Readonly<Record<string, string>>;

async function load(files: Files, sources: readonly string[], options: Partial<InventoryOptions> = {}) {
  const cwd = folderOf(files);
  return loadInventory(sources, { cwd, home: cwd, runPrograms: true, ...options });
}

/** Loads what must be without any mistake. */
async function inventoryOf(
  files: Files,
  sources: readonly string[],
  options: Partial<InventoryOptions> = {},
) {
  const { inventory, diagnostics } = await load(files, sources, options);
  expect(diagnostics).toEqual([]);
  return inventory;
}

/** What all layers of a host come to. */
function variablesOf(inventory: Inventory, host: string): Record<string, unknown> {
  return Object.assign({}, ...inventoryLayers(inventory, host).map((layer) => layer.values));
}

function named(inventory: Inventory, host: string): string[] {
  return groupsOfHost(inventory, host).map((group) => group.name);
}

describe('a native inventory', () => {
  const text = `
defaults: {user: deploy, port: 22, identity_file: ~/.ssh/id_ed25519}
vars: {region: eu}
hosts:
  web[01:03].example.com: {}
  db1: {address: 10.0.0.7, port: 2222, user: root, password: hunter2, vars: {role: primary}}
groups:
  web: {hosts: ["web*"], user: www, vars: {http_port: 8080}}
  prod: {children: [web], hosts: [db1], become: true}
`;

  it('gives hosts in order, ranges written out', async () => {
    const inventory = await inventoryOf({ 'inventory.yml': text }, ['inventory.yml']);
    const web = ['web01.example.com', 'web02.example.com', 'web03.example.com'];
    expect(hostsOfGroup(inventory, 'all')).toEqual([...web, 'db1']);
    expect(hostsOfGroup(inventory, 'web')).toEqual(web);
    expect(hostsOfGroup(inventory, 'prod')).toEqual([...web, 'db1']);
    expect(hostsOfGroup(inventory, 'ungrouped')).toEqual([]);
    expect(inventory.sources).toEqual(['inventory.yml']);
  });

  it('keeps settings apart from variables, a host over its group over the defaults', async () => {
    const inventory = await inventoryOf({ 'inventory.yml': text }, ['inventory.yml']);
    expect(variablesOf(inventory, 'db1')).toEqual({ region: 'eu', role: 'primary' });
    expect(variablesOf(inventory, 'web01.example.com')).toEqual({ region: 'eu', http_port: 8080 });
    expect(settingsOfHost(inventory, 'web01.example.com')).toMatchObject({
      user: 'www',
      port: 22,
      become: true,
    });
    expect(settingsOfHost(inventory, 'db1')).toMatchObject({ user: 'root', port: 2222, address: '10.0.0.7' });
  });

  it('makes a password a secret, but leaves a template to be rendered', async () => {
    const inventory = await inventoryOf(
      {
        'i.yml':
          'hosts:\n  a: {password: 12345, vars: {ansible_become_pass: x}}\n  b: {password: "{{ pw }}"}\n  c: {password: !vault abc}\n',
      },
      ['i.yml'],
    );
    expect(inventory.hosts.get('a')?.settings.password).toBeInstanceOf(Secret);
    expect(inventory.hosts.get('b')?.settings.password).toBe('{{ pw }}');
    expect(inventory.hosts.get('c')?.settings.password).toBeInstanceOf(VaultText);
    expect(JSON.stringify([...inventory.hosts.values()])).not.toContain('12345');
    expect(variablesOf(inventory, 'a')['ansible_become_pass']).toBeInstanceOf(Secret);
  });

  it('knows where each variable stands', async () => {
    const inventory = await inventoryOf({ 'inventory.yml': text }, ['inventory.yml']);
    expect(inventoryLayers(inventory, 'db1').at(-1)).toMatchObject({
      source: 'inventory-host',
      label: 'inventory.yml',
      places: { role: { file: 'inventory.yml', line: 6, column: 78 } },
    });
  });

  it('lets an entry of a host refine its range, whichever comes first', async () => {
    const inventory = await inventoryOf(
      { 'i.yml': 'hosts:\n  n[1:3]: {port: 1, vars: {a: 1, b: 1}}\n  n2: {port: 2, vars: {a: 2}}\n' },
      ['i.yml'],
    );
    expect(variablesOf(inventory, 'n2')).toEqual({ a: 2, b: 1 });
    expect(settingsOfHost(inventory, 'n2').port).toBe(2);
    expect(settingsOfHost(inventory, 'n3').port).toBe(1);
  });

  it('takes hosts as a list', async () => {
    const inventory = await inventoryOf({ 'i.yml': 'hosts: [b, "a[1:2]"]' }, ['i.yml']);
    expect(hostsOfGroup(inventory, 'ungrouped')).toEqual(['b', 'a1', 'a2']);
  });
});

describe('an Ansible YAML inventory', () => {
  const text = `
all:
  vars: {enabled: yes}
  hosts:
    mail.example.com:
  children:
    web:
      hosts:
        web[1:2].example.com: {http_port: 80}
        web3.example.com:2222:
      vars: {tier: front, ansible_group_priority: 5}
    db:
      hosts: {db1: {ansible_host: 10.0.0.7, ansible_password: hunter2}}
    prod:
      children: {web: , db: {vars: {a: 1}}}
`;

  it('is read with all its groups, hosts and variables, scalars of YAML 1.1', async () => {
    const inventory = await inventoryOf({ 'hosts.yml': text }, ['hosts.yml']);
    expect(hostsOfGroup(inventory, 'all')).toEqual([
      'mail.example.com',
      'web1.example.com',
      'web2.example.com',
      'web3.example.com',
      'db1',
    ]);
    expect(named(inventory, 'web1.example.com')).toEqual(['all', 'prod', 'web']);
    expect(named(inventory, 'mail.example.com')).toEqual(['all', 'ungrouped']);
    expect(variablesOf(inventory, 'web1.example.com')).toMatchObject({
      enabled: true,
      http_port: 80,
      tier: 'front',
    });
    expect(variablesOf(inventory, 'web3.example.com')).toMatchObject({ ansible_port: 2222 });
    expect(variablesOf(inventory, 'db1')).toMatchObject({ ansible_host: '10.0.0.7', a: 1 });
    expect(variablesOf(inventory, 'db1')['ansible_password']).toBeInstanceOf(Secret);
    expect(inventory.groups.get('web')?.priority).toBe(5);
  });

  it.each([
    'web: {hosts: {a: }}\ndb:\n',
    '{"web": {"hosts": {"a": {}}}}',
    '---\nungrouped:\n  hosts:\n    a:\n',
  ])('is recognised without `all`: %j', async (content) => {
    const inventory = await inventoryOf({ inventory: content }, ['inventory']);
    expect(hostsOfGroup(inventory, 'all')).toEqual(['a']);
  });
});

describe('an Ansible INI inventory', () => {
  const text = `
# people write comments
mail.example.com ansible_port=2525   # and here
[web]
web[01:03:2] http_port=80 note="a b" list="[1,'x']" flag=True none=None ratio=1.0
10.0.0.9:2222
[2001:db8::1]:22
2001:db8::2

[db:vars]
region = eu west
big=0123
quoted='5'
dict={'a': 1, "b": [True]}
comment=5 # five

[db]
db1 ansible_user='{{ who }}' ansible_ssh_pass=hunter2
db2

[prod:children] ; all that is live
web
db
[prod:vars]
env=prod
`;

  it('is read with hosts, ports, ranges and addresses', async () => {
    const inventory = await inventoryOf({ 'hosts.ini': text }, ['hosts.ini']);
    expect(hostsOfGroup(inventory, 'prod')).toEqual([
      'web01',
      'web03',
      '10.0.0.9',
      '2001:db8::1',
      '2001:db8::2',
      'db1',
      'db2',
    ]);
    expect(hostsOfGroup(inventory, 'ungrouped')).toEqual(['mail.example.com']);
    expect(variablesOf(inventory, '10.0.0.9')).toEqual({ env: 'prod', ansible_port: 2222 });
    expect(variablesOf(inventory, '2001:db8::1')).toEqual({ env: 'prod', ansible_port: 22 });
  });

  it('takes values as Python literals, else as texts', async () => {
    const inventory = await inventoryOf({ hosts: text }, ['hosts']);
    expect(variablesOf(inventory, 'web03')).toEqual({
      env: 'prod',
      http_port: 80,
      note: 'a b',
      list: [1, 'x'],
      flag: true,
      none: null,
      ratio: new Float(1),
    });
    expect(variablesOf(inventory, 'db1')).toEqual({
      env: 'prod',
      region: 'eu west',
      big: '0123',
      quoted: '5',
      dict: { a: 1, b: [true] },
      comment: 5,
      ansible_user: '{{ who }}',
      ansible_ssh_pass: expect.any(Secret),
    });
  });

  it('warns of names that only hostvars can read', async () => {
    const { inventory, diagnostics } = await load({ hosts: 'h1 a-b=1\n' }, ['hosts']);
    expect(diagnostics).toMatchObject([{ severity: 'warning', code: 'RB202' }]);
    expect(variablesOf(inventory, 'h1')).toEqual({ 'a-b': 1 });
  });
});

describe('an INI file with a section for each host', () => {
  const text = `
[h1]
ip = 10.0.0.1
port = 2201
user = root
passwd = hunter2
[h2]
ip = 10.0.0.2
[web]
h1 = h1
h2 = h2
[prod]
web = web
`;

  it('gives hosts with their settings, and groups of hosts and groups', async () => {
    const inventory = await inventoryOf({ 'config.cfg': text }, ['config.cfg']);
    expect(settingsOfHost(inventory, 'h1')).toEqual({
      address: '10.0.0.1',
      port: 2201,
      user: 'root',
      password: expect.any(Secret),
    });
    expect(hostsOfGroup(inventory, 'web')).toEqual(['h1', 'h2']);
    expect(hostsOfGroup(inventory, 'prod')).toEqual(['h1', 'h2']);
  });
});

describe('a list of hosts', () => {
  it.each([
    ['h1,h2,', ['h1', 'h2']],
    ['h1,', ['h1']],
    ['web[1:3],db', ['web1', 'web2', 'web3', 'db']],
    ['localhost,', ['localhost']],
  ])('%s gives its names', async (list, hosts) => {
    const inventory = await inventoryOf({}, [list]);
    expect(hostsOfGroup(inventory, 'all')).toEqual(hosts);
  });

  it('takes ports', async () => {
    const inventory = await inventoryOf({}, ['h1:2222,[::1]:22,']);
    expect(settingsOfHost(inventory, 'h1').port).toBe(2222);
    expect(settingsOfHost(inventory, '::1').port).toBe(22);
  });
});

describe('hosts of ~/.ssh/config', () => {
  const config = `
Include conf.d/*
User everyone
Host web1 web2 *.internal !old
  HostName %h.example.com
  Port=2222
  IdentityFile "~/.ssh/my key"
Host db # the database
  User postgres
Match host db
  Port 99
Host *
  Port 22
  ProxyJump bastion
`;

  it('are its names without wildcards, with what every block that fits them says first', async () => {
    const files = { '.ssh/config': config, '.ssh/conf.d/extra': 'Host jump\n  HostName 10.0.0.1\n' };
    const inventory = await inventoryOf(files, ['ssh_config:~/.ssh/config']);
    expect(hostsOfGroup(inventory, 'all')).toEqual(['jump', 'web1', 'web2', 'db']);
    expect(settingsOfHost(inventory, 'web1')).toEqual({
      address: 'web1.example.com',
      port: 2222,
      user: 'everyone',
      identity_file: ['~/.ssh/my key'],
      proxy_jump: 'bastion',
    });
    expect(settingsOfHost(inventory, 'db')).toMatchObject({ port: 22, user: 'everyone' });
    expect(settingsOfHost(inventory, 'jump')).toMatchObject({ address: '10.0.0.1' });
  });

  it('are an error where the file is missing', async () => {
    const { diagnostics } = await load({ 'ssh/config': '' }, ['ssh_config:ssh/confg']);
    expect(diagnostics[0]).toMatchObject({
      code: 'RB101',
      message: expect.stringContaining('did you mean "config"'),
    });
  });
});

describe('several sources', () => {
  it('merge in order, the later one winning', async () => {
    const files = {
      'a.ini': '[web]\nh1 a=1 b=1\n',
      'b.yml': 'hosts: {h2: {}}\ngroups:\n  web: {hosts: [h2, h1], vars: {c: 2}}\n',
      'c.ini': 'h1 b=3\n',
    };
    const inventory = await inventoryOf(files, ['a.ini', 'b.yml', 'c.ini']);
    expect(hostsOfGroup(inventory, 'web')).toEqual(['h1', 'h2']);
    expect(variablesOf(inventory, 'h1')).toEqual({ a: 1, b: 3, c: 2 });
    expect(inventory.sources).toEqual(['a.ini', 'b.yml', 'c.ini']);
  });

  it('may be a folder: every file in it in order of name, folders of variables and copies left out', async () => {
    const files = {
      'inv/01.yml': 'hosts: {h1: {vars: {a: 1}}}',
      'inv/02-more': '[web]\nh1 a=2\n',
      'inv/03/deep.ini': 'h3\n',
      'inv/.hidden': '[[[',
      'inv/old.yml.bak': '[[[',
      'inv/README.md': '# text',
      'inv/group_vars/web/b.yml': 'b: 1',
      'inv/group_vars/web/c.json': '{"c": 1}',
      'inv/host_vars/h1': 'd: 1',
    };
    const inventory = await inventoryOf(files, ['inv']);
    expect(hostsOfGroup(inventory, 'all')).toEqual(['h1', 'h3']);
    expect(variablesOf(inventory, 'h1')).toEqual({ a: 2, b: 1, c: 1, d: 1 });
  });

  it('name a missing file with the nearest one there is', async () => {
    const { diagnostics } = await load({ 'inventory.yml': '' }, ['inventry.yml']);
    expect(diagnostics).toMatchObject([
      {
        code: 'RB101',
        message: 'cannot read inventry.yml: there is no such file — did you mean "inventory.yml"?',
      },
    ]);
  });
});

describe('variables beside inventory and playbook', () => {
  const files = {
    'inv/hosts':
      '[web]\nh1 v=host\n[app:children]\nweb\n[all:vars]\nv=all-inventory\n[web:vars]\nv=web-inventory\n',
    'inv/group_vars/all.yml': 'v: all-file\nonly_all: yes\n',
    'inv/group_vars/web.yml': 'v: web-file',
    'inv/group_vars/app.yml': 'v: app-file',
    'inv/host_vars/h1.yml': 'v: host-file',
    'play/group_vars/all.yml': 'v: all-play',
    'play/group_vars/app.yml': 'v: app-play',
    'play/host_vars/h1.json': '{"v": "host-play"}',
  };

  it('stand in the order of their precedence, those of the playbook after those of the inventory', async () => {
    const inventory = await inventoryOf(files, ['inv/hosts'], { projectDir: 'play' });
    expect(
      inventoryLayers(inventory, 'h1').map((layer) => [layer.source, layer.label, layer.values['v']]),
    ).toEqual([
      ['inventory-all', 'inv/hosts', 'all-inventory'],
      ['group-vars-all', 'inv/group_vars/all.yml', 'all-file'],
      ['group-vars-all', 'play/group_vars/all.yml', 'all-play'],
      ['inventory-group', 'inv/hosts', 'web-inventory'],
      ['group-vars', 'inv/group_vars/app.yml', 'app-file'],
      ['group-vars', 'inv/group_vars/web.yml', 'web-file'],
      ['group-vars', 'play/group_vars/app.yml', 'app-play'],
      ['inventory-host', 'inv/hosts', 'host'],
      ['host-vars', 'inv/host_vars/h1.yml', 'host-file'],
      ['host-vars', 'play/host_vars/h1.json', 'host-play'],
    ]);
  });

  it('are read in the dialect of the playbook, by default in that of the inventory', async () => {
    const ansible = await inventoryOf(files, ['inv/hosts']);
    expect(variablesOf(ansible, 'h1')['only_all']).toBe(true);
    const native = await inventoryOf(files, ['inv/hosts'], { dialect: 'native' });
    expect(variablesOf(native, 'h1')['only_all']).toBe('yes');
  });

  it('hold for the implicit localhost where they are for all', async () => {
    const inventory = await inventoryOf(files, ['inv/hosts']);
    expect(variablesOf(inventory, 'localhost')).toMatchObject({ v: 'all-file' });
  });

  it('are decrypted as a whole, every text of them a secret, and never shown', async () => {
    const vaulted = { hosts: 'h1\n', 'host_vars/h1.yml': '$ANSIBLE_VAULT;1.1;AES256\n3132\n' };
    const decrypt = () => 'password: hunter2\nport: 80\nlist: [a, "{{ b }}"]\n';
    const { inventory, files: read } = await load(vaulted, ['hosts'], { decrypt });
    expect(variablesOf(inventory, 'h1')).toEqual({
      password: expect.any(Secret),
      port: 80,
      list: [expect.any(Secret), '{{ b }}'],
    });
    expect(JSON.stringify(read)).not.toContain('hunter2');
  });

  it('tell why they could not be decrypted', async () => {
    const vaulted = { hosts: 'h1\n', 'host_vars/h1.yml': '$ANSIBLE_VAULT;1.1;AES256\n3132\n' };
    const decrypt = (): string => {
      throw failure('RB131', 'no password fits');
    };
    const { diagnostics } = await load(vaulted, ['hosts'], { decrypt });
    expect(diagnostics).toMatchObject([{ code: 'RB131', message: 'no password fits' }]);
  });
});

describe('groups', () => {
  it('give variables by depth, then priority, then name', async () => {
    const text = `
hosts: {h1: {}}
groups:
  z: {hosts: [h1], vars: {v: z}}
  a: {hosts: [h1], vars: {v: a}}
  b: {hosts: [h1], vars: {v: b}, priority: 10}
  top: {children: [a], vars: {v: top}}
`;
    const inventory = await inventoryOf({ 'i.yml': text }, ['i.yml']);
    expect(named(inventory, 'h1')).toEqual(['all', 'top', 'z', 'b', 'a']);
    expect(variablesOf(inventory, 'h1')['v']).toBe('a');
  });

  it('hold 1,000 hosts in 100 groups each', async () => {
    const groups = Array.from({ length: 100 }, (_, n) => `  g${n}: {hosts: ["h*"], vars: {v: ${n}}}`);
    const text = `hosts: {"h[0001:1000]": {}}\ngroups:\n${groups.join('\n')}\n`;
    const inventory = await inventoryOf({ 'i.yml': text }, ['i.yml']);
    const seen = new Set(
      hostsOfGroup(inventory, 'all').map((host) => inventoryLayers(inventory, host).length),
    );
    expect(seen).toEqual(new Set([100]));
  });
});

describe('localhost', () => {
  it('is there without being written down, and in no group', async () => {
    const inventory = await inventoryOf({}, []);
    expect(inventory.hosts.get('localhost')).toMatchObject({
      implicit: true,
      settings: { connection: 'local' },
    });
    expect(hostsOfGroup(inventory, 'all')).toEqual([]);
    expect(groupsOfHost(inventory, 'localhost')).toEqual([]);
  });

  it('has its host_vars all the same', async () => {
    const inventory = await inventoryOf({ hosts: 'h1\n', 'host_vars/localhost.yml': 'a: 1' }, ['hosts']);
    expect(variablesOf(inventory, 'localhost')).toEqual({ a: 1 });
  });

  it('is as it is written down', async () => {
    const inventory = await inventoryOf({ 'i.yml': 'hosts: {localhost: {user: me}}' }, ['i.yml']);
    expect(inventory.hosts.get('localhost')).toMatchObject({ settings: { user: 'me' } });
    expect(hostsOfGroup(inventory, 'all')).toEqual(['localhost']);
  });
});

describe('the usual names of inventories', () => {
  it('are looked for in their order', () => {
    const folder = folderOf({ 'config.cfg': '', hosts: '', 'inventory/h.yml': '' });
    expect(findInventory(folder)).toBe(join(folder, 'inventory'));
    expect(findInventory(folderOf({ 'x.yml': '' }))).toBe(undefined);
  });
});
