import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { dial } from '../../src/remote/dial.ts';
import { IdentStream } from '../../src/remote/ident-stream.ts';

/** Runs with a server on loopback whose `reset` breaks off the connection that it has, or gets next. */
async function withServer(run: (port: number, reset: () => void) => Promise<void>): Promise<void> {
  const reset = new AbortController();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    const drop = () => void socket.resetAndDestroy();
    if (reset.signal.aborted) drop();
    else reset.signal.addEventListener('abort', drop);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    // A server that listens on a port has such an address.
    await run((server.address() as AddressInfo).port, () => reset.abort());
  } finally {
    server.close();
  }
}

/** Unlike `once` of node:events, it does not listen for errors. */
function closed(stream: Duplex): Promise<void> {
  return new Promise((resolve) => stream.once('close', resolve));
}

describe('a connection that is reset before anybody speaks on it', () => {
  it('closes the stream, which keeps the cause, and is no uncaught error', async () => {
    await withServer(async (port, reset) => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      const stream = new IdentStream(socket);
      reset();
      await closed(stream);
      expect(stream.errored).toMatchObject({ code: 'ECONNRESET' });
    });
  });

  it('is told by the socket that was dialled, though nobody listens to it', async () => {
    await withServer(async (port, reset) => {
      const socket = await dial('web1', '127.0.0.1', port, 5_000);
      socket.resume();
      reset();
      await closed(socket);
      expect(socket.errored).toMatchObject({ code: 'ECONNRESET' });
    });
  });
});

describe('what is written', () => {
  /** A stream that keeps the pieces that reach it. */
  const recorder = () => {
    const pieces: string[] = [];
    const raw = new Duplex({
      read: () => undefined,
      write: (chunk, _encoding, done) => {
        pieces.push(String(chunk));
        done();
      },
      writev: (chunks, done) => {
        pieces.push(chunks.map(({ chunk }) => String(chunk)).join(''));
        done();
      },
    });
    return { pieces, stream: new IdentStream(raw) };
  };
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

  it('in one turn leaves in one piece, in order', async () => {
    const { pieces, stream } = recorder();
    for (const part of ['length', ' packet', ' tag']) stream.write(part);
    expect(pieces).toEqual([]);
    await nextTurn();
    stream.write('next');
    await nextTurn();
    expect(pieces).toEqual(['length packet tag', 'next']);
  });

  it('is sent before the stream closes, by its end or at once', async () => {
    const [ended, destroyed] = [recorder(), recorder()];
    ended.stream.write('farewell ');
    ended.stream.end('to you');
    destroyed.stream.write('farewell ');
    destroyed.stream.write('at once');
    destroyed.stream.destroy();
    await nextTurn();
    expect(ended.pieces.join('')).toBe('farewell to you');
    expect(destroyed.pieces.join('')).toBe('farewell at once');
  });
});
