import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionTarget, HostError } from '../model/host.ts';
import { backOffMs, type TurnedAway } from './back-off.ts';
import { dial } from './dial.ts';
import { JumpHosts } from './jump-hosts.ts';
import { LocalTransport } from './local-transport.ts';
import type { Pacing } from './pacing.ts';
import { DroppedEarly, type SshConnection, type SshServices, sshConnect } from './ssh-connect.ts';
import { resolveSettings, type SettingsContext, type SshSettings } from './ssh-settings.ts';
import { SshTransport } from './ssh-transport.ts';
import type { Transport } from './transport.ts';

/** A wait of this length or longer is told. */
const toldWaitMs = 5_000;

/** What a connector tells, and how its time passes. */
export interface ConnectorPorts {
  onNotice(hostName: string, text: string): void;
  /** Passes time between attempts. @throws the signal's reason when it is aborted. */
  wait?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

/** Makes connections, with what those of one run share. */
export class Connector {
  readonly #context: SettingsContext;
  readonly #services: SshServices;
  readonly #pacing: Pacing;
  readonly #jumps: JumpHosts;
  readonly #ports: ConnectorPorts;

  constructor(context: SettingsContext, services: SshServices, pacing: Pacing, ports: ConnectorPorts) {
    this.#context = context;
    this.#services = services;
    this.#pacing = pacing;
    this.#ports = ports;
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
    const times: Record<TurnedAway, number> = { refused: 0, dropped: 0, busy: 0, penalised: 0 };
    let waitedMs = 0;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const how = turnedAway(error);
        if (how === undefined) throw error;
        times[how]++;
        const waitMs = backOffMs(how, times[how], Math.random());
        if (waitMs === undefined)
          throw error instanceof DroppedEarly ? droppedError(settings, error, times, waitedMs) : error;
        if (waitMs >= toldWaitMs) this.#ports.onNotice(settings.hostName, waitText(error, waitMs));
        await this.#wait(waitMs, signal);
        waitedMs += waitMs;
      }
    }
  }

  async #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#ports.wait !== undefined) await this.#ports.wait(ms, signal);
    else await delay(ms, undefined, { signal: signal ?? undefined });
  }
}

function turnedAway(error: unknown): TurnedAway | undefined {
  if (error instanceof DroppedEarly) return error.how;
  return error instanceof HostError && error.code === 'RB501' ? 'refused' : undefined;
}

function waitText(error: unknown, waitMs: number): string {
  const why = error instanceof Error ? error.message : String(error);
  return `the server takes no connection for now (${why}): the next attempt is in ${Math.round(waitMs / 1_000)} s`;
}

const adviceFor: Readonly<Record<DroppedEarly['how'], string>> = {
  dropped:
    'the server may be at its MaxStartups limit, or penalise this address for earlier failed logins: wait a minute',
  busy: 'the server is at its MaxStartups limit: raise it there, or run on fewer hosts behind it at a time',
  penalised:
    'the server penalises this address for earlier failed logins (PerSourcePenalties): wait some minutes, and mend what fails',
};

function droppedError(
  settings: SshSettings,
  error: DroppedEarly,
  times: Readonly<Record<TurnedAway, number>>,
  waitedMs: number,
): HostError {
  const made = Object.values(times).reduce((sum, count) => sum + count, 0);
  const where = `${settings.dialHost}:${settings.port}`;
  const message = `${settings.hostName}: ${where} accepted and then dropped the connection ${made} times in ${Math.round(waitedMs / 1_000)} s: ${error.message}`;
  return new HostError('unreachable', 'RB501', message, { hint: adviceFor[error.how], cause: error });
}
