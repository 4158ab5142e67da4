import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Connections, ConnectionTarget } from '../../src/model/host.ts';
import { createConnections } from '../../src/remote/connections.ts';
import { type FaultProxy, type Faults, startFaultProxy } from '../support/fault-proxy.ts';
import { type Fleet, fleetAvailable, startFleet } from '../support/fleet.ts';
import { untilTrue } from '../support/until-true.ts';
import { script, targetOf, textOf } from './contract/place.ts';

function readFileIfAny(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

describe.skipIf(fleetAvailable() !== undefined)('a network that fails', () => {
  const work = mkdtempSync(join(tmpdir(), 'runbook-faults-'));
  const proxies: FaultProxy[] = [];
  const opened: Connections[] = [];
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await startFleet({ count: 1 });
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((connections) => connections.close()));
    await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()));
  });

  afterAll(async () => {
    await fleet.stop();
    rmSync(work, { recursive: true, force: true });
  });

  const behindProxy = async (faults: Faults = {}, lostAfterMs = 50_000) => {
    const [host] = fleet.hosts;
    if (host === undefined) throw new RangeError('no host');
    const proxy = await startFaultProxy({ host: host.address, port: host.port });
    Object.assign(proxy.faults, faults);
    proxies.push(proxy);
    const connections = createConnections({
      shellLibrary: '',
      spoolDir: work,
      home: fleet.controllerHome,
      sshConfigText: `Host 127.0.0.1\n  HostKeyAlias [${host.address}]:${host.port}\n`,
      lostAfterMs,
    });
    opened.push(connections);
    const target: ConnectionTarget = targetOf(fleet, { address: proxy.address, port: proxy.port });
    return { proxy, connections, target, open: () => connections.session(target, undefined) };
  };

  /** Shell code that waits until it is released; from then on it never waits. */
  const gate = (name: string) => {
    const [begun, open] = [`begun-${name}`, `open-${name}`];
    return {
      code: `: >${begun}; until [ -e ${open} ]; do sleep 0.05; done`,
      reached: () => untilTrue(`${name} runs`, async () => existsSync(join(fleet.home(), begun))),
      release: () => writeFileSync(join(fleet.home(), open), ''),
    };
  };

  test.each([1, 2, 5, 10, 14, 40])(
    'an identification in pieces of %i bytes is read',
    async (fragmentBytes) => {
      const { proxy, open } = await behindProxy({ fragmentBytes });
      const session = await open();
      expect(await textOf(script(session, 'echo ok'))).toBe('ok\n');
      expect(proxy.accepted).toBe(1);
    },
  );

  test('a server that drops the first connections, as a busy one does, is tried again', async () => {
    const { proxy, open } = await behindProxy({ dropFirst: 2 });
    await open();
    expect(proxy.accepted).toBe(3);
  });

  test('a server that drops every connection is given up, with advice', async () => {
    const { open } = await behindProxy({ dropFirst: 100 });
    await expect(open()).rejects.toMatchObject({
      kind: 'unreachable',
      code: 'RB501',
      hint: expect.stringMatching(/MaxStartups/),
    });
  });

  test.each(['fin', 'rst'] as const)(
    'a command that ran on after a cut (%s) is settled by its receipt',
    async (kind) => {
      const { proxy, open } = await behindProxy();
      const session = await open();
      const { code, reached, release } = gate(kind);
      const reply = script(session, `echo out; echo err >&2; echo run >>ran-${kind}; ${code}; exit 3`);
      await reached();
      proxy.cutNow(kind);
      release();
      const { rc, stdout, stderr } = await reply;
      expect([rc, stdout.bytes.toString(), stderr.bytes.toString()]).toEqual([3, 'out\n', 'err\n']);
      expect(readFileSync(join(fleet.home(), `ran-${kind}`), 'utf8')).toBe('run\n');
    },
  );

  test('requests queued behind a cut run once each', async () => {
    const { proxy, open } = await behindProxy();
    const session = await open();
    const { code, reached, release } = gate('queue');
    const lost = session.info.directory;
    const replies = Array.from({ length: 5 }, (_, n) => script(session, `echo ${n} >>ran-queue; ${code}`));
    await reached();
    proxy.cutNow('rst');
    release();
    expect((await Promise.all(replies)).map((reply) => reply.rc)).toEqual([0, 0, 0, 0, 0]);
    expect(readFileSync(join(fleet.home(), 'ran-queue'), 'utf8')).toBe('0\n1\n2\n3\n4\n');
    expect((await script(session, `ls -d ${lost}`)).rc).not.toBe(0);
  });

  test('a call that only reads is sent again', async () => {
    const { proxy, open } = await behindProxy();
    const session = await open();
    const { code, reached, release } = gate('reader');
    const reply = session.run({ type: 'call', code: `${code}; echo read`, readOnly: true });
    await reached();
    proxy.cutNow('fin');
    release();
    expect(await textOf(reply)).toBe('read\n');
    expect(proxy.accepted).toBe(2);
  });

  test('a command is unknown when the host does not come back', async () => {
    const { proxy, open } = await behindProxy({}, 700);
    const session = await open();
    const { code, reached, release } = gate('lost');
    const reply = script(session, code);
    await reached();
    Object.assign(proxy.faults, { dropFirst: 1_000 });
    proxy.cutNow('rst');
    await expect(reply).rejects.toMatchObject({ kind: 'unknown', code: 'RB514' });
    release();
  });

  test('a command whose session was killed on the host is unknown', async () => {
    const { open } = await behindProxy();
    const session = await open();
    await expect(script(session, 'kill -9 $PPID; sleep 0.2')).rejects.toMatchObject({
      kind: 'unknown',
      code: 'RB514',
    });
    expect(await textOf(script(session, 'echo a new session'))).toBe('a new session\n');
  });

  test('a cut in the middle of input runs nothing', async () => {
    for (const afterBytes of [20_000, 100_000, 400_000]) {
      const { proxy, open } = await behindProxy({}, 300);
      const session = await open();
      Object.assign(proxy.faults, { cut: { direction: 'up', afterBytes, kind: 'fin' }, dropFirst: 1_000 });
      const reply = script(session, `cat >in-${afterBytes}; echo ran >ran-${afterBytes}`, {
        stdin: Buffer.alloc(900_000, 'x'),
      });
      await expect(reply).rejects.toMatchObject({ name: 'HostError' });
      expect(() => readFileSync(join(fleet.home(), `ran-${afterBytes}`))).toThrow(/ENOENT/);
    }
  });

  test('cuts at any byte never give a false success', { timeout: 300_000 }, async () => {
    for (let cutAt = 3_000; cutAt < 9_000; cutAt += 613) {
      const { proxy, open } = await behindProxy({
        cut: { direction: 'down', afterBytes: cutAt, kind: 'rst' },
      });
      const file = `cut-${cutAt}`;
      const result = await open()
        .then((session) => script(session, `echo x >>${file}; head -c 3000 /dev/zero; echo e >&2`))
        .then(
          (reply) => reply.stdout.size,
          (error: { kind?: string }) => error.kind,
        );
      expect([3_000, 'unreachable', 'unknown']).toContain(result);
      if (result === 3_000) expect(readFileSync(join(fleet.home(), file), 'utf8')).toBe('x\n');
      expect(proxy.accepted).toBeGreaterThan(0);
    }
  });

  describe('and a command that is all that its host gets', () => {
    const alone = async (faults: Faults, text: string) => {
      const { proxy, connections, target } = await behindProxy(faults);
      const request = { type: 'exec', command: { script: text } } as const;
      return { proxy, reply: connections.runAlone(target, undefined, request) };
    };

    test.each(['fin', 'rst'] as const)('cut off while it runs (%s), it is unknown at once', async (kind) => {
      const { code, reached, release } = gate(`lone-${kind}`);
      const { proxy, reply } = await alone({}, `echo out; ${code}; echo ran on >lone-${kind}`);
      const result = reply.catch((error: unknown) => error);
      await reached();
      proxy.cutNow(kind);
      expect(await result).toMatchObject({
        kind: 'unknown',
        code: 'RB514',
        message: expect.stringMatching(/leaves no receipt/),
      });
      release();
    });

    test('its shell killed, it is unknown', async () => {
      const { reply } = await alone({}, 'kill -9 $PPID; sleep 0.2');
      await expect(reply).rejects.toMatchObject({ kind: 'unknown', code: 'RB514' });
    });

    test('cuts at any byte never give a false success', { timeout: 300_000 }, async () => {
      for (let cutAt = 2_000; cutAt < 7_000; cutAt += 613) {
        const file = `lone-cut-${cutAt}`;
        const cut = { direction: 'down', afterBytes: cutAt, kind: 'rst' } as const;
        const { reply } = await alone({ cut }, `echo x >>${file}; head -c 3000 /dev/zero; echo e >&2`);
        const result = await reply.then(
          ({ stdout, stderr }) => `${stdout.size} ${stderr.size}`,
          (error: { kind?: string }) => error.kind,
        );
        expect(['3000 2', 'unreachable', 'unknown']).toContain(result);
        if (result === '3000 2') expect(readFileSync(join(fleet.home(), file), 'utf8')).toBe('x\n');
      }
    });

    test('a cut in the middle of it runs nothing', async () => {
      for (let afterBytes = 1_900; afterBytes < 3_400; afterBytes += 250) {
        const file = `lone-up-${afterBytes}`;
        const cut = { direction: 'up', afterBytes, kind: 'fin' } as const;
        const { reply } = await alone({ cut }, `echo ${'x'.repeat(700)} >${file}`);
        await reply.catch(() => undefined);
        const written = readFileIfAny(join(fleet.home(), file));
        expect(['', `${'x'.repeat(700)}\n`]).toContain(written);
      }
    });
  });

  test('a black hole is noticed by its silence', { timeout: 180_000 }, async () => {
    const { proxy, open } = await behindProxy({}, 100);
    const session = await open();
    expect(await textOf(script(session, 'echo ok'))).toBe('ok\n');
    Object.assign(proxy.faults, { blackhole: true, silent: true });
    await expect(script(session, 'echo lost')).rejects.toMatchObject({ kind: 'unknown' });
  });

  test('a server that accepts and says nothing is given up', async () => {
    const { open } = await behindProxy({ silent: true });
    await expect(open()).rejects.toMatchObject({ kind: 'unreachable', code: 'RB503' });
  });

  test('a port that nobody listens on is refused', async () => {
    const { connections, target } = await behindProxy();
    await expect(connections.session({ ...target, port: 1 }, undefined)).rejects.toMatchObject({
      code: 'RB501',
    });
  });

  test('a name that does not exist is not resolved', async () => {
    const { connections, target } = await behindProxy();
    await expect(
      connections.session({ ...target, address: 'no-such-host.invalid' }, undefined),
    ).rejects.toMatchObject({ code: 'RB502' });
  });

  test('a server that speaks something else is shown', async () => {
    const server: Server = createServer((socket) =>
      socket.end('HTTP/1.1 400 Bad Request\r\n\x1b[31mServer: x\r\n\r\n'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const { connections, target } = await behindProxy();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(connections.session({ ...target, port }, undefined)).rejects.toMatchObject({
      code: 'RB504',
      message: expect.stringMatching(/it said: HTTP\/1\.1 400 Bad Request Server: x$/),
    });
    server.close();
  });

  test('connecting can be cancelled', async () => {
    const { connections, target } = await behindProxy({ silent: true });
    const abort = new AbortController();
    const opening = connections.session(target, undefined, abort.signal);
    abort.abort();
    await expect(opening).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
