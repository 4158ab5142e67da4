import { shellQuote } from '../lib/shell-quote.ts';
import type { BecomeTarget } from '../model/host.ts';
import type { HostLink } from './host-link.ts';
import { openShell, type ShellOptions } from './open-shell.ts';
import type { Shell } from './shell.ts';
import type { WorkMode } from './shell-work.ts';
import type { Transport } from './transport.ts';

/** How long a step may take to end after TERM, in tenths of a second. */
const graceTenths = 50;

/** The step's own session must have answered this long after KILL. */
const answerTimeoutMs = 5_000;

/** Somebody who waits for the end of what is to be ended. */
export interface Waiting {
  /** Whether the answer is still to come. */
  isWaiting(): boolean;
  /** Resolves when it has come, or never will. */
  answered(): Promise<void>;
  /** Gives up waiting. */
  destroy(reason: string): void;
}

/** A second shell of the same user, opened when first needed, that ends what the first one is running. */
export class ControlShell {
  readonly #link: HostLink;
  readonly #become: BecomeTarget | undefined;
  readonly #options: ShellOptions;
  #opening: Promise<Shell> | undefined;
  #extra: Transport | undefined;

  constructor(link: HostLink, become: BecomeTarget | undefined, options: ShellOptions) {
    this.#link = link;
    this.#become = become;
    this.#options = options;
  }

  /**
   * Ends a request of another shell: its processes get TERM, and KILL after a grace. One that has not begun never
   * will. A shell whose work cannot be ended is closed, so that nobody waits for it.
   */
  async end(shell: Shell, id: number, mode: WorkMode): Promise<void> {
    const { directory, pid } = shell.identity;
    const code = `__cx ${shellQuote(directory)} ${pid} ${id} ${mode} ${shell.markOf(id)} ${graceTenths}`;
    await this.#end(code, {
      isWaiting: () => shell.isWaitingFor(id),
      answered: () => shell.answered(id),
      destroy: (reason) => shell.destroy(reason),
    });
  }

  /**
   * Ends what a shell without a session runs, in the same way: what came from the process `pid`, is in the group that it
   * leads, or has the mark in its environment; not the process itself.
   */
  async endLone(pid: number, mark: string, waiting: Waiting): Promise<void> {
    await this.#end(`__ck ${pid} ${shellQuote(`RUNBOOK_STEP=${mark}`)} ${graceTenths}`, waiting);
  }

  async close(): Promise<void> {
    const shell = await this.#opening?.catch(() => undefined);
    await shell?.bye(2_000);
    this.#extra?.destroy();
  }

  async #end(code: string, waiting: Waiting): Promise<void> {
    try {
      const control = await this.#shell();
      await control.send({ mode: 'l', sensitive: false, code: () => code });
    } catch {
      // Without a control session there is only the time limit below.
    }
    const timer = setTimeout(() => {
      if (waiting.isWaiting()) waiting.destroy('a cancelled step could not be ended');
    }, answerTimeoutMs);
    await waiting.answered();
    clearTimeout(timer);
  }

  async #shell(): Promise<Shell> {
    const current = await this.#opening?.catch(() => undefined);
    if (current !== undefined && current.lostBecause === undefined) return current;
    this.#opening = this.#open();
    return this.#opening;
  }

  async #open(): Promise<Shell> {
    const transport = await this.#link.transport();
    try {
      return await openShell(transport, this.#become, this.#options);
    } catch {
      this.#extra?.destroy();
      this.#extra = await this.#link.extraTransport();
      return openShell(this.#extra, this.#become, this.#options);
    }
  }
}
