import type { Duplex } from 'node:stream';
import { type ConnectionTarget, HostError } from '../model/host.ts';
import { disconnect, type SshConnection } from './ssh-connect.ts';
import { jumpTarget, type SshSettings } from './ssh-settings.ts';
import { withSignal } from './with-signal.ts';

/** A channel through a jump host must be open within this time. */
const forwardTimeoutMs = 10_000;

/** Connects to a host directly. */
type ConnectJump = (target: ConnectionTarget) => Promise<{ connection: SshConnection }>;

/** Connections to jump hosts: one for each, shared by all hosts behind it, verified under its own name. */
export class JumpHosts {
  readonly #connect: ConnectJump;
  readonly #open = new Map<string, Promise<SshConnection>>();

  constructor(connect: ConnectJump) {
    this.#connect = connect;
  }

  /**
   * A byte stream to a host behind a jump host.
   *
   * @throws HostError RB516 with the reason.
   */
  async reach(
    jump: string,
    target: ConnectionTarget,
    settings: SshSettings,
    signal?: AbortSignal,
  ): Promise<Duplex> {
    const connection = await this.#connection(jump, target, signal);
    return new Promise((resolve, reject) => {
      const fail = (why: string) =>
        reject(jumpError(target, jump, `it does not reach ${settings.dialHost}:${settings.port}: ${why}`));
      const timer = setTimeout(() => fail(`no answer within ${forwardTimeoutMs / 1000} s`), forwardTimeoutMs);
      const { dialHost, port } = settings;
      try {
        connection.client.forwardOut('127.0.0.1', 0, dialHost, port, (error, stream) => {
          clearTimeout(timer);
          if (error === undefined || error === null) resolve(stream);
          else fail(error.message);
        });
      } catch (error) {
        // The connection to the jump host was lost after its login.
        clearTimeout(timer);
        fail(error instanceof Error ? error.message : String(error));
      }
    });
  }

  close(): void {
    for (const opening of this.#open.values()) void opening.then(disconnect, () => undefined);
    this.#open.clear();
  }

  async #connection(
    jump: string,
    target: ConnectionTarget,
    signal: AbortSignal | undefined,
  ): Promise<SshConnection> {
    const known = this.#open.get(jump);
    const opening = known ?? this.#connectJump(jump, target);
    if (known === undefined) this.#open.set(jump, opening);
    try {
      return await withSignal(opening, signal);
    } catch (error) {
      if (signal?.aborted === true) throw error;
      this.#open.delete(jump);
      if (error instanceof HostError && error.kind === 'cancelled') throw error;
      throw jumpError(target, jump, error instanceof Error ? error.message : String(error), error);
    }
  }

  async #connectJump(jump: string, target: ConnectionTarget): Promise<SshConnection> {
    const { connection } = await this.#connect(jumpTarget(jump, target));
    connection.client.once('close', () => this.#open.delete(jump));
    return connection;
  }
}

function jumpError(target: ConnectionTarget, jump: string, why: string, cause?: unknown): HostError {
  const hint = cause instanceof HostError ? cause.hint : undefined;
  return new HostError(
    'unreachable',
    'RB516',
    `${target.name}: jump host ${jump}: ${why}`,
    hint === undefined ? { cause } : { hint, cause },
  );
}
