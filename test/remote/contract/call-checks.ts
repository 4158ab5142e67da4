import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { shellQuote } from '../../../src/lib/shell-quote.ts';
import { type Place, script, textOf } from './place.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What holds for code of our own. */
export function callChecks(at: () => Place): void {
  const call = (code: string, rest: { data?: Uint8Array; dataDir?: string; readOnly?: boolean } = {}) =>
    at().session.run({ type: 'call', readOnly: true, code, ...rest });

  test('a call has the functions of the library', async () => {
    expect(await textOf(call('contract_hello world'))).toBe('hello world\n');
  });

  test('a call leaves no variable, directory or option behind', async () => {
    await call('cd /; X=1; set -f; contract_hello() { echo changed; }');
    expect(await textOf(call('echo "${X-unset} $-"; contract_hello x'))).toMatch(/^unset [^f]*\nhello x\n$/);
  });

  test('an exit inside a call ends the call alone', async () => {
    expect((await call('echo a; exit 7')).rc).toBe(7);
    expect((await call('no_such_function', { readOnly: false })).rc).toBe(127);
    expect(await textOf(call('echo alive'))).toBe('alive\n');
  });

  test('data of any size reach a call byte for byte', async () => {
    for (const size of [0, 10, 65_536, 200_001, 1_500_000]) {
      const data = randomBytes(size);
      for (const readOnly of [true, false]) {
        expect(await textOf(call('sha256sum <"$rb_data"', { data, readOnly }))).toContain(sha256(data));
      }
    }
  });

  test('data are put into the directory that is asked for, for the user’s eyes only', async () => {
    const dir = `${at().session.info.home}/it's a dir`;
    await script(at().session, `mkdir -p ${shellQuote(dir)}`);
    for (const size of [5, 1_200_000]) {
      const data = Buffer.alloc(size, 'x');
      const text = await textOf(
        call('ls -ln "$rb_data"; mv "$rb_data" moved; echo "$rb_data"', {
          data,
          dataDir: dir,
          readOnly: false,
        }),
      );
      expect(text).toMatch(/^-rw------- /);
      expect(text).toContain(`${dir}/.rb-`);
    }
    expect(
      await textOf(script(at().session, `ls -A ${shellQuote(dir)}; rm -rf ${shellQuote(dir)} moved`)),
    ).toBe('');
  });

  test('data that the code did not take are removed', async () => {
    const dir = at().session.info.home;
    await call('true', { data: Buffer.from('x'), dataDir: dir, readOnly: false });
    expect(await textOf(script(at().session, 'ls -d .rb-* 2>/dev/null; true'))).toBe('');
  });

  test('a directory that is not there is a failed reply, and what follows is in step', async () => {
    for (const size of [10, 70_000, 1_200_000]) {
      const reply = await call('echo never', {
        data: Buffer.alloc(size, 'x'),
        dataDir: '/no/such/dir',
        readOnly: false,
      });
      expect(reply.rc).not.toBe(0);
      expect(reply.stderr.bytes.toString()).toContain('/no/such/dir');
      expect(reply.stdout.size).toBe(0);
    }
    expect(await textOf(call('echo next'))).toBe('next\n');
  });

  test('a directory that takes no files is a failed reply, and what follows is in step', async () => {
    const reply = await call('echo never', {
      data: Buffer.alloc(300_000, 'x'),
      dataDir: '/dev/fd',
      readOnly: false,
    });
    expect(reply.rc).not.toBe(0);
    expect(await textOf(call('echo next'))).toBe('next\n');
  });

  test('code of any size is run', async () => {
    for (const size of [2_000, 5_000, 200_000]) {
      expect(await textOf(call(`echo ${shellQuote(`it's\n${'y'.repeat(size)}`)} | wc -c`))).toMatch(
        new RegExp(`^ *${size + 6}\n$`),
      );
    }
  });

  test('messages of our own tools are not translated', async () => {
    expect(await textOf(call('echo "$LC_ALL"'))).toBe('C\n');
  });
}
