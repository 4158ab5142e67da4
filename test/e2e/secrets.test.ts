import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliOptions, runCli } from '../support/run-cli.ts';

let cwd: string;
const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
const run = (args: readonly string[], more: Partial<CliOptions> = {}) => runCli(args, { cwd, ...more });
const withPassword = ['--vault-password-file', 'pw'];

async function ok(args: readonly string[], more: Partial<CliOptions> = {}): Promise<string> {
  const result = await run(args, more);
  expect(result.code, result.stderr).toBe(0);
  return result.stdout;
}

/** A value for a variables file, as `encrypt-string` prints it. */
function encrypted(name: string, text: string, ...flags: string[]): Promise<string> {
  return ok(['vault', 'encrypt-string', '--name', name, ...flags], { stdin: text });
}

const head = 'hosts: localhost\ngather_facts: false\n';

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'secrets-'));
  write('pw', 'correct horse\n');
  await ok(['vault', 'keygen', '-o', 'key']);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('secrets of a playbook', () => {
  beforeAll(async () => {
    write('whole.yml', 'from_file: secret-of-a-file\n');
    write('extra.yml', 'from_extra: secret-of-extra\n');
    write('cert.pem', 'secret-of-a-certificate\n');
    write('motd.j2', 'secret-in-template {{ from_file }}\n');
    write(
      'site.yml',
      `${head}vars_files: [whole.yml, inline.yml]
steps:
  - {debug: {msg: "{{ from_file }} {{ from_extra }} {{ by_password }} {{ by_key }}"}}
  - {copy: {src: cert.pem, dest: "{{ playbook_dir }}/out.pem"}}
  - {copy: {src: cert.pem, dest: "{{ playbook_dir }}/raw.pem", decrypt: false}}
  - {template: {src: motd.j2, dest: "{{ playbook_dir }}/out.motd"}}
  - {shell: "echo got {{ by_password }} {{ lookup('file', 'cert.pem') }} {{ by_key | b64encode }}"}
`,
    );
    const inline = await encrypted(
      'by_password',
      'secret-by-password',
      '--format',
      'ansible',
      '--vault-id',
      'dev@pw',
    );
    write('inline.yml', inline + (await encrypted('by_key', 'secret-by-key', '--vault-id', 'key')));
    for (const name of ['whole.yml', 'site.yml'])
      await ok(['vault', 'encrypt', name, '--format', 'ansible', ...withPassword]);
    for (const name of ['extra.yml', 'cert.pem', 'motd.j2'])
      await ok(['vault', 'encrypt', name, '--vault-id', 'key']);
  });

  it('are decrypted wherever they stand, arrive whole, and are shown nowhere', async () => {
    const args = [
      'apply',
      'site.yml',
      '-D',
      '-vvv',
      '-e',
      '@extra.yml',
      '--vault-id',
      'dev@pw',
      '--vault-id',
      'key',
    ];
    const result = await run([...args, '--report', 'json=report.json']);
    expect(result.code, result.stdout + result.stderr).toBe(0);
    expect(read('out.pem')).toBe('secret-of-a-certificate\n');
    expect(read('raw.pem')).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expect(read('out.motd')).toBe('secret-in-template secret-of-a-file\n');
    expect(result.stdout).toContain('‹from_file› ‹from_extra› ‹by_password› ‹by_key›');
    const all = result.stdout + result.stderr + read('report.json') + journals();
    expect(all).not.toMatch(/secret-(of|by)/);
    expect(all).not.toContain(Buffer.from('secret-by-key').toString('base64'));
  });

  function journals(): string {
    const folder = join(cwd, '.runbook');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
  }

  it('need no password where they are not read', async () => {
    write(
      'unread.yml',
      `${head}vars_files: [inline.yml]\nsteps:\n  - {debug: {msg: "nothing secret here"}}\n`,
    );
    expect(await ok(['apply', 'unread.yml'])).toContain('nothing secret here');
    const listed = await ok(['inventory', '-i', 'localhost,', '--list']);
    expect(listed).not.toContain('secret');
  });

  it('fail the step that reads one without a password, and the whole where a file needs it', async () => {
    write('reads.yml', `${head}vars_files: [inline.yml]\nsteps:\n  - {debug: {msg: "{{ by_key }}"}}\n`);
    const step = await run(['apply', 'reads.yml']);
    expect(step.code).toBe(2);
    expect(step.stdout).toContain('no vault password was given');
    const whole = await run(['validate', 'site.yml']);
    expect(whole.code).toBe(65);
    expect(whole.stderr).toMatch(/RB131.*\n.*site\.yml:1:1/);
    write('other', 'wrong\n');
    const wrong = await run(['validate', 'site.yml', '--vault-id', 'prod@other']);
    expect(wrong.code).toBe(65);
    expect(wrong.stderr).toContain('does not fit (tried: "prod" from other)');
  });

  it('are taken from the environment, and from a program', async () => {
    write('pass.sh', '#!/bin/sh\ncat pw\n');
    chmodSync(join(cwd, 'pass.sh'), 0o755);
    for (const name of ['ANSIBLE_VAULT_PASSWORD_FILE', 'RUNBOOK_VAULT_PASSWORD_FILE'])
      expect(await ok(['vault', 'view', 'whole.yml'], { env: { [name]: 'pass.sh' } })).toBe(
        'from_file: secret-of-a-file\n',
      );
  });
});

describe('runbook vault', () => {
  it('encrypts, shows, decrypts and encrypts anew in place, with the mode kept', async () => {
    write('a.yml', 'a: 1\n');
    chmodSync(join(cwd, 'a.yml'), 0o640);
    await ok(['vault', 'encrypt', 'a.yml', ...withPassword]);
    expect(read('a.yml')).toMatch(/^-----BEGIN AGE/);
    expect((await run(['vault', 'encrypt', 'a.yml', ...withPassword])).stderr).toContain('encrypted already');
    await ok(['vault', 'rekey', 'a.yml', ...withPassword, '--new-vault-id', 'key']);
    const before = read('a.yml');
    const refused = await run(['vault', 'decrypt', 'a.yml', ...withPassword]);
    expect(refused.code).toBe(65);
    expect(read('a.yml')).toBe(before);
    await ok(['vault', 'decrypt', 'a.yml', '--vault-id', 'key']);
    expect(read('a.yml')).toBe('a: 1\n');
    expect(statSync(join(cwd, 'a.yml')).mode & 0o777).toBe(0o640);
    expect(statSync(join(cwd, 'key')).mode & 0o777).toBe(0o600);
  });

  it('edits in a private file that is gone afterwards, also where the editor fails', async () => {
    write('e.yml', 'pin: 1234\n');
    await ok(['vault', 'encrypt', 'e.yml', '--format', 'ansible', ...withPassword]);
    const editor =
      'sh -c \'ls -ld "$0" > modes; ls -ld "$(dirname "$0")" >> modes; echo "$0" > where; sed -i s/1234/5678/ "$0"; exit "$CODE"\'';
    const before = read('e.yml');
    const edit = (CODE: string) =>
      run(['vault', 'edit', 'e.yml', ...withPassword], { env: { EDITOR: editor, CODE } });
    expect((await edit('1')).code).toBe(65);
    expect(read('e.yml')).toBe(before);
    expect(existsSync(read('where').trim())).toBe(false);
    expect((await edit('0')).code).toBe(0);
    expect(await ok(['vault', 'view', 'e.yml', ...withPassword])).toBe('pin: 5678\n');
    expect(read('e.yml')).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n/);
    expect(read('modes')).toMatch(/^-rw------- .*e\.yml\ndrwx------ /);
    expect(
      existsSync(
        read('where')
          .trim()
          .replace(/\/[^/]*$/, ''),
      ),
    ).toBe(false);
  });

  it('refuses a secret among its arguments', async () => {
    const result = await run(['vault', 'encrypt-string', 'hunter2', ...withPassword]);
    expect(result.code).toBe(64);
    expect(result.stderr).toContain('can be read by everybody');
  });

  it.skipIf(!existsSync('/usr/bin/ansible-vault'))(
    'writes what ansible-vault reads, and reads what it writes',
    async () => {
      write('b.yml', 'b: größe\n');
      await ok(['vault', 'encrypt', 'b.yml', '--format', 'ansible', '--vault-id', 'dev@pw']);
      const env = { PATH: process.env['PATH'] ?? '', HOME: cwd, LANG: 'C.UTF-8' };
      const ansible = (...args: string[]) =>
        execFileSync('ansible-vault', args, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
      expect(ansible('view', '--vault-id', 'dev@pw', 'b.yml')).toContain('b: größe');
      ansible('rekey', '--vault-id', 'dev@pw', '--new-vault-id', 'prod@pw', 'b.yml');
      expect(await ok(['vault', 'view', 'b.yml', '--vault-id', 'prod@pw'])).toBe('b: größe\n');
    },
  );
});

describe('-e', () => {
  beforeAll(() => {
    write('vars.yml', 'a: [1, two]\n');
    write('vars.json', '{"b": [1, "two"]}');
    write('list.yml', '- 1\n');
    write('show.yml', `${head}steps:\n  - {debug: {msg: "{{ [a, b, c, d, e, f] | to_json }}"}}\n`);
  });

  it('takes files of YAML and JSON, mappings of both, and pairs', async () => {
    const given = ['@vars.yml', '@vars.json', '{"c": {"x": true}}', '{d: [1]}', "e=1 f='a b'"];
    const shown = await ok(['apply', 'show.yml', ...given.flatMap((text) => ['-e', text])]);
    expect(shown).toContain('[[1, "two"], [1, "two"], {"x": true}, [1], "1", "a b"]');
  });

  it('tells everything that is wrong at once', async () => {
    const given = ['@missing.yml', '@list.yml', '{v: [1}', '[1]', 'v', "v='a", 'a-b=1'];
    const result = await run(['apply', 'show.yml', ...given.flatMap((text) => ['-e', text])]);
    expect(result.code).toBe(65);
    for (const message of [
      'cannot read missing.yml: there is no such file',
      'list.yml must hold a mapping',
      'RB103',
      '-e must be a mapping',
      'expected name=value, found "v"',
      'a quote is never closed',
      '"a-b" cannot be a variable\'s name',
    ])
      expect(result.stderr).toContain(message);
  });
});
