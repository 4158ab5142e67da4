import { homedir } from 'node:os';
import { join } from 'node:path';
import type {
  BecomeTarget,
  Connections,
  ConnectionTarget,
  HostRequest,
  HostStream,
  Reply,
  Session,
  StreamRequest,
} from '../model/host.ts';
import { becomeKey } from './bootstrap.ts';
import { Connector } from './connector.ts';
import { HostLink } from './host-link.ts';
import { HostSession, type SessionServices } from './host-session.ts';
import { openHostStream } from './host-stream.ts';
import { IdentityKeys } from './identity-keys.ts';
import { KnownHostsStore } from './known-hosts-store.ts';
import { runLoneCommand } from './lone-command.ts';
import { Pacing } from './pacing.ts';
import type { ConnectionsOptions } from './remote-options.ts';
import { SessionPool } from './session-pool.ts';
import { loneCode } from './shell-work.ts';
import { readSshConfig } from './ssh-config-file.ts';
import type { SettingsContext } from './ssh-settings.ts';

interface HostEntry {
  readonly link: HostLink;
  /** Further connections, for sessions that the shared one has no room for. */
  readonly furtherLinks: HostLink[];
  /** By the user that they are for. */
  readonly sessions: Map<string, SessionPool>;
}

/** The connections of one run. Nothing is opened before the first session is asked for. */
export function createConnections(options: ConnectionsOptions): Connections {
  return new RunConnections(options);
}

class RunConnections implements Connections {
  readonly #services: SessionServices;
  readonly #connector: Connector;
  readonly #onNotice: (hostName: string, text: string) => void;
  /** By host name, then by the settings: one host may be reached as several login users. */
  readonly #hosts = new Map<string, Map<string, HostEntry>>();
  readonly #noticed = new Set<string>();
  readonly #streams = new Set<HostStream>();

  constructor(options: ConnectionsOptions) {
    const { shellLibrary, spoolDir, lostAfterMs = 20_000, maxUnauthenticatedPerAddress = 8 } = options;
    this.#onNotice = (hostName, text) => options.onNotice?.(hostName, text);
    this.#services = { shellLibrary, spoolDir, lostAfterMs };
    const shared = { keys: new IdentityKeys(), knownHosts: new KnownHostsStore() };
    const context = settingsContext(options, (text) => this.#onNotice('localhost', text));
    this.#connector = new Connector(context, shared, new Pacing(maxUnauthenticatedPerAddress), {
      onNotice: this.#onNotice,
      wait: options.wait,
    });
  }

  async session(
    target: ConnectionTarget,
    become: BecomeTarget | undefined,
    signal?: AbortSignal,
  ): Promise<Session> {
    const entry = this.#entry(target);
    const key = become === undefined ? '' : becomeKey(become);
    const pool = entry.sessions.get(key) ?? this.#pool(entry, become);
    entry.sessions.set(key, pool);
    const info = await pool.open(signal);
    if (!info.groupKill)
      this.#noticeOnce(target.name, 'it has no setsid: a step that is ended may leave processes behind');
    return pool.lease();
  }

  async runAlone(
    target: ConnectionTarget,
    become: BecomeTarget | undefined,
    request: HostRequest,
    signal?: AbortSignal,
  ): Promise<Reply> {
    const { link, sessions } = this.#entry(target);
    // A session that is there is as cheap, and a host may have no room for a channel beside those of its sessions.
    const code = become === undefined && sessions.size === 0 ? loneCode(request) : undefined;
    const notice = (text: string) => this.#noticeOnce(target.name, text);
    const reply =
      code === undefined ? undefined : await runLoneCommand(link, code, this.#services, notice, signal);
    return reply ?? (await this.session(target, become, signal)).run(request, signal);
  }

  async stream(
    target: ConnectionTarget,
    become: BecomeTarget | undefined,
    request: StreamRequest,
    signal?: AbortSignal,
  ): Promise<HostStream> {
    const { link } = this.#entry(target);
    const stream = await openHostStream(link, become, request, this.#services, signal);
    this.#streams.add(stream);
    const forget = () => this.#streams.delete(stream);
    stream.ended.then(forget, forget);
    return stream;
  }

  isOpen(hostName: string): boolean {
    return [...(this.#hosts.get(hostName)?.values() ?? [])].some((entry) => entry.link.isOpen);
  }

  async reset(hostName: string): Promise<void> {
    await this.#end(hostName, false);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => stream.kill()));
    await Promise.all([...this.#hosts.keys()].map((name) => this.#end(name, true)));
    this.#connector.close();
  }

  async #end(hostName: string, forGood: boolean): Promise<void> {
    const entries = [...(this.#hosts.get(hostName)?.values() ?? [])];
    this.#hosts.delete(hostName);
    await Promise.all(entries.map((entry) => closeEntry(entry, forGood)));
  }

  #entry(target: ConnectionTarget): HostEntry {
    const byTarget = this.#hosts.get(target.name) ?? new Map<string, HostEntry>();
    this.#hosts.set(target.name, byTarget);
    const { password, passphrase, ...plain } = target;
    const key = JSON.stringify([plain, password?.name, passphrase?.name]);
    const entry = byTarget.get(key) ?? {
      link: new HostLink(target, this.#connector),
      furtherLinks: [],
      sessions: new Map(),
    };
    byTarget.set(key, entry);
    return entry;
  }

  #pool(entry: HostEntry, become: BecomeTarget | undefined): SessionPool {
    const { target } = entry.link;
    return new SessionPool(target.name, (connection) => {
      const link = connection === 'shared' ? entry.link : new HostLink(target, this.#connector);
      if (connection === 'own') entry.furtherLinks.push(link);
      return new HostSession(link, become, this.#services);
    });
  }

  #noticeOnce(hostName: string, text: string): void {
    const key = `${hostName} ${text}`;
    if (this.#noticed.has(key)) return;
    this.#noticed.add(key);
    this.#onNotice(hostName, text);
  }
}

async function closeEntry(entry: HostEntry, forGood: boolean): Promise<void> {
  const links = [entry.link, ...entry.furtherLinks];
  for (const link of links) link.stopOpening(forGood);
  await Promise.allSettled([...entry.sessions.values()].map((session) => session.close()));
  for (const link of links) link.drop();
}

function settingsContext(options: ConnectionsOptions, onNotice: (text: string) => void): SettingsContext {
  const env = options.env ?? process.env;
  const home = options.home ?? (env['HOME'] || homedir());
  const path = options.sshConfigPath ?? join(home, '.ssh', 'config');
  const config = readSshConfig({ text: options.sshConfigText, path, home, onNotice });
  const knownHostsFiles = options.knownHostsFiles ?? [
    join(home, '.ssh', 'known_hosts'),
    '/etc/ssh/ssh_known_hosts',
  ];
  return { config, home, env, knownHostsFiles, localDirectory: options.localDirectory };
}
