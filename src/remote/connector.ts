import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionTarget, HostError } from '../model/host.ts';
import { dial } from './dial.ts';
import { JumpHosts } from './jump-hosts.ts';
import { LocalTransport } from './local-transport.ts';
import type { Pacing } from './pacing.ts';
import { DroppedEarly, type SshConnection, type SshServices, sshConnect } from './ssh-connect.ts';
import { resolveSettings, type SettingsContext, type SshSettings } from './ssh-settings.ts';
import { SshTransport } from './ssh-transport.ts';
import type { Transport } from './transport.ts';

/** How often a login is tried when the server drops it before its key is seen, as a busy one does. */
const dropAttempts = 5;

/** How often a refused connection is tried. */
const refusedAttempts = 2;

/** Makes connections, with what those of one run share. */
export class Connector {
  readonly #context: SettingsContext;
  readonly #services: SshServices;
  readonly #pacing: Pacing;
  readonly #jumps: JumpHosts;

  constructor(context: SettingsContext, services: SshServices, pacing: Pacing) {
    this.#context = context;
    this.#services = services;
    this.#pacing = pacing;
    this.#jumps = new JumpHosts((target) => this.#connectSsh(target));
  }

  /**
   * Opens a connection.
   *
   * @throws HostError `unreachable` RB501 to RB509, RB515, RB516; `cancelled` RB518.
   */
  async connect(target: ConnectionTarget, signal?: AbortSignal): Promise<Transport> {
    if (target.connection === 'local')
      return new LocalTransport(this.#context.env, this.#context.localDirectory);
    const { settings, connection } = await this.#connectSsh(target, signal);
    return new SshTransport(target.name, settings.user, connection);
  }

  /** Closes the connections to jump hosts. */
  close(): void {
    this.#jumps.close();
  }

  async #connectSsh(
    target: ConnectionTarget,
    signal?: AbortSignal,
  ): Promise<{ settings: SshSettings; connection: SshConnection }> {
    const settings = resolveSettings(target, this.#context);
    const connection = await this.#withRetries(
      settings,
      () => this.#connectOnce(target, settings, signal),
      signal,
    );
    return { settings, connection };
  }

  async #connectOnce(
    target: ConnectionTarget,
    settings: SshSettings,
    signal: AbortSignal | undefined,
  ): Promise<SshConnection> {
    const { proxyJump } = settings;
    const place = `${proxyJump ?? ''}|${settings.dialHost}|${settings.port}`;
    const leave = await this.#pacing.enter(place, signal);
    try {
      const raw =
        proxyJump === undefined
          ? await dial(settings.hostName, settings.dialHost, settings.port, settings.connectTimeoutMs, signal)
          : await this.#jumps.reach(proxyJump, target, settings, signal);
      return await sshConnect(raw, settings, this.#services, proxyJump, signal);
    } catch (error) {
      if (error instanceof DroppedEarly) this.#pacing.lower(place);
      throw error;
    } finally {
      leave();
    }
  }

  async #withRetries<T>(
    settings: SshSettings,
    attempt: () => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    for (let made = 1; ; made++) {
      try {
        return await attempt();
      } catch (error) {
        const dropped = error instanceof DroppedEarly;
        const refused = error instanceof HostError && error.code === 'RB501';
        const limit = dropped ? dropAttempts : refused ? refusedAttempts : 0;
        if (made >= limit) throw dropped ? droppedError(settings, error) : error;
        await delay(200 * 2 ** (made - 1) * (0.5 + Math.random()), undefined, {
          signal: signal ?? undefined,
        });
      }
    }
  }
}

function droppedError(settings: SshSettings, error: DroppedEarly): HostError {
  const message = `${settings.hostName}: ${settings.dialHost}:${settings.port} accepted and then dropped the connection ${dropAttempts} times: ${error.message}`;
  return new HostError('unreachable', 'RB501', message, {
    hint: 'the server may be at its MaxStartups limit, or penalise this address for earlier failed logins: wait a minute',
    cause: error,
  });
}
