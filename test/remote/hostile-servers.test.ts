import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection, type ServerChannel, type Session as ServerSession } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Connections, ConnectionTarget } from '../../src/model/host.ts';
import { createConnections } from '../../src/remote/connections.ts';
import type { HostLink } from '../../src/remote/host-link.ts';
import { runLoneCommand } from '../../src/remote/lone-command.ts';
import type { ConnectionsOptions } from '../../src/remote/remote-options.ts';
import type { Transport } from '../../src/remote/transport.ts';
import { type Fleet, type FleetOptions, fleetAvailable, startFleet } from '../support/fleet.ts';
import { script, targetOf, textOf } from './contract/place.ts';

const work = mkdtempSync(join(tmpdir(), 'runbook-hostile-'));
const opened: Connections[] = [];
const servers: { close(): unknown }[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  await Promise.all(opened.splice(0).map((connections) => connections.close()));
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe.skipIf(fleetAvailable() !== undefined)('a hostile host', () => {
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await startFleet({ count: 1 });
  });

  afterAll(() => fleet.stop());

  const to = (
    port: number,
    options: Partial<ConnectionsOptions> = {},
    rest: Partial<ConnectionTarget> = {},
  ) => {
    const connections = createConnections({
      shellLibrary: '',
      spoolDir: work,
      home: fleet.controllerHome,
      sshConfigText: '',
      env: {},
      lostAfterMs: 500,
      ...options,
    });
    opened.push(connections);
    const target = targetOf(fleet, { address: '127.0.0.1', port, hostKeyPolicy: 'off', ...rest });
    return { connections, target };
  };

  const listening = async (server: Server) => {
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    // A server that listens on TCP has an address of this shape.
    return (server.address() as AddressInfo).port;
  };

  /** A server of plain TCP: `serve` gets each connection, and how many there were before. */
  const plain = (serve: (socket: Socket, before: number) => void) => {
    let count = 0;
    return listening(
      createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.resume();
        serve(socket, count++);
      }),
    );
  };

  const carry = (socket: Socket, change: (chunk: Buffer, at: number) => Buffer = (chunk) => chunk) => {
    const [host] = fleet.hosts;
    if (host === undefined) throw new RangeError('no host');
    const server = connect({ host: host.address, port: host.port });
    server.on('error', () => socket.destroy());
    socket.on('close', () => server.destroy());
    server.on('close', () => socket.end());
    let at = 0;
    server.on('data', (chunk: Buffer) => {
      socket.write(change(chunk, at));
      at += chunk.length;
    });
    socket.on('data', (chunk: Buffer) => server.write(chunk));
  };

  const banner = 'SSH-2.0-OpenSSH_9.2\r\n';

  test.each<[string, RegExp, (socket: Socket) => void]>([
    ['talks without end before its identification', /RB504/, (socket) => socket.write('x'.repeat(90_000))],
    ['identifies itself and closes', /RB501.*closed/, (socket) => socket.end(banner)],
    [
      'sends zeros',
      /RB501.*packet/i,
      (socket) => socket.write(Buffer.concat([Buffer.from(banner), Buffer.alloc(9_000)])),
    ],
    [
      'sends text',
      /RB501.*packet/i,
      (socket) => socket.write(`${'noise\r\n'.repeat(500)}${banner}Too many of you\r\n`),
    ],
    ['speaks an old protocol', /RB501.*identification/i, (socket) => socket.write('SSH-1.5-old\r\n')],
    ['resets the connection', /RB501/, (socket) => socket.resetAndDestroy()],
  ])('that %s is unreachable', async (_what, message, serve) => {
    const { connections, target } = to(await plain(serve), { wait: async () => undefined });
    const error: unknown = await connections.session(target, undefined).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'HostError', kind: 'unreachable' });
    expect(`${(error as { code: string }).code} ${(error as Error).message}`).toMatch(message);
  });

  test.each([
    ['Not allowed at this time', 2, 15_000, /PerSourcePenalties/],
    ['Exceeded MaxStartups', 5, 100, /MaxStartups/],
  ])(
    'that says "%s" is tried again after a wait, for a bounded time',
    async (words, times, atLeastMs, hint) => {
      const waits: number[] = [];
      const notices: string[] = [];
      const options = {
        onNotice: (_host: string, text: string) => notices.push(text),
        wait: async (ms: number) => {
          waits.push(ms);
        },
      };
      const port = await plain((socket, before) => {
        if (before < times) socket.end(`${words}\r\n`);
        else carry(socket);
      });
      const { connections, target } = to(port, options);
      expect(await textOf(script(await connections.session(target, undefined), 'echo hi'))).toBe('hi\n');
      expect(waits).toHaveLength(times);
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(atLeastMs);
      expect(notices).toHaveLength(waits.filter((ms) => ms >= 5_000).length);
      for (const text of notices) expect(text).toMatch(new RegExp(`${words}.*next attempt is in \\d+ s`));

      waits.length = 0;
      const deaf = to(await plain((socket) => socket.end(`${words}\r\n`)), options);
      const given: unknown = await deaf.connections.session(deaf.target, undefined).catch((error) => error);
      expect(given).toMatchObject({ code: 'RB501', hint: expect.stringMatching(hint) });
      expect(String(given)).toMatch(new RegExp(`${waits.length + 1} times in \\d+ s: ${words}`));
      expect(waits.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(72_000);
    },
  );

  test('that damages a byte never gives a false success', async () => {
    for (const at of [30, 700, 1_300, 1_700, 2_300, 2_700, 3_100, 3_600]) {
      const port = await plain((socket) =>
        carry(socket, (chunk, from) => {
          if (at < from || at >= from + chunk.length) return chunk;
          const damaged = Buffer.from(chunk);
          damaged.writeUInt8(damaged.readUInt8(at - from) ^ 0x10, at - from);
          return damaged;
        }),
      );
      const { connections, target } = to(port, { wait: async () => undefined });
      const request = { type: 'exec', command: { script: 'echo hi' } } as const;
      const result = await connections.runAlone(target, undefined, request).then(
        (reply) => `${reply.rc} ${reply.stdout.bytes.toString()}`,
        (error: { kind?: string; message: string }) => `${error.kind}: ${error.message}`,
      );
      expect(result).toMatch(/^(0 hi\n|unreachable: |unknown: )/);
      expect(result).not.toMatch(/lib\(0\)/);
    }
  });

  /** A server that lets everybody in, and then does as it likes. */
  const friendly = async (serve: (client: Connection) => void) => {
    const hostKeys = [readFileSync(join(fleet.root, 'host_key'))];
    const server = new ssh2.Server({ hostKeys }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (login) => login.accept());
      client.on('ready', () => serve(client));
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
    // As above.
    return (server.address() as AddressInfo).port;
  };

  const onSession = (serve: (session: ServerSession, client: Connection) => void) => (client: Connection) =>
    client.on('session', (accept) => serve(accept(), client));

  const onExec = (serve: (stream: ServerChannel, token: string, client: Connection) => void) =>
    onSession((session, client) =>
      session.on('exec', (accept, _reject, { command }) =>
        serve(accept(), `${/echo (\w+)/.exec(command)?.[1]}\n`, client),
      ),
    );

  test.each<[string, (client: Connection) => void]>([
    ['closes right after the login', (client) => client.end()],
    ['opens no session', (client) => client.on('session', (_accept, reject) => reject())],
    ['runs nothing', onSession((session) => session.on('exec', (_accept, reject) => reject()))],
    ['closes the channel without a status', onExec((stream) => stream.close())],
    [
      'says that all went well, and did nothing',
      onExec((stream) => {
        stream.exit(0);
        stream.end();
      }),
    ],
    [
      'prints a megabyte of rubbish and ends well',
      onExec((stream) => {
        stream.write(Buffer.alloc(1 << 20, 'rubbish\u0000'));
        stream.exit(0);
        stream.end();
      }),
    ],
    [
      'greets, and ends well',
      onExec((stream, token) => {
        stream.write(token);
        stream.exit(0);
        stream.end();
      }),
    ],
    [
      'greets, and cuts the connection',
      onExec((stream, token, client) => {
        stream.write(token);
        client.end();
      }),
    ],
  ])('that %s is never taken for a success', async (_what, serve) => {
    const { connections, target } = to(await friendly(serve));
    const request = { type: 'exec', command: { script: 'echo hi' } } as const;
    const bySession = connections.session(target, undefined).then((session) => session.run(request));
    await expect(bySession).rejects.toMatchObject({ name: 'HostError', kind: 'unreachable' });
    const alone = connections.runAlone({ ...target, name: 'other' }, undefined, request);
    await expect(alone).rejects.toMatchObject({
      name: 'HostError',
      kind: expect.stringMatching(/^(unreachable|unknown)$/),
    });
  });

  test('that is a jump host and closes after the login is named', async () => {
    const port = await friendly((client) => client.end());
    const { connections, target } = to(22, {}, { proxyJump: `someone@127.0.0.1:${port}` });
    await expect(connections.session(target, undefined)).rejects.toMatchObject({
      kind: 'unreachable',
      code: 'RB516',
    });
  });

  test.each<[string, Partial<FleetOptions>, string]>([
    [
      'a login shell that prints a megabyte first',
      { loginShell: '/bin/bash' },
      'head -c 1000000 /dev/urandom; echo\n',
    ],
    ['one session and one login at a time', { maxSessions: 1, maxStartups: '1' }, ''],
    [
      'a home that cannot be written to',
      {
        mounts: [
          'mount --bind "$FLEET_ROOT/home" "$FLEET_ROOT/home"',
          'mount -o remount,ro,bind "$FLEET_ROOT/home"',
        ],
      },
      '',
    ],
  ])('with %s carries out its steps', async (_what, options, rc) => {
    const odd = await startFleet({ count: 1, ...options });
    try {
      if (rc !== '') writeFileSync(join(odd.home(), '.bashrc'), rc);
      const connections = createConnections({
        shellLibrary: '',
        spoolDir: work,
        home: odd.controllerHome,
        env: {},
      });
      opened.push(connections);
      const texts = await Promise.all(
        odd.hosts.map(async ({ name, address }) => {
          const session = await connections.session(targetOf(odd, { name, address }), undefined);
          const both = [
            script(session, 'echo one; cat', { stdin: Buffer.alloc(70_000, 'y') }),
            script(session, 'echo two'),
          ];
          return Promise.all(both.map(textOf));
        }),
      );
      expect(texts).toEqual(odd.hosts.map(() => [`one\n${'y'.repeat(70_000)}`, 'two\n']));
    } finally {
      await Promise.all(opened.splice(0).map((connections) => connections.close()));
      await odd.stop();
    }
  });
});

test('a shell that greets and then says nothing leaves a lone command unknown', async () => {
  vi.useFakeTimers();
  try {
    const transport: Transport = {
      kind: 'ssh',
      user: 'someone',
      isOpen: true,
      lostBecause: undefined,
      open: async (request, handlers) => {
        const token = /echo (\w+)/.exec(request.command)?.[1];
        queueMicrotask(() => handlers.onStdout(Buffer.from(`${token}\nrubbish\n`)));
        const nothing = () => undefined;
        return {
          write: async () => undefined,
          end: nothing,
          pause: nothing,
          resume: nothing,
          destroy: nothing,
        };
      },
      destroy: () => undefined,
    };
    // All of a link that a lone command asks for.
    const link = { target: { name: 'h1' }, transport: async () => transport } as unknown as HostLink;
    const services = { shellLibrary: '', spoolDir: work, lostAfterMs: 1 };
    const ended = runLoneCommand(
      link,
      () => 'true',
      services,
      () => undefined,
      undefined,
    ).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(await ended).toMatchObject({
      kind: 'unknown',
      code: 'RB514',
      message: expect.stringMatching(/within 15 s/),
    });
  } finally {
    vi.useRealTimers();
  }
});
