import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type HostKeyContext, judgeHostKey } from '../../src/remote/host-key-check.ts';
import { fingerprintOf, keysFor, knownHostName, parseKnownHosts } from '../../src/remote/known-hosts.ts';
import { KnownHostsStore } from '../../src/remote/known-hosts-store.ts';

const work = mkdtempSync(join(tmpdir(), 'runbook-known-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const makeKey = (name: string, type: string) => {
  const path = join(work, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', path]);
  const [keyType = '', encoded = ''] = readFileSync(`${path}.pub`, 'utf8').trim().split(' ');
  return { text: `${keyType} ${encoded}`, blob: Buffer.from(encoded, 'base64'), path: `${path}.pub` };
};
const one = makeKey('one', 'ed25519');
const two = makeKey('two', 'ed25519');
const ecdsa = makeKey('ecdsa', 'ecdsa');

/** Line numbers at which ssh-keygen finds the name. */
const foundByOpenSsh = (text: string, name: string): number[] => {
  const path = join(work, 'table');
  writeFileSync(path, text);
  try {
    const out = execFileSync('ssh-keygen', ['-F', name, '-f', path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return [...out.matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]));
  } catch {
    return [];
  }
};

const hashed = (name: string): string => {
  const path = join(work, 'hashed');
  writeFileSync(path, `${name} ${one.text}\n`);
  execFileSync('ssh-keygen', ['-H', '-f', path], { stdio: 'ignore' });
  return readFileSync(path, 'utf8').trim();
};

describe('a known_hosts file', () => {
  const table: readonly (readonly [string, string, number])[] = [
    [`web1 ${one.text}`, 'web1', 22],
    [`web1 ${one.text}`, 'WEB1', 22],
    [`WEB1 ${one.text}`, 'web1', 22],
    [`web1 ${one.text}`, 'web12', 22],
    [`web1,10.0.0.1 ${one.text}`, '10.0.0.1', 22],
    [`[web1]:2222 ${one.text}`, 'web1', 2222],
    [`[web1]:2222 ${one.text}`, 'web1', 22],
    [`web1 ${one.text}`, 'web1', 2222],
    [`*.example.com ${one.text}`, 'a.example.com', 22],
    [`*.example.com ${one.text}`, 'example.com', 22],
    [`web? ${one.text}`, 'web7', 22],
    [`web? ${one.text}`, 'web', 22],
    [`*,!bad ${one.text}`, 'bad', 22],
    [`!bad,* ${one.text}`, 'bad', 22],
    [`*,!bad ${one.text}`, 'good', 22],
    [`!bad ${one.text}`, 'good', 22],
    [`[*.example.com]:2222 ${one.text}`, 'a.example.com', 2222],
    [`# web1 ${one.text}`, 'web1', 22],
    [`web1 ssh-ed25519`, 'web1', 22],
    [`\n\n  web1 ${one.text} a comment`, 'web1', 22],
    [`\tweb1\t${one.text}`, 'web1', 22],
    [`w.b1 ${one.text}`, 'web1', 22],
    [`web1 ${one.text}\r`, 'web1', 22],
    [`@revoked web1 ${one.text}`, 'web1', 22],
    [`@cert-authority *.example.com ${one.text}`, 'a.example.com', 22],
    [`@unknown web1 ${one.text}`, 'web1', 22],
    [hashed('web1'), 'web1', 22],
    [hashed('web1'), 'web2', 22],
    [hashed('[web1]:2222'), 'web1', 2222],
    [`${hashed('web9')}\nweb1 ${one.text}\nweb1 ${two.text}`, 'web1', 22],
  ];

  test.each(table)('is read as OpenSSH reads it: %j for %s port %i', (text, host, port) => {
    const name = knownHostName(host, port);
    const ours = keysFor(name, [parseKnownHosts(text, 'f')]).map((key) => key.line);
    expect(ours).toEqual(foundByOpenSsh(`${text}\n`, name));
  });

  test('tells which line of which file a key stands on', () => {
    const files = [parseKnownHosts(`\nweb1 ${one.text}`, 'a'), parseKnownHosts(`web1 ${two.text}`, 'b')];
    expect(keysFor('web1', files).map(({ file, line }) => `${file}:${line}`)).toEqual(['a:2', 'b:1']);
  });

  test('fingerprints are those that ssh-keygen prints', () => {
    expect(execFileSync('ssh-keygen', ['-lf', one.path], { encoding: 'utf8' })).toContain(
      ` ${fingerprintOf(one.blob)} `,
    );
  });
});

describe('the verdict on a host key', () => {
  const judge = (text: string, policy: HostKeyContext['policy'], key: Buffer = one.blob) =>
    judgeHostKey(key, {
      hostName: 'web1',
      knownName: '[10.0.0.1]:2222',
      dialHost: '10.0.0.1',
      port: 2222,
      policy,
      userFile: '~/.ssh/known_hosts',
      known: keysFor('[10.0.0.1]:2222', [parseKnownHosts(text, 'known')]),
    });
  const policies = ['strict', 'accept-new', 'off'] as const;
  const codeOf = (verdict: ReturnType<typeof judge>) =>
    verdict.type === 'refused' ? verdict.error.code : verdict.type;

  test.each(policies)('under %s a known key is trusted', (policy) => {
    expect(codeOf(judge(`[10.0.0.1]:2222 ${one.text}`, policy))).toBe('trusted');
  });

  test.each(policies)('under %s a changed key is refused, with both fingerprints and the line', (policy) => {
    const verdict = judge(`\n[10.0.0.1]:2222 ${two.text}`, policy);
    expect(codeOf(verdict)).toBe('RB506');
    const message = verdict.type === 'refused' ? verdict.error.message : '';
    for (const part of [fingerprintOf(one.blob), fingerprintOf(two.blob), 'known:2'])
      expect(message).toContain(part);
  });

  test.each(policies)('under %s a key of another type than the known one is refused', (policy) => {
    expect(codeOf(judge(`[10.0.0.1]:2222 ${ecdsa.text}`, policy))).toBe('RB506');
  });

  test.each(policies)('under %s a revoked key is refused', (policy) => {
    const text = `[10.0.0.1]:2222 ${one.text}\n@revoked * ${one.text}`;
    expect(codeOf(judge(text, policy))).toBe('RB507');
  });

  test('an unknown key is refused with its fingerprint and the command that trusts it', () => {
    const verdict = judge('', 'strict');
    expect(codeOf(verdict)).toBe('RB505');
    if (verdict.type !== 'refused') return;
    expect(verdict.error.message).toContain(fingerprintOf(one.blob));
    expect(verdict.error.hint).toContain('ssh-keyscan -p 2222 10.0.0.1 >> ~/.ssh/known_hosts');
  });

  test('an unknown key is written down under accept-new, and passes under off', () => {
    expect(judge('', 'accept-new')).toEqual({ type: 'record', line: `[10.0.0.1]:2222 ${one.text}` });
    expect(codeOf(judge('', 'off'))).toBe('trusted');
  });

  test('a certificate authority is not trusted, and the message says so', () => {
    const verdict = judge(`@cert-authority * ${one.text}`, 'strict');
    expect(codeOf(verdict)).toBe('RB505');
    expect(verdict.type === 'refused' && verdict.error.message).toContain('@cert-authority');
  });
});

describe('the store of known hosts', () => {
  test('appends whole lines to a file of mode 600, and reads them again', async () => {
    const store = new KnownHostsStore();
    const path = join(work, 'new', 'known_hosts');
    expect(await store.read([path])).toEqual([]);
    await store.append(path, `web1 ${one.text}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(keysFor('web1', await store.read([path]))).toHaveLength(1);
    await store.append(path, `web2 ${two.text}`);
    expect(keysFor('web2', await store.read([path]))).toHaveLength(1);
  });

  test('does not write into the last line of a file that lacks its end', async () => {
    const store = new KnownHostsStore();
    const path = join(work, 'no-newline');
    writeFileSync(path, `web1 ${one.text}`);
    await Promise.all([store.append(path, `web2 ${one.text}`)]);
    expect(readFileSync(path, 'utf8')).toBe(`web1 ${one.text}\nweb2 ${one.text}\n`);
  });
});
