import { type ConnectionTarget, HostError } from '../model/host.ts';
import type { Connector } from './connector.ts';
import type { Transport } from './transport.ts';
import { withSignal } from './with-signal.ts';

/** The connection to one host: opened when first needed, opened again when it is gone. */
export class HostLink {
  readonly target: ConnectionTarget;
  readonly #connector: Connector;
  #opening: Promise<Transport> | undefined;
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
    this.#opening ??= this.#connector.connect(this.target).finally(() => {
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
      throw new HostError('cancelled', 'RB518', `${this.target.name}: connecting was cancelled`, {
        cause: error,
      });
    }
  }

  /** A connection of its own, for a server that allows no further session on the shared one. */
  extraTransport(signal?: AbortSignal): Promise<Transport> {
    return this.#connector.connect(this.target, signal);
  }

  /** Ends the connection. */
  drop(): void {
    this.#current?.destroy();
    void this.#opening?.then(
      (transport) => transport.destroy(),
      () => undefined,
    );
  }
}
