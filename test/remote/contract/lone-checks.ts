import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connections, ExecRequest, Reply } from '../../../src/model/host.ts';
import { Secret } from '../../../src/model/value.ts';
import { listProcesses } from '../../support/process-table.ts';
import { untilTrue } from '../../support/until-true.ts';
import { type Place, textOf, toRoot } from './place.ts';

/** A number of seconds that no other test sleeps for. */
let nextMark = 500_000 + (process.pid % 1000) * 100;

/** Sets `$and` to an ampersand that cannot be seen in the script. */
const hiddenAnd = "and=$(printf '\\046')";

/** Ends the processes with a command line. */
async function endAll(command: string): Promise<void> {
  for (const entry of await listProcesses())
    if (entry.command === command) process.kill(entry.pid, 'SIGKILL');
}

/** What holds for a command that is all that its host gets. */
export function loneChecks(
  at: () => Place,
  options: {
    /** Whether the host lets a command be run without a session. */
    readonly isLone: boolean;
    /** Makes connections that have no session yet. */
    connect(): Connections;
  },
): void {
  let connections: Connections;
  beforeAll(() => {
    connections = options.connect();
  });
  afterAll(() => connections.close());
  const send = (request: Omit<ExecRequest, 'type'>, signal?: AbortSignal): Promise<Reply> =>
    connections.runAlone(at().target, undefined, { type: 'exec', ...request }, signal);
  const run = (script: string, rest: Omit<ExecRequest, 'type' | 'command'> = {}, signal?: AbortSignal) =>
    send({ command: { script }, ...rest }, signal);
  const more = (text: string, rest: Omit<ExecRequest, 'type' | 'command'> = {}) =>
    at().connections.runAlone(at().target, undefined, { type: 'exec', command: { script: text }, ...rest });
  const isRunning = async (mark: string) =>
    (await listProcesses()).some((entry) => entry.command.includes(mark));

  test('is run without a session, where the host lets it', async () => {
    const stdout = await textOf(run('readlink /proc/$$/fd/1'));
    expect(stdout).toMatch(options.isLone ? /^pipe:/ : /\/\.rb-\w+\/o\d+$/m);
  });

  test('arguments reach the program byte for byte', async () => {
    const words = ['', ' ', "it's", '"', '$HOME `id` \\n', 'a\nb', '\t', 'grüße ☂', '*', '!!', '-n', '%s'];
    for (const argv of [words, words.filter((word) => !word.includes('\n'))]) {
      const reply = await send({ command: { argv: ['printf', '<%s>', ...argv] } });
      expect(reply.stdout.bytes.toString()).toBe(argv.map((word) => `<${word}>`).join(''));
    }
  });

  test('both streams come back apart, with every byte value', async () => {
    const octal = Array.from({ length: 256 }, (_, n) => `\\0${n.toString(8)}`).join('');
    const all = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
    const reply = await run(`printf %b '${octal}'; printf %b '${octal}' >&2; exit 3`);
    expect([
      reply.rc,
      Buffer.compare(reply.stdout.bytes, all),
      Buffer.compare(reply.stderr.bytes, all),
    ]).toEqual([3, 0, 0]);
  });

  test('streams can be opened by name', async () => {
    const reply = await run('echo err >>/dev/stderr; echo more | tee -a /dev/stderr');
    expect([reply.stdout.bytes.toString(), reply.stderr.bytes.toString()]).toEqual(['more\n', 'err\nmore\n']);
  });

  test('the end comes back as it is: a status, a signal, a program that is not there', async () => {
    for (const rc of [0, 1, 255]) expect((await run(`exit ${rc}`)).rc).toBe(rc);
    for (const signal of [9, 15]) {
      const reply = await run(`echo out; echo err >&2; kill -${signal} $$`);
      expect(reply).toMatchObject({ rc: 128 + signal });
      expect(reply.stdout.bytes.toString()).toBe('out\n');
      expect(reply.stderr.bytes.toString()).toMatch(/^err\n/);
    }
    const missing = await send({ command: { argv: ['no-such-command'] } });
    expect(missing.rc).toBe(127);
    expect(missing.stderr.bytes.toString()).toContain('no-such-command');
    const misspelt = await run('no-such-command now');
    expect([misspelt.rc, misspelt.stderr.bytes.toString()]).toEqual([
      127,
      expect.stringContaining('no-such-command'),
    ]);
    const broken = await run('if');
    expect(broken.rc).not.toBe(0);
    expect(broken.stderr.size).toBeGreaterThan(0);
  });

  test('what it does to its own process group is its own end, and is told', async () => {
    expect(await run('trap "" TERM; kill 0; echo alive')).toMatchObject({ rc: 0 });
    expect(await run('kill 0; sleep 5')).toMatchObject({ rc: 143 });
    const closed = await run('exec >&- 2>&- <&-; exit 4');
    expect(closed.rc).toBe(4);
  });

  test('it starts as a session’s command does: directory, umask, environment, signals, no input', async () => {
    const look =
      'pwd -P; umask; cat; echo "${__K-}${__C-}${__r-}${__i-}"; env | grep -c "^__"; grep -E "^Sig(Ign|Cgt)" /proc/$$/status; [ -e /proc/$$/fd/3 ] || echo no further stream';
    const lone = (await run(look)).stdout.bytes.toString();
    const usual = (
      await at().session.run({ type: 'exec', command: { script: look } })
    ).stdout.bytes.toString();
    expect(lone).toBe(usual);
  });

  test('environment, directory and umask of a request are set', async () => {
    const env = { PLAIN: "quo'te", UNI: 'ü☂', EMPTY: '' };
    const look = 'pwd; umask; printf "%s|" "$PLAIN" "$UNI" "${EMPTY-unset}"';
    expect(await textOf(run(look, { cwd: '/usr', umask: '027', env }))).toMatch(
      /^\/usr\n0*27\nquo'te\|ü☂\|\|$/,
    );
    const nowhere = await run('echo never', { cwd: '/no/such/dir' });
    expect([nowhere.rc, nowhere.stdout.size]).toEqual([251, 0]);
    expect(nowhere.stderr.bytes.toString()).toContain('/no/such/dir');
  });

  test('a script that only names a program is that program, with the environment of a script', async () => {
    const look = 'readlink /proc/self/exe';
    expect(await textOf(run(look))).toBe(await textOf(run(`${look}; true`)));
    const env = await textOf(run('env', { env: { PLAIN: "quo'te" } }));
    expect(env).toContain("PLAIN=quo'te\n");
    expect(env).not.toMatch(/^__/m);
  });

  test('what needs more than a shell is done by a session', async () => {
    expect(await textOf(more('cat', { stdin: Buffer.from('in') }))).toBe('in');
    expect(await textOf(more('echo one\necho two'))).toBe('one\ntwo\n');
    expect(await textOf(more(`# ${'x'.repeat(1_000_000)}\necho big`))).toBe('big\n');
    expect(await textOf(more('echo "$KEY"', { env: { KEY: new Secret('hidden', 'key') } }))).toBe('hidden\n');
    expect(await textOf(more('echo hushed', { sensitive: true }))).toBe('hushed\n');
    expect(await more('sleep 100', { timeoutMs: 100 })).toMatchObject({ rc: 143, ended: 'timeout' });
    expect((await more('echo \0')).rc).toBe(251);
    const asRoot = { type: 'exec', command: { script: 'id -un' } } as const;
    expect(await textOf(at().connections.runAlone(at().target, toRoot, asRoot))).toBe('root\n');
    const call = { type: 'call', code: 'contract_hello you', readOnly: true } as const;
    expect(await textOf(at().connections.runAlone(at().target, undefined, call))).toBe('hello you\n');
  });

  test('a host that has a session carries it out there', async () => {
    expect(await textOf(more('readlink /proc/$$/fd/1'))).toMatch(/\/\.rb-\w+\/o\d+$/m);
  });

  test('a process in the background lives on, holds nothing up, and what it writes later counts for nothing', async () => {
    const mark = String(nextMark++);
    const go = `${at().session.info.directory}/late-${mark}`;
    const reply = await more(
      `(until [ -e ${go} ]; do sleep 0.05; done; echo LATE; echo LATE >&2; exec sleep ${mark}) & echo started`,
    );
    expect([reply.rc, reply.stdout.bytes.toString(), reply.stderr.size]).toEqual([0, 'started\n', 0]);
    expect(await textOf(run(`echo >${go}; echo next`))).toBe('next\n');
    await untilTrue('the process lives on', () => isRunning(`sleep ${mark}`));
    await endAll(`sleep ${mark}`);
  });

  test('a process that nobody could foresee holds nothing up either', async () => {
    const mark = String(nextMark++);
    const reply = await run(`${hiddenAnd}; eval "sleep ${mark} $and"; echo started`);
    expect([reply.rc, reply.stdout.bytes.toString(), reply.stderr.size]).toEqual([0, 'started\n', 0]);
    await endAll(`sleep ${mark}`);
  });

  test('output of many megabytes on both streams is complete, and spooled', async () => {
    const reply = await run('head -c 12000000 /dev/zero; head -c 9000000 /dev/zero >&2; echo end');
    expect([reply.rc, reply.stdout.size, reply.stderr.size]).toEqual([0, 12_000_004, 9_000_000]);
    expect(reply.stdout.spoolFile).toBeDefined();
    const digest = createHash('sha256').update(reply.stderr.bytes).digest('hex');
    expect(reply.stderr.spoolFile).toBeDefined();
    expect(digest).toBe(createHash('sha256').update(Buffer.alloc(reply.stderr.bytes.length)).digest('hex'));
  });

  test('commands beside each other do not wait for each other', async () => {
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, n) => textOf(run(`sleep 0.1; echo ${n}`))),
    );
    expect(replies).toEqual(Array.from({ length: 6 }, (_, n) => `${n}\n`));
  });

  test('cancelled while it runs, it is ended with all that it started, and answers with what it had printed', async () => {
    const mark = String(nextMark++);
    const abort = new AbortController();
    const running = run(
      `${hiddenAnd}; echo early; eval "(setsid sleep ${mark} $and) >/dev/null 2>/dev/null; (env -i sleep ${mark} $and); sleep ${mark} $and exec sleep ${mark}"`,
      {},
      abort.signal,
    );
    await untilTrue(
      'the command runs',
      async () =>
        (await listProcesses()).filter((entry) => entry.command.endsWith(`sleep ${mark}`)).length >= 3,
    );
    abort.abort();
    const reply = await running;
    expect([reply.ended, reply.rc, reply.stdout.bytes.toString()]).toEqual(['cancelled', 143, 'early\n']);
    // Signals are sent; a process that is not scheduled yet has still to end by them.
    await untilTrue('nothing is left', async () => !(await isRunning(`sleep ${mark}`)));
  });

  test('cancelled before it starts, it never runs', async () => {
    const file = `lone-${nextMark++}`;
    await expect(run(`touch ${file}`, {}, AbortSignal.abort())).rejects.toMatchObject({
      kind: 'cancelled',
      code: 'RB518',
    });
    expect((await run(`ls ${file}`)).rc).not.toBe(0);
  });
}
