import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Whose bytes: the client's or the server's. */
export type Direction = 'up' | 'down';

/** What a proxy does to the connections that it carries. All of it can be changed while they are open. */
export interface Faults {
  /** Holds every chunk back for this long, in each direction. */
  delayMs?: number | undefined;
  /** Sends the first 256 bytes or so of the server in pieces of this size, each in a packet of its own. */
  fragmentBytes?: number | undefined;
  /** Cuts a connection when so many bytes have gone one way; once, the next connection is spared. */
  cut?:
    | { readonly direction: Direction; readonly afterBytes: number; readonly kind: 'fin' | 'rst' }
    | undefined;
  /** Passes nothing on, and closes nothing: a network that lost its way. */
  blackhole?: boolean | undefined;
  /** Accepts connections and says nothing, ever. */
  silent?: boolean | undefined;
  /** Ends the first so many connections at once, as a server that is too busy does. */
  dropFirst?: number | undefined;
}

/** How much of a connection's start is sent in pieces. */
const fragmentedBytes = 256;

/** A TCP proxy on loopback that does harm when told to. */
export interface FaultProxy {
  readonly address: string;
  readonly port: number;
  readonly faults: Faults;
  /** How many connections were accepted so far. */
  readonly accepted: number;
  /** Bytes carried so far, by direction, over all connections. */
  readonly carried: Readonly<Record<Direction, number>>;
  /** Resolves when so many bytes have gone one way. */
  carriedAtLeast(direction: Direction, bytes: number): Promise<void>;
  /** Ends all open connections. */
  cutNow(kind: 'fin' | 'rst'): void;
  stop(): Promise<void>;
}

/** Starts a proxy in front of a server. */
export async function startFaultProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<FaultProxy> {
  const proxy = new TcpProxy(target);
  await proxy.listen();
  return proxy;
}

class TcpProxy implements FaultProxy {
  readonly address = '127.0.0.1';
  readonly faults: Faults = {};
  readonly carried = { up: 0, down: 0 };
  accepted = 0;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  readonly #waiting: { readonly direction: Direction; readonly bytes: number; readonly done: () => void }[] =
    [];

  constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  get port(): number {
    // A server that listens on TCP has an address of this shape.
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, this.address);
    await once(this.#server, 'listening');
  }

  carriedAtLeast(direction: Direction, bytes: number): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ direction, bytes, done });
      this.#count(direction, 0);
    });
  }

  cutNow(kind: 'fin' | 'rst'): void {
    for (const pair of this.#pairs) pair.cut(kind);
  }

  async stop(): Promise<void> {
    for (const pair of this.#pairs) pair.cut('rst');
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    this.accepted++;
    client.on('error', () => undefined);
    if (this.accepted <= (this.faults.dropFirst ?? 0)) {
      client.destroy();
      return;
    }
    const server = this.faults.silent === true ? undefined : connect({ ...this.#target, noDelay: true });
    const pair = new Pair(client, server, this.faults, (direction, bytes) => this.#count(direction, bytes));
    this.#pairs.add(pair);
    client.once('close', () => this.#pairs.delete(pair));
  }

  #count(direction: Direction, bytes: number): void {
    this.carried[direction] += bytes;
    for (const waiter of [...this.#waiting]) {
      if (this.carried[waiter.direction] < waiter.bytes) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      waiter.done();
    }
  }
}

/** The two ends of one connection. */
class Pair {
  readonly #client: Socket;
  readonly #server: Socket | undefined;
  readonly #faults: Faults;
  readonly #count: (direction: Direction, bytes: number) => void;
  readonly #passed = { up: 0, down: 0 };
  readonly #queues: Record<Direction, Promise<void>> = { up: Promise.resolve(), down: Promise.resolve() };

  constructor(
    client: Socket,
    server: Socket | undefined,
    faults: Faults,
    count: (direction: Direction, bytes: number) => void,
  ) {
    this.#client = client;
    this.#server = server;
    this.#faults = faults;
    this.#count = count;
    client.setNoDelay(true);
    if (server === undefined) {
      client.resume();
      return;
    }
    server.on('error', () => client.destroy());
    this.#carry('up', client, server);
    this.#carry('down', server, client);
  }

  cut(kind: 'fin' | 'rst'): void {
    for (const socket of [this.#client, this.#server]) {
      if (kind === 'rst') socket?.resetAndDestroy();
      else socket?.destroy();
    }
  }

  #carry(direction: Direction, from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      from.pause();
      this.#queues[direction] = this.#queues[direction].then(async () => {
        await this.#pass(direction, chunk, to);
        from.resume();
      });
    });
    from.on('end', () => {
      this.#queues[direction] = this.#queues[direction].then(() => {
        if (this.#faults.blackhole !== true) to.end();
      });
    });
  }

  async #pass(direction: Direction, chunk: Buffer, to: Socket): Promise<void> {
    const { delayMs, fragmentBytes, cut } = this.#faults;
    if (delayMs !== undefined) await new Promise((done) => setTimeout(done, delayMs));
    if (this.#faults.blackhole === true) return;
    const room =
      cut?.direction === direction ? cut.afterBytes - this.#passed[direction] : Number.POSITIVE_INFINITY;
    const allowed = chunk.subarray(0, Math.max(0, room));
    const early = direction === 'down' && this.#passed.down < fragmentedBytes;
    const size = early ? (fragmentBytes ?? allowed.length) : allowed.length;
    for (let at = 0; at < allowed.length; at += size)
      await write(to, allowed.subarray(at, at + size), size < allowed.length);
    this.#passed[direction] += allowed.length;
    this.#count(direction, allowed.length);
    if (allowed.length < chunk.length && cut !== undefined) {
      Object.assign(this.#faults, { cut: undefined });
      this.cut(cut.kind);
    }
  }
}

/** Writes, and lets the packet leave before the next one where pieces have to arrive as pieces. */
async function write(to: Socket, bytes: Buffer, apart: boolean): Promise<void> {
  if (to.destroyed) return;
  await new Promise<void>((done) => {
    const finish = () => {
      to.off('close', finish);
      done();
    };
    to.once('close', finish);
    to.write(bytes, finish);
  });
  if (apart) await new Promise((done) => setTimeout(done, 2));
}
