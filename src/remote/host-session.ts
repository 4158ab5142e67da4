import {
  type BecomeTarget,
  HostError,
  type HostRequest,
  type Reply,
  type Session,
  type SessionInfo,
} from '../model/host.ts';
import { putBulkData } from './bulk-data.ts';
import { Cancellation } from './cancellation.ts';
import { ControlShell } from './control-shell.ts';
import type { HostLink } from './host-link.ts';
import { openShell, type ShellOptions } from './open-shell.ts';
import { type Recovery, recoverWork } from './recovery.ts';
import { type Shell, ShellLost, type ShellReply, WorkSkipped } from './shell.ts';
import { notStartedStatus, type ShellWork, workOf } from './shell-work.ts';
import { withSignal } from './with-signal.ts';

/** What the sessions of a run share. */
export interface SessionServices {
  readonly shellLibrary: string;
  readonly spoolDir: string;
  readonly lostAfterMs: number;
}

/** Work that was never started is sent again this often, each time on a new shell. */
const sendAttempts = 5;

/** The session for one user on one host. Its shell is opened when first needed, and again when it is lost. */
export class HostSession implements Session {
  readonly #link: HostLink;
  readonly #become: BecomeTarget | undefined;
  readonly #services: SessionServices;
  readonly #control: ControlShell;
  #opening: Promise<Shell> | undefined;
  #shell: Shell | undefined;

  constructor(link: HostLink, become: BecomeTarget | undefined, services: SessionServices) {
    this.#link = link;
    this.#become = become;
    this.#services = services;
    this.#control = new ControlShell(link, become, this.#options('control'));
  }

  get info(): SessionInfo {
    if (this.#shell === undefined) throw new Error('a session is given out only after it was opened');
    return this.#shell.info;
  }

  /** The live shell; a new one where there is none. @throws HostError */
  async shell(signal?: AbortSignal): Promise<Shell> {
    if (this.#shell !== undefined && this.#shell.lostBecause === undefined) return this.#shell;
    this.#opening ??= this.#openShell().finally(() => {
      this.#opening = undefined;
    });
    try {
      return await withSignal(this.#opening, signal);
    } catch (error) {
      if (signal?.aborted === true) throw this.#cancelled(error);
      throw error;
    }
  }

  async run(request: HostRequest, signal?: AbortSignal): Promise<Reply> {
    const work = workOf(request);
    if ('refused' in work) return refusedReply(work.refused);
    for (let attempt = 1; ; attempt++) {
      if (signal?.aborted === true) throw this.#cancelled();
      const shell = await this.shell(signal);
      const result = await this.#attempt(shell, work, request.lostAfterMs, signal);
      if (result.type === 'reply') return result.reply;
      if (attempt >= sendAttempts)
        throw this.#unreachable('the connection was lost again and again before the request started');
    }
  }

  /** Ends the shells of this session, politely where they listen. Never throws. */
  async close(): Promise<void> {
    const opening = await this.#opening?.catch(() => undefined);
    const byes = [opening, this.#shell].map((shell) => shell?.bye(2_000));
    await Promise.all([...byes, this.#control.close()]);
  }

  async #attempt(
    shell: Shell,
    work: ShellWork,
    lostAfterMs: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Recovery> {
    const cancel = new Cancellation(signal, (id) => this.#control.end(shell, id, work.mode));
    try {
      const ready = await putBulkData(await this.#link.transport(signal), shell, this.#become, work, signal);
      if ('rc' in ready) return { type: 'reply', reply: ready };
      const reply = await shell.send(ready, (id) => cancel.watch(id));
      await cancel.settled();
      return { type: 'reply', reply: this.#replyOf(reply, cancel.requested) };
    } catch (error) {
      if (error instanceof WorkSkipped && cancel.requested) throw this.#cancelled();
      if (error instanceof WorkSkipped) return { type: 'again' };
      if (!(error instanceof ShellLost)) throw error;
      const again = (limit: AbortSignal | undefined) => this.shell(limit);
      return await recoverWork(
        error,
        work,
        this.#link.target.name,
        again,
        lostAfterMs ?? this.#services.lostAfterMs,
        signal,
      );
    } finally {
      cancel.stop();
    }
  }

  async #openShell(): Promise<Shell> {
    const transport = await this.#link.transport();
    const shell = await openShell(transport, this.#become, this.#options('session'));
    this.#shell = shell;
    return shell;
  }

  #options(purpose: ShellOptions['purpose']): ShellOptions {
    const { shellLibrary, spoolDir } = this.#services;
    return {
      hostName: this.#link.target.name,
      library: purpose === 'control' ? '' : shellLibrary,
      spoolDir,
      purpose,
    };
  }

  #replyOf(reply: ShellReply, cancelled: boolean): Reply {
    const { rc, stdout, stderr, timedOut } = reply;
    const ended = timedOut ? 'timeout' : cancelled ? 'cancelled' : undefined;
    return ended === undefined ? { rc, stdout, stderr } : { rc, stdout, stderr, ended };
  }

  #cancelled(cause?: unknown): HostError {
    return new HostError(
      'cancelled',
      'RB518',
      `${this.#link.target.name}: the request was cancelled before it started`,
      { cause },
    );
  }

  #unreachable(why: string): HostError {
    return new HostError('unreachable', 'RB511', `${this.#link.target.name}: ${why}`);
  }
}

function refusedReply(why: string): Reply {
  const stderr = Buffer.from(`${why}\n`);
  return {
    rc: notStartedStatus,
    stdout: { bytes: Buffer.alloc(0), size: 0 },
    stderr: { bytes: stderr, size: stderr.length },
  };
}
