import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { ServerChannel } from 'ssh2';

/** Where ssh2 keeps what it could not send yet. */
interface WaitingChunks {
  _chunk?: unknown;
  _chunkcb?: unknown;
}

/**
 * Sends what a command prints to the client, piece by piece: ssh2 has one place for what waits until the client has room,
 * and would lose or repeat a piece of one stream while a piece of the other waits. The command waits as long.
 *
 * @returns a promise that resolves when all that was printed is sent, or the channel is gone; call it when the command has ended.
 */
export function sendOutput(child: ChildProcess, channel: ServerChannel): () => Promise<void> {
  const gone = new Promise<void>((resolve) => void channel.on('close', resolve));
  let sent = Promise.resolve();
  const forward = (stream: Readable | null, write: (chunk: Buffer, done: () => void) => void) =>
    stream?.on('data', (chunk: Buffer) => {
      stream.pause();
      const send = () => Promise.race([gone, new Promise<void>((resolve) => write(chunk, resolve))]);
      sent = sent.then(send).then(() => void stream.resume());
    });
  forward(child.stdout, (chunk, done) => void channel.write(chunk, done));
  forward(child.stderr, (chunk, done) => {
    // What was sent last on standard output stays there, and would be sent again in place of this piece.
    const waiting = channel as WaitingChunks;
    waiting._chunk = undefined;
    waiting._chunkcb = undefined;
    channel.stderr.write(chunk, done);
  });
  return () => sent;
}
