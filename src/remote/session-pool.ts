import { HostError, type HostRequest, type Reply, type Session, type SessionInfo } from '../model/host.ts';
import type { HostSession } from './host-session.ts';

/** A request waits this long for a session that others use before a further one is opened: most are done by then. */
const patienceMs = 250;

/** How long a further session may take to open on the shared connection, whose server may allow no more of them. */
const sharedOpenTimeoutMs = 5_000;

/** Makes a session: on the connection that all share, or on one of its own. */
export type MakeSession = (connection: 'shared' | 'own') => HostSession;

interface Waiter {
  readonly take: (session: HostSession) => void;
}

/**
 * The sessions for one user on one host. One is enough while steps follow each other; those that the author made
 * parallel get further ones, so that none waits for the end of another. Waiters are served first come, first served.
 */
export class SessionPool {
  readonly #make: MakeSession;
  readonly #hostName: string;
  readonly #first: HostSession;
  readonly #all: HostSession[];
  readonly #free: HostSession[];
  readonly #waiting: Waiter[] = [];
  #closed = false;

  constructor(hostName: string, make: MakeSession) {
    this.#hostName = hostName;
    this.#make = make;
    this.#first = make('shared');
    this.#all = [this.#first];
    this.#free = [this.#first];
  }

  /** Opens the first session where it is not open. @throws HostError */
  async open(signal?: AbortSignal): Promise<SessionInfo> {
    return (await this.#first.shell(signal)).info;
  }

  /** A session for one caller: its requests are carried out in order, those of other callers beside them. */
  lease(): Session {
    return new LeasedSession(this, this.#first);
  }

  /** A session that nobody uses. @throws HostError RB518 when the signal is aborted first. */
  async take(signal?: AbortSignal): Promise<HostSession> {
    const free = this.#free.shift();
    if (free !== undefined) return free;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => void this.#grow(), patienceMs);
      const leave = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const waiter: Waiter = {
        take: (session) => {
          leave();
          resolve(session);
        },
      };
      const abort = () => {
        leave();
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(this.#cancelled());
      };
      if (signal?.aborted === true) {
        clearTimeout(timer);
        reject(this.#cancelled());
        return;
      }
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** Gives a session back. */
  giveBack(session: HostSession): void {
    const next = this.#waiting.shift();
    if (next !== undefined) next.take(session);
    else if (session === this.#first) this.#free.unshift(session);
    else this.#free.push(session);
  }

  /** Ends all sessions. Never throws. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#all.map((session) => session.close()));
  }

  async #grow(): Promise<void> {
    for (const connection of ['shared', 'own'] as const) {
      if (this.#closed) return;
      const session = this.#make(connection);
      this.#all.push(session);
      try {
        await session.shell(connection === 'shared' ? AbortSignal.timeout(sharedOpenTimeoutMs) : undefined);
        this.giveBack(session);
        return;
      } catch {
        // Whoever waits goes on waiting for the sessions that there are.
      }
    }
  }

  #cancelled(): HostError {
    return new HostError(
      'cancelled',
      'RB518',
      `${this.#hostName}: the request was cancelled before it started`,
    );
  }
}

/** What one caller sees: a session that is its own while a request is in flight. */
class LeasedSession implements Session {
  readonly #pool: SessionPool;
  readonly #first: HostSession;
  #taken: Promise<HostSession> | undefined;
  #inFlight = 0;

  constructor(pool: SessionPool, first: HostSession) {
    this.#pool = pool;
    this.#first = first;
  }

  get info(): SessionInfo {
    return this.#first.info;
  }

  async run(request: HostRequest, signal?: AbortSignal): Promise<Reply> {
    this.#inFlight++;
    this.#taken ??= this.#pool.take(signal);
    const taken = this.#taken;
    try {
      return await (await taken).run(request, signal);
    } finally {
      this.#inFlight--;
      if (this.#inFlight === 0) {
        this.#taken = undefined;
        void taken.then(
          (session) => this.#pool.giveBack(session),
          () => undefined,
        );
      }
    }
  }
}
