import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'runbook-cli-'));
const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: folder });
const write = (name: string, text: string | Buffer) => {
  writeFileSync(join(folder, name), text);
  return name;
};
const stack = /\n\s+at .*:\d+:\d+|RB901/;

beforeAll(() => {
  write(
    'inventory.yml',
    `hosts:
  web[1:2]: {address: 192.0.2.1}
  db1: {address: 192.0.2.2, port: 2222, user: root, vars: {role: primary}}
groups:
  web: {hosts: ["web*"], vars: {http_port: 8080}}
  prod: {children: [web], hosts: [db1]}
`,
  );
  write(
    'site.yml',
    `name: Site
events: {ready: {}}
plays:
  - name: Data
    hosts: db1
    steps:
      - {id: migrate, name: Migrate, command: migrate, set: ready, tags: [data]}
  - name: Web
    hosts: web
    needs: []
    steps:
      - {id: up, name: Bring up, command: "up {{ http_port }}", wait: ready, tags: [web, up], notify: restart}
    handlers:
      - {name: restart, command: restart}
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('runbook without a host', () => {
  it('tells its version and its help, for each command too', async () => {
    const version = await run('--version');
    expect(version).toMatchObject({ code: 0, stderr: '' });
    expect(version.stdout).toMatch(/^runbook \d+\.\d+\.\d+\n$/);
    expect((await run('-V')).stdout).toBe(version.stdout);
    const help = await run('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    const commands = [...help.stdout.matchAll(/^ {2}(?!help)([a-z]+) .*[[<]/gm)].map(
      (match) => match[1] ?? '',
    );
    expect(commands).toEqual(expect.arrayContaining(['apply', 'check', 'exec', 'validate', 'graph', 'doc']));
    const pages = await Promise.all(
      ['demo', ...commands].map(async (command) => [command, await run(command, '--help')] as const),
    );
    for (const [command, page] of pages) {
      expect(page).toMatchObject({ code: 0, stderr: '' });
      expect(page.stdout).toContain(`Usage: runbook ${command}`);
      for (const line of page.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
    }
  });

  it.each([
    [[], /Usage: runbook/],
    [['aply', 'site.yml'], /unknown command 'aply'.*apply/s],
    [['apply'], /missing required argument 'playbook'/],
    [['apply', 'site.yml', '--limt', 'web'], /unknown option '--limt'.*--limit/s],
    [['apply', 'site.yml', 'more.yml'], /too many arguments/],
    [['exec', 'web', 'uptime', '-p'], /unknown option '-p'.*runbook exec web -- uptime -p/s],
    [['apply', 'site.yml', '--forks', '0'], /expected a whole number from 1 on/],
    [['apply', 'site.yml', '--output', 'xml'], /Allowed choices are tty, plain, jsonl, quiet/],
    [['apply', 'site.yml', '--report', 'pdf=x'], /junit=FILE/],
    [['graph', 'site.yml', '--format', 'dott'], /did you mean "dot"/],
    [['schema', 'playbok'], /did you mean "playbook"/],
    [['completion', 'bsh'], /did you mean "bash"/],
    [['demo', '--hosts', 'many'], /expected a number from 1 to 100/],
    [['apply', 'site.yml', '-k'], /-k needs a terminal/],
  ])('says what is wrong with %j, and exits 64', async (args, message) => {
    const result = await run(...args);
    expect(result).toMatchObject({ code: 64, stdout: '' });
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(stack);
  });

  it('validates a playbook, and tells all problems of all files at once', async () => {
    expect(await run('validate', 'site.yml')).toEqual({
      code: 0,
      stdout: 'site.yml: ok: 2 plays, 2 steps, 3 hosts\n',
      stderr: '',
    });
    write(
      'bad.yml',
      `name: Bad
plays:
  - hosts: webb
    steps:
      - {comand: id}
      - {copy: {content: x, destt: /x}}
      - {command: id, wen: true}
      - {command: id, when: "a ==", notify: nobody}
      - {command: id, wait: never}
`,
    );
    const result = await run('validate', 'bad.yml');
    expect(result).toMatchObject({ code: 65, stdout: '' });
    expect(result.stderr).not.toMatch(stack);
    for (const [line, what] of [
      [3, /"webb" is no host or group.*did you mean "web"/],
      [5, /"comand".*did you mean "command"/],
      [6, /"destt".*did you mean "dest"/],
      [7, /"wen".*did you mean "when"/],
      [8, /a ==|template/],
      [9, /never/],
    ] as const) {
      expect(result.stderr).toMatch(what);
      expect(result.stderr).toContain(`bad.yml:${line}:`);
    }
    const apply = await run('apply', 'bad.yml');
    expect(apply).toMatchObject({ code: 65, stdout: '', stderr: result.stderr });
  });

  it('says what is wrong with a file that cannot be a playbook', async () => {
    mkdirSync(join(folder, 'folder'));
    write('empty.yml', '');
    write('comment.yml', '# nothing\n');
    write('binary.yml', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0xff, 0xfe]));
    write('scalar.yml', 'hello\n');
    write('tab.yml', 'name: x\n\tsteps: []\n');
    write('twice.yml', 'name: a\nname: b\nhosts: all\nsteps: []\n');
    write('big.yml', `name: ${'x'.repeat(2_200_000)}\n`);
    write('deep.yml', `a: ${'['.repeat(200)}${']'.repeat(200)}\n`);
    write('bomb.yml', bomb());
    const names = [
      'missing',
      'folder',
      'empty',
      'comment',
      'binary',
      'scalar',
      'tab',
      'twice',
      'big',
      'deep',
      'bomb',
    ];
    const results = await Promise.all(
      names.map(async (name) => {
        const file = name === 'folder' ? name : `${name}.yml`;
        return [name, await run(name === 'missing' ? 'apply' : 'validate', file)] as const;
      }),
    );
    for (const [name, result] of results) {
      expect(result, name).toMatchObject({ code: 65, stdout: '' });
      expect(result.stderr, name).toMatch(/^error RB\d+/);
      expect(result.stderr, name).toContain(name);
      expect(result.stderr, name).not.toMatch(stack);
      expect(result.stderr.length, name).toBeLessThan(3_000);
    }
  });

  it.skipIf(process.getuid?.() !== 0)('says that a file may not be read', async () => {
    write('secret.yml', 'hosts: all\nsteps: []\n');
    chmodSync(join(folder, 'secret.yml'), 0o000);
    chmodSync(folder, 0o755);
    const asNobody = await runCli(['validate', 'secret.yml'], {
      cwd: folder,
      wrapper: ['/usr/bin/setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
    });
    expect(asNobody).toMatchObject({ code: 65, stdout: '' });
    expect(asNobody.stderr).toMatch(/secret\.yml.*(permission|may not)/s);
  });

  it('draws the graph in four forms', async () => {
    const [text, mermaid, dot, json] = await Promise.all(
      ['text', 'mermaid', 'dot', 'json'].map((format) => run('graph', 'site.yml', '--format', format)),
    );
    for (const result of [text, mermaid, dot, json]) expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(text?.stdout).toMatch(/up .*waits for ready \(set by migrate\)/);
    expect(mermaid?.stdout).toMatch(/^(flowchart|graph) /);
    expect(dot?.stdout).toMatch(/^digraph [\s\S]*\{[\s\S]*\}\n$/);
    expect(JSON.parse(json?.stdout ?? '')).toBeTypeOf('object');
  });

  it('lists hosts, steps and tags, and applies nothing', async () => {
    const result = await run('apply', 'site.yml', '--list-hosts', '--list-steps', '--list-tags');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toBe(`playbook: site.yml

  play 1: Data  (1 host)
    hosts:
      db1
    steps:
      Migrate  [data]
    tags: data

  play 2: Web  (2 hosts)
    hosts:
      web1
      web2
    steps:
      Bring up  [web, up]
      restart  (handler)
    tags: up, web
`);
    const tasks = await run(
      'check',
      'site.yml',
      '--list-tasks',
      '-l',
      'web2',
      '-t',
      'web',
      '--assume-set',
      'ready',
    );
    expect(tasks.code).toBe(0);
    expect(tasks.stdout).toContain('Bring up');
    expect(tasks.stdout).not.toContain('Migrate');
  });

  it('shows the inventory as a list, a tree, JSON, and one host', async () => {
    const [all, pattern, tree, list, host] = await Promise.all([
      run('inventory'),
      run('inventory', 'prod:!db1'),
      run('inventory', '--graph'),
      run('inventory', '--list'),
      run('inventory', '--host', 'db1'),
    ]);
    expect(all.stdout).toBe('web1\nweb2\ndb1\n');
    expect(pattern.stdout).toBe('web1\nweb2\n');
    expect(tree.stdout).toMatch(/prod[\s\S]*web[\s\S]*web1/);
    expect(JSON.parse(list.stdout)).toMatchObject({ _meta: { hostvars: { db1: { role: 'primary' } } } });
    const [someList, someTree] = await Promise.all([
      run('inventory', 'web1', '--list'),
      run('inventory', 'web1', '--graph'),
    ]);
    expect(someList.stdout).toContain('"web1"');
    expect(`${someList.stdout}${someTree.stdout}`).not.toMatch(/web2|db1|"db"|@db/);
    expect(
      Object.keys((JSON.parse(someList.stdout) as { _meta: { hostvars: object } })._meta.hostvars),
    ).toEqual(['web1']);
    expect(someTree.stdout).toMatch(/^@all:\n[\s\S]*@web:\n +web1\n$/);
    expect(await run('inventory', 'web9', '--list')).toMatchObject({ code: 65, stdout: '' });
    expect(host.stdout).toMatch(/role = "primary"/);
    const wrong = await run('inventory', '--host', 'db2');
    expect(wrong).toMatchObject({ code: 65, stdout: '' });
    expect(wrong.stderr).toContain('did you mean "db1"');
  });

  it('prints a page for each module', async () => {
    const list = await run('doc');
    const names = list.stdout.split('\n').flatMap((line) => /^(\w+) {2}/.exec(line)?.[1] ?? []);
    expect(names).toEqual(expect.arrayContaining(['command', 'copy', 'file', 'template']));
    const pages = await Promise.all(
      ['copy', 'ansible.builtin.file', 'debug'].map((name) => run('doc', name)),
    );
    for (const page of pages) expect(page.stdout).toMatch(/Parameters[\s\S]*Examples/);
    const wrong = await run('doc', 'coppy');
    expect(wrong).toMatchObject({ code: 65, stdout: '' });
    expect(wrong.stderr).toContain('did you mean "copy"');
  });

  it('prints schemas that are JSON', async () => {
    for (const kind of ['playbook', 'inventory']) {
      const result = await run('schema', kind);
      expect(result.code).toBe(0);
      expect(JSON.parse(result.stdout)).toHaveProperty('$schema');
    }
  });

  it.each(['bash', 'zsh', 'fish'])('prints a completion script that %s can read', async (shell) => {
    const result = await run('completion', shell);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('list-steps');
    const found = ['/bin', '/usr/bin'].map((path) => join(path, shell)).find((path) => existsSync(path));
    if (found !== undefined)
      execFileSync(found, ['-n', join(folder, write(`completion.${shell}`, result.stdout))]);
  });

  it.skipIf(!existsSync('/usr/bin/zsh'))('completes in zsh, however its script is brought in', async () => {
    mkdirSync(join(folder, 'fpath'));
    write('fpath/_runbook', (await run('completion', 'zsh')).stdout);
    const init = 'autoload -Uz compinit; compinit -u -D';
    const show = 'print -r -- $_comps[runbook]';
    const prompt = 'for f in $precmd_functions; do $f; done';
    const offer = 'compadd() { print -r -- "$@" }; CURRENT=2; words=(runbook ""); _runbook';
    for (const lines of [
      `${init}; source fpath/_runbook; ${show}; ${offer}`,
      `source fpath/_runbook; ${init}; ${prompt}; ${show}; ${offer}`,
      `source fpath/_runbook; ${prompt}; ${show}; ${offer}`,
      `fpath=($PWD/fpath $fpath); ${init}; ${show}; ${offer}`,
    ]) {
      const text = execFileSync('/usr/bin/zsh', ['-f', '-c', lines], {
        cwd: folder,
        env: { ...process.env, HOME: folder, ZDOTDIR: folder },
      }).toString();
      expect(text).toMatch(/^_runbook\n-- .*\bapply\b.*\n$/);
    }
  });

  it('ends quietly when its reader goes away', async () => {
    const wrapper = ['/bin/sh', '-c', '"$@" 2>errors | head -n 1; cat errors >&2', 'sh'];
    for (const args of [['schema', 'playbook'], ['doc'], ['graph', 'site.yml']]) {
      const result = await runCli(args, { cwd: folder, wrapper });
      expect(result.stdout.split('\n')).toHaveLength(2);
      expect(result.stderr).toBe('');
    }
  });
});

/** Ten levels of aliases, each nine times the one before: billions of nodes. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level <= 10; level++)
    lines.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  return `${lines.join('\n')}\n`;
}
