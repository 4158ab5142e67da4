import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connections, Output } from '../../src/model/host.ts';
import { createConnections } from '../../src/remote/connections.ts';
import { type Fleet, fleetAvailable, startFleet } from '../support/fleet.ts';
import { script, targetOf, textOf, toRoot } from './contract/place.ts';

const size = 100_000_000;

const digestOf = async (output: Output): Promise<string> => {
  const hash = createHash('sha256');
  if (output.spoolFile === undefined) return hash.update(output.bytes).digest('hex');
  await pipeline(createReadStream(output.spoolFile), hash);
  return hash.digest('hex');
};

describe.skipIf(fleetAvailable() !== undefined)('a hundred megabytes', () => {
  const work = mkdtempSync(join(tmpdir(), 'runbook-large-'));
  let fleet: Fleet;
  let connections: Connections;

  beforeAll(async () => {
    fleet = await startFleet({ count: 1, sudo: 'nopasswd', sshdConfigLines: ['RekeyLimit 20M'] });
    connections = createConnections({
      shellLibrary: '',
      spoolDir: join(work, 'spool'),
      home: fleet.controllerHome,
    });
  });

  afterAll(async () => {
    await connections.close();
    await fleet.stop();
    rmSync(work, { recursive: true, force: true });
  });

  test('on both output streams arrive exactly, in bounded memory', async () => {
    const session = await connections.session(targetOf(fleet), undefined);
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 20);
    const text = `yes "stdout line é" | head -c ${size} | tee /dev/stderr | sha256sum >sum; yes other | head -c ${size}`;
    const { rc, stdout, stderr } = await script(session, text);
    clearInterval(watch);
    expect([rc, stdout.size, stderr.size]).toEqual([0, size, size]);
    expect((await textOf(script(session, 'cat sum'))).slice(0, 64)).toBe(await digestOf(stderr));
    expect((await textOf(script(session, `yes other | head -c ${size} | sha256sum`))).slice(0, 64)).toBe(
      await digestOf(stdout),
    );
    expect(peak - before).toBeLessThan(150_000_000);
  });

  test.each([
    ['the login user', undefined],
    ['another user', toRoot],
  ])('reach %s exactly', async (_who, become) => {
    const session = await connections.session(targetOf(fleet), become);
    const data = Buffer.alloc(size, 'some repeated content ');
    const text = await textOf(
      session.run({ type: 'call', code: 'sha256sum <"$rb_data"', data, readOnly: false }),
    );
    expect(text.slice(0, 64)).toBe(createHash('sha256').update(data).digest('hex'));
  });
});
