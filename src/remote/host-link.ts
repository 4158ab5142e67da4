import { type ConnectionTarget, HostError } from '../model/host.ts';
import type { Connector } from './connector.ts';
import type { Transport } from './transport.ts';
import { withSignal } from './with-signal.ts';

/** The connection to one host: opened when first needed, opened again when it is gone. */
export class HostLink {
  readonly target: ConnectionTarget;
  readonly #connector: Connector;
  #opening: Promise<Transport> | undefined;
  #abort = new AbortController();
  #closed = false;
  #current: Transport | undefined;

  constructor(target: ConnectionTarget, connector: Connector) {
    this.target = target;
    this.#connector = connector;
  }

  get isOpen(): boolean {
    return this.#current?.isOpen === true;
  }

  /** The connection, shared by all callers. A caller that gives up does not end it for the others. */
  async transport(signal?: AbortSignal): Promise<Transport> {
    if (this.#current?.isOpen === true) return this.#current;
    if (this.#closed) throw this.#cancelled('the run is over');
    this.#opening ??= this.#connector.connect(this.target, this.#abort.signal).finally(() => {
      this.#opening = undefined;
    });
    const opening = this.#opening;
    void opening.then(
      (transport) => {
        this.#current = transport;
      },
      () => undefined,
    );
    try {
      return await withSignal(opening, signal);
    } catch (error) {
      if (error instanceof HostError || signal?.aborted !== true) throw error;
      throw this.#cancelled('connecting was cancelled', error);
    }
  }

  /** A connection of its own, for a server that allows no further session on the shared one. */
  extraTransport(signal?: AbortSignal): Promise<Transport> {
    return this.#connector.connect(this.target, signal);
  }

  /** Gives up a connection that is on its way. With `forGood`, none is opened any more. */
  stopOpening(forGood: boolean): void {
    this.#closed ||= forGood;
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** Ends the connection. */
  drop(): void {
    this.#current?.destroy();
    void this.#opening?.then(
      (transport) => transport.destroy(),
      () => undefined,
    );
  }

  #cancelled(why: string, cause?: unknown): HostError {
    return new HostError('cancelled', 'RB518', `${this.target.name}: ${why}`, { cause });
  }
}
