import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AnswerControl, ControlReply, ControlRequest } from '../model/run-control.ts';

/** Systems hold 104 to 108 bytes for the path of a socket. */
const longestPathBytes = 100;
const longestRequestBytes = 64 * 1024;
const deadlineMs = 10_000;

/** A socket that answers, until it is closed. */
export interface ControlSocket {
  /** Absolute. */
  readonly path: string;
  close(): Promise<void>;
}

/**
 * Opens the control socket of a run: in its folder, or in a private temporary folder where the path would be too long.
 * Only its owner may connect. A request is one line, and so is its answer; a connection lasts 10 s at most.
 *
 * @throws the system's error where it cannot be opened.
 */
export async function openControlSocket(folder: string, answer: AnswerControl): Promise<ControlSocket> {
  const inFolder = join(folder, 'control');
  const fits = Buffer.byteLength(inFolder) <= longestPathBytes;
  const path = fits ? inFolder : join(await temporaryFolder(), 'control');
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    serve(socket, answer);
  });
  try {
    await listen(server, path);
    await chmod(path, 0o600);
  } catch (error) {
    server.close();
    if (!fits) await rm(dirname(path), { recursive: true, force: true });
    throw error;
  }
  // A run that has nothing else to do ends.
  server.unref();
  return {
    path,
    async close() {
      for (const socket of connections) socket.destroySoon();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(fits ? path : dirname(path), { recursive: true, force: true });
    },
  };
}

async function temporaryFolder(): Promise<string> {
  const parent = Buffer.byteLength(tmpdir()) <= 60 ? tmpdir() : '/tmp';
  return mkdtemp(join(parent, 'runbook-'));
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      // A connection that breaks is its own affair.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function serve(socket: Socket, answer: AnswerControl): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.unref();
  socket.on('error', () => socket.destroy());
  const timer = setTimeout(() => socket.destroy(), deadlineMs);
  timer.unref();
  socket.on('close', () => clearTimeout(timer));
  const take = (chunk: string) => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end < 0 && text.length <= longestRequestBytes) return;
    socket.off('data', take);
    const request = end < 0 ? undefined : readRequest(text.slice(0, end));
    const reply: Promise<ControlReply> =
      request === undefined
        ? Promise.resolve({ reply: 'refused', message: 'the request is not understood' })
        : answer(request);
    reply.then(
      (value) => socket.end(`${JSON.stringify(value)}\n`),
      () => socket.destroy(),
    );
  };
  socket.on('data', take);
}

function readRequest(line: string): ControlRequest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('ask' in value)) return undefined;
  if (value.ask === 'look' || value.ask === 'events') return { ask: value.ask };
  const event = 'event' in value ? value.event : undefined;
  if (typeof event !== 'string') return undefined;
  if (value.ask === 'set-event' || value.ask === 'clear-event') return { ask: value.ask, event };
  return undefined;
}
