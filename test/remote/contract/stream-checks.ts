import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { HostStream, StreamRequest } from '../../../src/model/host.ts';
import { Secret } from '../../../src/model/value.ts';
import { type Place, script, textOf, toRoot } from './place.ts';

async function read(stream: HostStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream.output) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What a command with streams owes whoever asks for it. */
export function streamChecks(at: () => Place): void {
  const open = (text: string, rest: Omit<StreamRequest, 'command'> = {}) =>
    at().connections.stream(at().target, undefined, { command: { script: text }, ...rest });

  test('carries bytes both ways unchanged, and tells the status and standard error', async () => {
    const bytes = randomBytes(3_000_000);
    const stream = await open('cat; echo problem >&2; exit 7');
    const output = read(stream);
    for (let index = 0; index < bytes.length; index += 65_536)
      await stream.write(bytes.subarray(index, index + 65_536));
    stream.end();
    expect(
      createHash('sha256')
        .update(await output)
        .digest('hex'),
    ).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(await stream.ended).toEqual({ rc: 7, stderr: 'problem\n' });
  });

  test('runs words as they are, in a directory, with an environment that may be secret', async () => {
    const env = { PLAIN: `it's "so"`, HIDDEN: new Secret('hush\n2') };
    const stream = await at().connections.stream(at().target, undefined, {
      command: { argv: ['sh', '-c', 'printf %s "$0 $PLAIN $HIDDEN "; pwd', '*'] },
      cwd: '/usr',
      env,
    });
    stream.end();
    expect((await read(stream)).toString()).toBe(`* it's "so" hush\n2 /usr\n`);
    const scripted = await open(`${'# long\n'.repeat(5_000)}printf %s "$HIDDEN"`, { env });
    scripted.end();
    expect((await read(scripted)).toString()).toBe('hush\n2');
    expect((await scripted.ended).rc).toBe(0);
  });

  test('holds the command back while nobody takes its output, and keeps memory small', async () => {
    const place = at();
    const count = (await textOf(script(place.session, 'mktemp'))).trim();
    const produce = `i=0; while [ $i -lt 400 ]; do i=$(($i+1)); dd if=/dev/zero bs=100000 count=1 2>/dev/null; echo $i >${count}; done`;
    const stream = await open(produce);
    const made = async () => Number(await textOf(script(place.session, `cat ${count}`)));
    // It stands still when two looks that are far apart see the same number.
    let before = -1;
    await expect
      .poll(
        async () => {
          const now = await made();
          const still = now > 0 && now === before;
          before = now;
          return still;
        },
        { interval: 700, timeout: 20_000 },
      )
      .toBe(true);
    expect(before).toBeLessThan(350);
    let size = 0;
    for await (const chunk of stream.output) size += chunk.length;
    expect(size).toBe(40_000_000);
    expect(await made()).toBe(400);
    expect((await stream.ended).rc).toBe(0);
    await script(place.session, `rm ${count}`);
  });

  test('ends with its whole process group when it is told to', async () => {
    const place = at();
    const stream = await open('sleep 987 & echo $!; echo $$; cat');
    let text = '';
    for await (const chunk of stream.output) {
      text += chunk.toString();
      if (text.split('\n').length > 2) break;
    }
    await stream.kill();
    expect((await stream.ended).rc).toBeGreaterThan(128);
    const [child, own] = text.split('\n');
    // The dead are there until somebody has asked for their status.
    const left = `for p in ${child} ${own}; do kill -0 $p 2>/dev/null && echo $p; done; true`;
    await expect.poll(() => textOf(script(place.session, left))).toBe('');
    await stream.kill();
  });

  test('takes what is written after its command has ended, and says how it ended', async () => {
    const stream = await open('exit 3');
    expect((await stream.ended).rc).toBe(3);
    await stream.write(Buffer.alloc(10_000_000));
    expect(await read(stream)).toHaveLength(0);
  });

  test('leaves nothing behind on the host', async () => {
    const stream = await open('echo "$RUNBOOK_STEP"');
    stream.end();
    const [, mark = ''] = /=?([0-9a-f]+)\./.exec((await read(stream)).toString()) ?? [];
    expect(mark).not.toBe('');
    await stream.ended;
    await expect
      .poll(() => textOf(script(at().session, `ls -d /tmp/.rb-${mark} 2>/dev/null; true`)))
      .toBe('');
  });

  test('runs as another user', async () => {
    const stream = await at().connections.stream(at().target, toRoot, { command: { script: 'id -un; cat' } });
    await stream.write(Buffer.from('in'));
    stream.end();
    expect((await read(stream)).toString()).toBe('root\nin');
    expect((await stream.ended).rc).toBe(0);
  });

  test('is not opened where the signal was aborted before', async () => {
    const signal = AbortSignal.abort();
    const opened = at().connections.stream(at().target, undefined, { command: { argv: ['true'] } }, signal);
    await expect(opened).rejects.toThrow();
  });
}
