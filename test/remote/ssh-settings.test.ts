import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ConnectionTarget } from '../../src/model/host.ts';
import { readSshConfig } from '../../src/remote/ssh-config-file.ts';
import { jumpTarget, resolveSettings } from '../../src/remote/ssh-settings.ts';

const home = mkdtempSync(join(tmpdir(), 'runbook-config-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const notices: string[] = [];
const settingsOf = (text: string, target: Partial<ConnectionTarget> = {}, env: NodeJS.ProcessEnv = {}) => {
  const config = readSshConfig({ text, path: 'config', home, onNotice: (notice) => notices.push(notice) });
  const full: ConnectionTarget = {
    name: 'web1',
    connection: 'ssh',
    address: 'web1',
    identityFiles: [],
    ...target,
  };
  return resolveSettings(full, { config, home, env, knownHostsFiles: ['user_known', 'global_known'] });
};

test('without any configuration the defaults of OpenSSH hold', () => {
  expect(settingsOf('')).toMatchObject({
    dialHost: 'web1',
    port: 22,
    user: userInfo().username,
    knownName: 'web1',
    policy: 'strict',
    knownHostsFiles: ['user_known', 'global_known'],
    identityFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(home, '.ssh', name)),
    identityFilesNamed: false,
    connectTimeoutMs: 10_000,
    proxyJump: undefined,
  });
});

test('the configuration supplies what the inventory does not', () => {
  const text = `
Host web*
  HostName %h.example.com
  User deploy
  Port 2222
  IdentityFile ~/.ssh/%r_key
  IdentityFile "%d/with space"
  IdentitiesOnly yes
  UserKnownHostsFile ~/one ~/two
  StrictHostKeyChecking accept-new
  ConnectTimeout 3
  ProxyJump gate
`;
  expect(settingsOf(text)).toMatchObject({
    dialHost: 'web1.example.com',
    user: 'deploy',
    port: 2222,
    knownName: '[web1.example.com]:2222',
    identityFiles: [`${home}/.ssh/deploy_key`, `${home}/with space`],
    identitiesOnly: true,
    knownHostsFiles: [`${home}/one`, `${home}/two`, 'global_known'],
    policy: 'accept-new',
    connectTimeoutMs: 3_000,
    proxyJump: 'gate',
  });
});

test('the inventory wins over the configuration', () => {
  const text =
    'Host *\n  User a\n  Port 1\n  IdentityFile ~/a\n  ProxyJump gate\n  StrictHostKeyChecking no\n';
  const target = {
    user: 'b',
    port: 2,
    identityFiles: ['~/b'],
    proxyJump: 'none',
    hostKeyPolicy: 'strict',
  } as const;
  expect(settingsOf(text, target)).toMatchObject({
    user: 'b',
    port: 2,
    identityFiles: [`${home}/b`],
    policy: 'strict',
    proxyJump: undefined,
  });
});

test('keywords are read in any case, and the first value holds', () => {
  expect(settingsOf('HOST web1\n  uSER first\nHost *\n  User second\n').user).toBe('first');
});

test('a host key alias names the host in known_hosts, without a port', () => {
  expect(settingsOf('Host web1\n  HostKeyAlias Real-Name\n  Port 2222\n').knownName).toBe('real-name');
});

test('included files are read in place, and the section goes on behind them', () => {
  mkdirSync(join(home, '.ssh', 'conf.d'), { recursive: true });
  writeFileSync(join(home, '.ssh', 'conf.d', 'a.conf'), 'Host web1\n  User included\n');
  writeFileSync(join(home, '.ssh', 'conf.d', 'b.conf'), 'Host other\n  Port 99\n');
  const settings = settingsOf('Include conf.d/*.conf\nPort 2200\n');
  expect([settings.user, settings.port]).toEqual(['included', 2200]);
});

test('nothing in the configuration is run, and what is left out is told once', () => {
  notices.length = 0;
  const marker = join(home, 'was-run');
  const text = `Match exec "touch ${marker}"\n  User wrong\nHost *\n  LocalCommand touch ${marker}\n  ProxyCommand touch ${marker}\n  CanonicalizeHostName yes\n  User right\n`;
  expect(settingsOf(text).user).toBe('right');
  expect(() => rmSync(marker)).toThrow(/ENOENT/);
  expect(notices).toHaveLength(3);
});

test('an agent is asked by default only where no identity file is given', () => {
  const env = { SSH_AUTH_SOCK: '/agent' };
  expect(settingsOf('', {}, env).agentSocket).toBe('/agent');
  expect(settingsOf('', { identityFiles: ['k'] }, env).agentSocket).toBeUndefined();
  expect(settingsOf('', { identityFiles: ['k'], agent: true }, env).agentSocket).toBe('/agent');
  expect(settingsOf('', { agent: false }, env).agentSocket).toBeUndefined();
  expect(settingsOf('Host *\n  IdentityAgent ~/sock\n', {}, env).agentSocket).toBe(`${home}/sock`);
  expect(settingsOf('Host *\n  IdentityAgent none\n', {}, env).agentSocket).toBeUndefined();
});

test('a jump host is [user@]host[:port], one hop', () => {
  const target: ConnectionTarget = { name: 'web1', connection: 'ssh', address: 'web1', identityFiles: ['k'] };
  expect(jumpTarget('me@gate:2200', target)).toMatchObject({
    address: 'gate',
    user: 'me',
    port: 2200,
    proxyJump: 'none',
  });
  expect(jumpTarget('ssh://gate', target)).toMatchObject({
    address: 'gate',
    user: undefined,
    port: undefined,
  });
  expect(jumpTarget('[::1]:22', target)).toMatchObject({ address: '::1', port: 22 });
  expect(() => jumpTarget('a,b', target)).toThrow(/only one jump host/);
  expect(() => jumpTarget('a b@', target)).toThrow(/proxy_jump/);
});
