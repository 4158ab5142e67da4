import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readEnvelope, sealEnvelope } from '../../src/load/ansible-vault.ts';
import { replaceFile } from '../../src/load/replace-file.ts';
import { createVault } from '../../src/load/vault.ts';
import { newKeyFile, type SealWish, sealerFor } from '../../src/load/vault-seal.ts';
import { RunbookError } from '../../src/model/diagnostic.ts';
import { folderOf } from './temporary-folder.ts';

/** Written by ansible-vault 2.14 and age 1.1 with the password `correct horse`. */
const vectors = fileURLToPath(new URL('../golden/vault/', import.meta.url));
const vector = (name: string) => readFileSync(join(vectors, name), 'utf8');
const plain = 'db_password: "grüße"\n';
const at = { file: 'secrets.yml', line: 1, column: 1, length: 1 };
const nobody = async () => undefined;

function vaultOf(sources: readonly string[], cwd: string, ask: () => Promise<string | undefined> = nobody) {
  return createVault(sources, { cwd, env: { HOME: cwd, PATH: process.env['PATH'] }, ask });
}

async function sealWith(wish: Partial<SealWish>, sources: readonly string[], cwd: string) {
  const secrets = (await vaultOf(sources, cwd)).secrets();
  return sealerFor({ format: 'age', recipients: [], ...wish }, secrets);
}

async function problemOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof RunbookError) {
      const [first] = error.diagnostics;
      return `${first?.code} ${first?.message}`;
    }
    throw error;
  }
  return 'no problem';
}

describe('a vault', () => {
  it.each([
    ['v11', Buffer.from(plain)],
    ['v12', Buffer.from(plain)],
    ['v11-empty', Buffer.alloc(0)],
    ['v11-bytes', Buffer.from(Array.from({ length: 768 }, (_, index) => index % 256))],
    ['age-passphrase', Buffer.from(plain)],
  ])('reads what other programs wrote: %s', async (name, expected) => {
    const vault = await vaultOf(['pw'], folderOf({ pw: 'correct horse\n' }));
    expect(vault.decrypt(vector(name), at).equals(expected)).toBe(true);
  });

  it('reads a file of age with a private key, and texts that are indented as in YAML', async () => {
    const vault = await vaultOf([join(vectors, 'age-key.txt')], '/');
    const indented = vector('age-file').replace(/^/gm, '    ');
    expect(vault.decrypt(indented, at).toString()).toBe(plain);
  });

  it.each([0, 1, 15, 16, 17, 65_535, 65_536, 65_537, 131_072])(
    'gives back %i bytes in each format as they were',
    async (size) => {
      const bytes = Buffer.alloc(size, 'q\u0000é');
      const { text } = await newKeyFile();
      const cwd = folderOf({ pw: 'correct horse', key: text });
      for (const [format, source] of [
        ['ansible', 'pw'],
        ['age', 'key'],
      ] as const) {
        const seal = await sealWith({ format }, [source], cwd);
        const vault = await vaultOf([source], cwd);
        expect(vault.decrypt(await seal(bytes), at).equals(bytes)).toBe(true);
      }
    },
  );

  it('names what it tried where no password fits, by label and source', async () => {
    const vault = await vaultOf(['dev@a', 'prod@b'], folderOf({ a: 'one', b: 'two' }));
    expect(await problemOf(() => vault.decrypt(vector('v12'), at))).toBe(
      'RB134 the text of the vault id "prod" cannot be decrypted: none of the passwords and keys fits (tried: "prod" from b, "dev" from a), or it is damaged',
    );
  });

  it('needs no password while nothing encrypted is read, and says what is missing when it is', async () => {
    const missing = await vaultOf(['nowhere'], folderOf({}));
    expect(await problemOf(() => missing.decrypt(vector('v11'), at))).toBe(
      'RB135 cannot read the vault password file nowhere: there is no such file',
    );
    const none = await vaultOf([], '/');
    expect(await problemOf(() => none.decrypt(vector('v11'), at))).toBe(
      'RB131 this is encrypted, and no vault password was given',
    );
    const key = await vaultOf([join(vectors, 'age-key.txt')], '/');
    expect(await problemOf(() => key.decrypt(vector('v11'), at))).toContain('a vault password is needed');
  });

  it.each([
    [
      'a changed byte',
      (text: string) => text.replace(/\d(?=[^\d]*$)/, (digit) => String((Number(digit) + 1) % 10)),
    ],
    ['a missing line', (text: string) => text.split('\n').slice(0, -2).join('\n')],
    ['another cipher', (text: string) => text.replace('AES256', 'AES')],
    ['another version', (text: string) => text.replace('1.1', '9.9')],
    ['no body', () => '$ANSIBLE_VAULT;1.1;AES256\n'],
  ])('refuses a text of ansible-vault with %s', async (_what, damage) => {
    const vault = await vaultOf(['pw'], folderOf({ pw: 'correct horse' }));
    expect(await problemOf(() => vault.decrypt(damage(vector('v11')), at))).toMatch(/^RB134 /);
  });

  it('refuses a file of age that was changed or cut, wherever', async () => {
    const cwd = folderOf({ key: (await newKeyFile()).text });
    const seal = await sealWith({}, ['key'], cwd);
    const text = await seal(Buffer.alloc(70_000, 'x'));
    const vault = await vaultOf(['key'], cwd);
    const [first = '', ...rest] = text.trimEnd().split('\n');
    const last = rest.pop() ?? '';
    const bytes = Buffer.from(rest.join(''), 'base64');
    const wrap = (changed: Buffer) => [first, changed.toString('base64'), last].join('\n');
    expect(vault.decrypt(wrap(bytes), at)).toHaveLength(70_000);
    for (const offset of [0, 30, 90, 140, 190, 1_000, 66_000, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[offset] = (changed[offset] ?? 0) ^ 1;
      expect(await problemOf(() => vault.decrypt(wrap(changed), at)), `byte ${offset}`).toMatch(/^RB134 /);
    }
    for (const length of [0, 50, 200, bytes.length - 1, bytes.length - 4_700])
      expect(await problemOf(() => vault.decrypt(wrap(bytes.subarray(0, length)), at))).toMatch(/^RB134 /);
  });
});

describe('a source of vault passwords', () => {
  it('may be a program, which is told the label when its name says that it is a client', async () => {
    const cwd = folderOf({
      'pass.sh': "#!/bin/sh\necho 'correct horse'\n",
      'pass-client.sh': '#!/bin/sh\n[ "$1 $2" = "--vault-id prod" ] && echo "correct horse"\n',
      'fails.sh': '#!/bin/sh\nexit 3\n',
    });
    for (const source of ['pass.sh', 'prod@pass-client.sh'])
      expect((await vaultOf([source], cwd)).decrypt(vector('v11'), at).toString()).toBe(plain);
    const failing = await vaultOf(['fails.sh'], cwd);
    expect(await problemOf(() => failing.decrypt(vector('v11'), at))).toBe(
      'RB135 the program fails.sh gave no vault password: it ended with 3',
    );
  });

  it('asks once for each prompt, at once, and refuses where nobody is there', async () => {
    let asked = 0;
    const vault = await vaultOf(['dev@prompt'], '/', async () => {
      asked++;
      return 'correct horse';
    });
    await vault.add(['dev@prompt']);
    for (const name of ['v11', 'v12']) vault.decrypt(vector(name), at);
    expect(asked).toBe(1);
    expect(await problemOf(() => vaultOf(['prompt'], '/'))).toMatch(/^RB135 .*no terminal/);
  });

  it('refuses an empty password and a mistyped key, without showing the key', async () => {
    const cwd = folderOf({ empty: '\n', key: vector('age-key.txt').replace(/.\n$/, 'B\n') });
    expect(await problemOf(async () => (await vaultOf(['empty'], cwd)).open())).toBe(
      'RB135 the vault password from empty is empty',
    );
    expect(await problemOf(async () => (await vaultOf(['key'], cwd)).open())).toBe(
      'RB135 a private key in key is mistyped',
    );
  });
});

describe('encrypting', () => {
  it('writes the vault id of a password that has one, and a header without where it is the default', () => {
    expect(sealEnvelope(Buffer.from('x'), 'pw', 'prod')).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/);
    const text = sealEnvelope(Buffer.from('x'), 'pw', undefined);
    expect(text).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n(?:[0-9a-f]{1,80}\n)+$/);
    expect(readEnvelope(text)).not.toHaveProperty('problem');
  });

  it('goes to the own key and to all recipients', async () => {
    const other = await newKeyFile();
    const cwd = folderOf({ mine: (await newKeyFile()).text, theirs: other.text });
    const text = await (await sealWith({ recipients: [other.recipient] }, ['mine'], cwd))(Buffer.from('x'));
    for (const source of ['mine', 'theirs'])
      expect((await vaultOf([source], cwd)).decrypt(text, at).toString()).toBe('x');
  });

  it('refuses what cannot be meant before anything is written', async () => {
    const cwd = folderOf({ pw: 'one', pw2: 'two', key: (await newKeyFile()).text });
    const refusal = (wish: Partial<SealWish>, ...sources: string[]) =>
      problemOf(() => sealWith(wish, sources, cwd));
    expect(await refusal({ format: 'ansible' }, 'key')).toContain('needs a password');
    expect(await refusal({}, 'a@pw', 'b@pw2')).toContain('several vault passwords were given (a, b)');
    expect(await refusal({ label: 'c' }, 'a@pw')).toContain('no vault id "c" (given: a)');
    expect(await refusal({ recipients: ['age1nonsense'] })).toContain('is no public key of age');
    expect(await refusal({ recipients: ['age1nonsense'] }, 'pw')).toContain('not for both');
    expect(await refusal({})).toBe('RB136 no vault password was given');
  });
});

const hasAnsible = existsSync('/usr/bin/ansible-vault');

describe.skipIf(!hasAnsible)('ansible-vault itself', () => {
  it('reads what is written here', () => {
    const cwd = folderOf({
      pw: 'correct horse',
      a: sealEnvelope(Buffer.from(plain), 'correct horse', 'prod'),
    });
    const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, LANG: 'C.UTF-8' };
    const args = ['view', '--vault-id', 'prod@pw', 'a'];
    expect(execFileSync('ansible-vault', args, { cwd, env, encoding: 'utf8' }).trimEnd()).toBe(
      plain.trimEnd(),
    );
  });
});

describe('replacing a file', () => {
  it('keeps its mode, follows links, and gives new files to the owner alone', async () => {
    const cwd = folderOf({ real: 'old' });
    writeFileSync(join(cwd, 'real'), 'old', { mode: 0o640 });
    symlinkSync('real', join(cwd, 'link'));
    const before = statSync(join(cwd, 'real')).mode;
    await replaceFile(join(cwd, 'link'), 'new');
    await replaceFile(join(cwd, 'fresh'), 'new');
    expect(readFileSync(join(cwd, 'real'), 'utf8')).toBe('new');
    expect(statSync(join(cwd, 'real')).mode).toBe(before);
    expect(statSync(join(cwd, 'fresh')).mode & 0o777).toBe(0o600);
  });

  it('leaves the old content and nothing else behind where it fails', async () => {
    const cwd = folderOf({ 'folder/inside': 'x' });
    await expect(replaceFile(join(cwd, 'folder'), 'new')).rejects.toThrow();
    expect(execFileSync('ls', ['-A', cwd], { encoding: 'utf8' })).toBe('folder\n');
  });
});
