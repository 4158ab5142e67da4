import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAnsibleConfig } from '../../src/load/ansible-config.ts';
import { parseIni } from '../../src/load/config-ini.ts';
import { readSettings, settingsOfEnvironment } from '../../src/load/settings-file.ts';
import { folderOf } from './temporary-folder.ts';

const config = `
[defaults]
inventory = hosts,extra
roles_path: roles:~/shared
forks=7   ; as many as the bastion bears
remote_user = deploy
host_key_checking = False
timeout = 15
vault_password_file = $SECRETS/vault
collections_paths = /one:
    /two

[privilege_escalation]
become = yes
become_method = doas

[tags]
skip = slow, never
`;

describe("Ansible's configuration", () => {
  it('gives settings from ansible.cfg, paths from its own folder', async () => {
    const cwd = folderOf({ 'ansible.cfg': config });
    const { settings, diagnostics } = await readAnsibleConfig({
      cwd,
      env: { HOME: '/home/me', SECRETS: '/run/secrets' },
    });
    expect(diagnostics).toEqual([]);
    expect(settings).toEqual({
      inventory: [join(cwd, 'hosts'), join(cwd, 'extra')],
      roles_path: [join(cwd, 'roles'), '/home/me/shared'],
      forks: 7,
      user: 'deploy',
      host_key_checking: false,
      connect_timeout: 15,
      vault_password_file: '/run/secrets/vault',
      collections_path: ['/one', '/two'],
      become: true,
      become_method: 'doas',
      skip_tags: ['slow', 'never'],
    });
  });

  it('is the file that $ANSIBLE_CONFIG names, and variables go above it', async () => {
    const cwd = folderOf({
      'ansible.cfg': '[defaults]\nforks=1\n',
      'other/x.cfg': '[defaults]\nforks=2\nuser=a\n',
    });
    const named = await readAnsibleConfig({ cwd, env: { ANSIBLE_CONFIG: 'other/x.cfg' } });
    expect(named.settings).toEqual({ forks: 2 });
    const above = await readAnsibleConfig({ cwd, env: { ANSIBLE_FORKS: '9', ANSIBLE_REMOTE_USER: 'b' } });
    expect(above.settings).toEqual({ forks: 9, user: 'b' });
  });

  it('is taken from the home folder where the current one has none', async () => {
    const home = folderOf({ '.ansible.cfg': '[defaults]\nforks=3\n' });
    const { settings } = await readAnsibleConfig({ cwd: folderOf({ x: '' }), env: { HOME: home } });
    expect(settings).toEqual({ forks: 3 });
  });

  it('is left aside in a folder that everybody may write', async () => {
    const cwd = folderOf({ 'ansible.cfg': config });
    chmodSync(cwd, 0o777);
    const { settings, diagnostics } = await readAnsibleConfig({ cwd, env: {} });
    expect(settings).toEqual({});
    expect(diagnostics[0]).toMatchObject({ code: 'RB702', severity: 'warning' });
    expect(diagnostics[0]?.hint).toContain(`ANSIBLE_CONFIG=${join(cwd, 'ansible.cfg')}`);
  });

  it('warns of a value that is wrong, and goes on without it', async () => {
    const cwd = folderOf({ 'ansible.cfg': '[defaults]\nforks = many\nremote_user = a\n' });
    const { settings, diagnostics } = await readAnsibleConfig({ cwd, env: { ANSIBLE_BECOME: 'perhaps' } });
    expect(settings).toEqual({ user: 'a' });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'forks in ansible.cfg takes a whole number from 1 on, not "many": it is left aside',
      'ANSIBLE_BECOME takes true or false, not "perhaps": it is left aside',
    ]);
  });
});

describe('an INI file', () => {
  it('is read as configparser reads it', () => {
    const sections = parseIni(
      '[a]\nKey = x = y\n# no\n; no\nother: z\nempty =\nbare\nlong = 1\n  2 ; three\n[a]\nkey = w\n',
    );
    expect(Object.fromEntries(sections.get('a') ?? [])).toEqual({
      key: 'w',
      other: 'z',
      empty: '',
      bare: '',
      long: '1\n2',
    });
  });
});

describe('settings', () => {
  it('of the environment are checked as those of the file', () => {
    const env = {
      RUNBOOK_FORKS: '4',
      RUNBOOK_ROLES_PATH: 'a:/b',
      RUNBOOK_BECOME: 'yes',
      RUNBOOK_OUTPUT: 'loud',
    };
    const { settings, diagnostics } = settingsOfEnvironment(env, '/project');
    expect(settings).toEqual({ forks: 4, roles_path: ['/project/a', '/b'], become: true });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'RUNBOOK_OUTPUT takes tty, plain, jsonl, quiet',
    ]);
  });

  it('of a file hold paths from its own folder', async () => {
    const folder = folderOf({
      'runbook.config.yml': 'roles_path: shared\nprivate_key: keys/id\nlibrary: [a, /b]\ninventory: "h1,"\n',
    });
    const { settings, diagnostics } = await readSettings(folder, folder);
    expect(diagnostics).toEqual([]);
    expect(settings).toEqual({
      roles_path: [join(folder, 'shared')],
      private_key: join(folder, 'keys/id'),
      library: [join(folder, 'a'), '/b'],
      inventory: ['h1,'],
    });
  });
});
