import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/model/value.ts';
import { type Place, script, textOf } from './place.ts';

/** What holds for an author's command. */
export function commandChecks(at: () => Place): void {
  const run = (text: string, rest?: Parameters<typeof script>[2]) => script(at().session, text, rest);

  test('arguments reach the program byte for byte', async () => {
    const words = ['', ' ', "it's", '"', '$HOME `id` \\n', 'a\nb', '\t', 'grüße ☂', '*', '!!', '-n', '%s'];
    const reply = await at().session.run({ type: 'exec', command: { argv: ['printf', '<%s>', ...words] } });
    expect(reply.stdout.bytes.toString()).toBe(words.map((word) => `<${word}>`).join(''));
  });

  test('standard input reaches the command byte for byte', async () => {
    for (const size of [0, 1, 65_535, 65_536, 65_537, 300_000]) {
      const bytes = randomBytes(size);
      const reply = await run('cat', { stdin: bytes });
      expect(Buffer.compare(reply.stdout.bytes, bytes)).toBe(0);
    }
  });

  test('both output streams come back apart, with every byte value', async () => {
    const reply = await run('cat; cat <&3 >&2', { stdin: Buffer.from([]) });
    expect(reply.rc).not.toBe(0);
    const all = Buffer.from(Array.from({ length: 512 }, (_, n) => n % 256));
    const both = await run('tee /dev/stderr', { stdin: all });
    expect(Buffer.compare(both.stdout.bytes, all)).toBe(0);
    expect(Buffer.compare(both.stderr.bytes, all)).toBe(0);
  });

  test('without input the command reads end of file, not the session', async () => {
    expect(await textOf(run('cat; echo end'))).toBe('end\n');
  });

  test('exit statuses come back as they are', async () => {
    for (const rc of [0, 1, 2, 100, 255]) expect((await run(`exit ${rc}`)).rc).toBe(rc);
  });

  test('a death by signal is 128 and the signal', async () => {
    expect((await run('kill -9 $$')).rc).toBe(137);
    expect((await run('kill -15 $$')).rc).toBe(143);
  });

  test('a syntax error is the command’s own failure', async () => {
    const reply = await run('if');
    expect(reply.rc).not.toBe(0);
    expect(reply.stderr.bytes.toString()).toMatch(/syntax|unexpected|unmatched|end of file/i);
    expect(await textOf(run('echo alive'))).toBe('alive\n');
  });

  test('a command that is not there is status 127', async () => {
    expect((await at().session.run({ type: 'exec', command: { argv: ['no-such-command'] } })).rc).toBe(127);
  });

  test('environment, directory, umask and functions do not leak into the next command', async () => {
    await run('cd /; umask 0; X=1; export X; f() { echo leaked; }; trap "echo leaked" EXIT; ulimit -c 0', {
      env: { A: 'b' },
      cwd: '/',
      umask: '000',
    });
    const home = at().session.info.home;
    expect(await textOf(run('pwd -P; echo "${A-}${X-}"; f 2>/dev/null; true'))).toBe(
      `${await realPath(home)}\n\n`,
    );
    expect(await textOf(run('umask'))).toMatch(/^0*22\n$/);
  });

  const realPath = async (path: string) =>
    (await textOf(run('cd "$P" && pwd -P', { env: { P: path } }))).trim();

  test('environment, directory and umask of a request are set', async () => {
    const env = { PLAIN: "quo'te", LINES2: 'a\nb\n', UNI: 'ü☂', EMPTY: '', KEY: new Secret('hidden', 'key') };
    const text = await textOf(
      run('pwd; umask; printf "%s|" "$PLAIN" "$LINES2" "$UNI" "${EMPTY-unset}" "$KEY"', {
        cwd: '/usr',
        umask: '027',
        env,
      }),
    );
    expect(text).toMatch(/^\/usr\n0*27\nquo'te\|a\nb\n\|ü☂\|\|hidden\|$/);
  });

  test('a directory that is not there is status 251 and says so', async () => {
    const reply = await run('echo never', { cwd: '/no/such/dir' });
    expect(reply.rc).toBe(251);
    expect(reply.stderr.bytes.toString()).toContain('/no/such/dir');
    expect(reply.stdout.size).toBe(0);
  });

  test('what no shell can carry out is refused with status 251', async () => {
    for (const request of [{ argv: ['a\0b'] }, { script: 'echo \0' }, { argv: [] }]) {
      expect((await at().session.run({ type: 'exec', command: request })).rc).toBe(251);
    }
    expect((await run('true', { env: { 'NOT-A-NAME': 'x' } })).rc).toBe(251);
  });

  test('scripts of any size run', async () => {
    for (const size of [2_900, 3_100, 20_000, 70_000, 1_000_000]) {
      const text = `# ${"it's $x `y` \\ ".repeat(size / 14)}\necho "done ${size}"`;
      expect(await textOf(run(text))).toBe(`done ${size}\n`);
    }
  });

  test('a script may be sensitive, and leaves nothing in the session’s directory', async () => {
    const { directory } = at().session.info;
    expect(await textOf(run('cat; echo seen', { sensitive: true, stdin: Buffer.from('canary-in') }))).toBe(
      'canary-inseen\n',
    );
    expect(
      (await run(`cat ${directory}/[ioec]* 2>/dev/null | grep -c canary; true`)).stdout.bytes
        .toString()
        .trim(),
    ).toBe('0');
  });

  test('a script may ask for a shell of its own', async () => {
    const reply = await at().session.run({
      type: 'exec',
      command: { script: 'echo $0 ${BASH_VERSION:+bash}', shell: '/bin/bash' },
    });
    expect(reply.stdout.bytes.toString()).toContain('bash');
  });

  test('a background child holds nothing up and cannot write into the next reply', async () => {
    const { directory } = at().session.info;
    const [go, done] = [`${directory}/late-go`, `${directory}/late-done`];
    const until = (file: string) => `until [ -e ${file} ]; do sleep 0.05; done`;
    const first = await run(`(${until(go)}; echo LATE; echo LATE >&2; echo >${done}) & echo started`);
    expect(first.stdout.bytes.toString()).toBe('started\n');
    const reply = await run(`echo >${go}; ${until(done)}; echo mine`);
    expect(reply.stdout.bytes.toString()).toBe('mine\n');
    expect(reply.stderr.size).toBe(0);
  });

  test('short output comes as it is, whatever its bytes and whoever opens the stream again', async () => {
    const texts = [
      'a\0b',
      '\0',
      '\n',
      '\n\n',
      'no newline',
      ' \ta \\n%s\\ \n',
      '-n\n',
      'grüße\n',
      '\r\n',
      'x\n'.repeat(1_500),
    ];
    const bytes = [...texts.map((text) => Buffer.from(text)), Buffer.from([0xff, 0xfe, 0x0a, 0x80])];
    for (const each of bytes) {
      const reply = await run('tee /dev/stderr', { stdin: each });
      expect([reply.stdout.bytes, reply.stderr.bytes]).toEqual([each, each]);
    }
    expect(await textOf(run('printf long-long; printf "a\\0b" >/proc/self/fd/1'))).toBe('a\0b');
    expect(await textOf(run('printf one; printf two >>/proc/self/fd/1'))).toBe('onetwo');
  });

  test('exec, exit, set -e and closed streams of a command leave the session alive', async () => {
    for (const text of [
      'exec true',
      'exit 0',
      'set -e; false',
      'exec >&- 2>&- <&-',
      'kill 0',
      'trap "" PIPE; true',
    ])
      await run(text);
    expect(await textOf(run('echo alive'))).toBe('alive\n');
  });

  test('requests that are sent together are answered in order', async () => {
    const replies = await Promise.all(Array.from({ length: 40 }, (_, n) => textOf(run(`echo ${n}`))));
    expect(replies).toEqual(Array.from({ length: 40 }, (_, n) => `${n}\n`));
  });

  test('output of ten megabytes and more is spooled and complete', async () => {
    const reply = await run('head -c 12000000 /dev/zero; head -c 9000000 /dev/zero >&2');
    expect(reply.stdout.size).toBe(12_000_000);
    expect(reply.stderr.size).toBe(9_000_000);
    expect(reply.stdout.spoolFile).toBeDefined();
    expect(reply.stdout.bytes.length).toBeLessThan(12_000_000);
  });

  test('a command that prints what looks like markers fools nobody', async () => {
    const { directory } = at().session.info;
    const text = await textOf(
      run('echo " O 1"; echo " E 1 0"; env; cat /proc/$$/cmdline /proc/$PPID/cmdline | tr "\\0" " "'),
    );
    expect(text.startsWith(' O 1\n E 1 0\n')).toBe(true);
    expect(await textOf(run(`ls -d ${directory}`))).toBe(`${directory}\n`);
  });
}
