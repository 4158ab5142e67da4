import type { BecomeTarget, Output, SessionInfo } from '../model/host.ts';
import type { ShellKeys } from './bootstrap.ts';
import { FrameParser } from './frame-parser.ts';
import { OutputCollector } from './output-collector.ts';
import { encodeWork, type Forget, handOverLine, type ShellWork, type WorkMode } from './shell-work.ts';
import type { Channel, ChannelEnd, ChannelHandlers } from './transport.ts';

/** What identifies a shell on its host, so that another one can find out what became of its work. */
export interface ShellIdentity {
  readonly directory: string;
  readonly pid: string;
  readonly startTime: string;
  readonly bootId: string;
}

/** The end of a piece of work. */
export interface ShellReply {
  readonly rc: number;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The watchdog on the host ended it. */
  readonly timedOut: boolean;
}

/** The shell went away with work in flight. */
export class ShellLost extends Error {
  readonly id: number;
  readonly mode: WorkMode;
  /** Whether the work may have begun: its last byte was handed over. A part of a request runs nothing. */
  readonly mayHaveStarted: boolean;
  readonly shell: Shell;

  constructor(shell: Shell, id: number, mode: WorkMode, mayHaveStarted: boolean) {
    super(shell.lostBecause ?? 'the session ended');
    this.name = 'ShellLost';
    this.shell = shell;
    this.id = id;
    this.mode = mode;
    this.mayHaveStarted = mayHaveStarted;
  }
}

/** The host left the work out, because it was told to before its turn came. */
export class WorkSkipped extends Error {
  override name = 'WorkSkipped';
}

interface Pending {
  readonly id: number;
  readonly work: ShellWork;
  readonly stdout: OutputCollector;
  readonly stderr: OutputCollector;
  stream: 'stdout' | 'stderr';
  sent: boolean;
  readonly onSettled: (() => void)[];
  resolve(reply: ShellReply): void;
  reject(reason: Error): void;
}

/** After how many answered requests their files are removed from the host. */
const forgetEvery = 32;

/** Writes are cut to this size, so that a big one does not fill the memory of the connection. */
const writeSliceBytes = 256 * 1024;

/** A long-lived shell on a host. It carries out what it is sent one after another; sending does not wait for answers. */
export class Shell {
  readonly info: SessionInfo;
  readonly identity: ShellIdentity;
  readonly become: BecomeTarget | undefined;
  /** Whether its bytes pass through a terminal. */
  readonly hasTerminal: boolean;
  /** How far the work of a lost shell is settled: the last one in line, and whether one turned out unknown. */
  readonly recovery = { tail: Promise.resolve(), unknown: false };
  /** Resolves when the shell is gone. */
  readonly closed: Promise<void>;
  readonly #keys: ShellKeys;
  readonly #channel: Channel;
  readonly #parser: FrameParser;
  readonly #spoolDir: string;
  readonly #inlineData: boolean;
  readonly #queue: Pending[] = [];
  #stream: ChannelHandlers | undefined;
  #writes: Promise<void> = Promise.resolve();
  #nextId = 1;
  #answeredTo = 0;
  #forgottenTo = 0;
  #lostBecause: string | undefined;
  #markClosed: () => void = () => undefined;

  constructor(parts: {
    info: SessionInfo;
    identity: ShellIdentity;
    become: BecomeTarget | undefined;
    keys: ShellKeys;
    channel: Channel;
    spoolDir: string;
    /** Whether the shell writes text without starting a process, so that data in a request line stay out of arguments. */
    inlineData: boolean;
    hasTerminal: boolean;
  }) {
    this.info = parts.info;
    this.identity = parts.identity;
    this.become = parts.become;
    this.hasTerminal = parts.hasTerminal;
    this.#keys = parts.keys;
    this.#channel = parts.channel;
    this.#spoolDir = parts.spoolDir;
    this.#inlineData = parts.inlineData;
    this.closed = new Promise((resolve) => {
      this.#markClosed = resolve;
    });
    this.#parser = new FrameParser(parts.keys.frame, {
      data: (chunk) => this.#receive(chunk),
      marker: (text) => this.#receiveMarker(text),
    });
  }

  /** Why the shell is gone, once it is. */
  get lostBecause(): string | undefined {
    return this.#lostBecause;
  }

  /** The mark in the environment of everything that a request starts. */
  markOf(id: number): string {
    return `RUNBOOK_STEP=${this.#keys.id}.${id}.`;
  }

  /** The id of work that goes another way than `send`. */
  takeId(): number {
    return this.#nextId++;
  }

  /**
   * Makes a command the last thing that this shell does, with the channel as its input and output. Its status follows on
   * standard error, behind the frame key.
   */
  handOver(id: number, code: string, stream: ChannelHandlers): { channel: Channel; frame: string } {
    this.#stream = stream;
    void this.#channel.write(handOverLine(id, code, this.#keys));
    return { channel: this.#channel, frame: this.#keys.frame };
  }

  /**
   * Sends work. `onId` is told the id under which the host knows it.
   *
   * @throws ShellLost when the shell goes away before the answer; WorkSkipped when the host left it out.
   */
  send(work: ShellWork, onId?: (id: number) => void): Promise<ShellReply> {
    const id = this.#nextId++;
    onId?.(id);
    if (this.#lostBecause !== undefined) return Promise.reject(new ShellLost(this, id, work.mode, false));
    return new Promise((resolve, reject) => {
      const stdout = new OutputCollector(this.#spoolDir);
      const stderr = new OutputCollector(this.#spoolDir);
      const pending: Pending = {
        id,
        work,
        stdout,
        stderr,
        stream: 'stdout',
        sent: false,
        onSettled: [],
        resolve,
        reject,
      };
      this.#queue.push(pending);
      this.#writes = this.#writes.then(() => this.#write(pending));
    });
  }

  /** Whether a request has not been answered yet. */
  isWaitingFor(id: number): boolean {
    return this.#queue.some((pending) => pending.id === id);
  }

  /** Resolves when a request has been answered, or the shell is gone. */
  async answered(id: number): Promise<void> {
    const pending = this.#queue.find((candidate) => candidate.id === id);
    if (pending === undefined) return;
    await new Promise<void>((resolve) => {
      pending.onSettled.push(resolve);
    });
  }

  /** Ends the shell and removes its directory on the host. Resolves when it is gone, or after `withinMs`. */
  async bye(withinMs: number): Promise<void> {
    if (this.#lostBecause === undefined) {
      void this.#channel.write(Buffer.from(`\n${this.#keys.token}__bye\n`));
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, withinMs);
      });
      await Promise.race([this.closed, late]);
      clearTimeout(timer);
    }
    this.destroy('the session was closed');
  }

  /** Closes the channel at once. What the shell is doing goes on without it. */
  destroy(reason: string): void {
    this.#fail(reason);
    this.#channel.destroy();
  }

  /** Takes bytes of the channel. Never throws. */
  receive(chunk: Buffer): void {
    if (this.#stream !== undefined) {
      this.#stream.onStdout(chunk);
      return;
    }
    if (this.#lostBecause !== undefined) return;
    try {
      this.#parser.push(chunk);
    } catch (error) {
      this.destroy(error instanceof Error ? error.message : String(error));
    }
  }

  /** Takes bytes that the shell itself has no use for: those of a command that has the channel. */
  receiveStderr(chunk: Buffer): void {
    this.#stream?.onStderr(chunk);
  }

  /** Is told that the channel has closed. Never throws. */
  channelClosed(reason: string, end: ChannelEnd = {}): void {
    this.#fail(reason);
    this.#stream?.onClose(end);
  }

  async #write(pending: Pending): Promise<void> {
    const pieces = encodeWork(pending.work, pending.id, this.#keys, {
      forget: this.#takeForget(),
      inlineData: this.#inlineData,
    });
    const last = pieces.length - 1;
    for (const [index, piece] of pieces.entries()) {
      for (let at = 0; at < piece.length || (at === 0 && index === last); at += writeSliceBytes) {
        if (this.#lostBecause !== undefined) return;
        if (index === last && at + writeSliceBytes >= piece.length) pending.sent = true;
        await this.#channel.write(piece.subarray(at, at + writeSliceBytes));
      }
    }
  }

  #takeForget(): Forget | undefined {
    if (this.#answeredTo - this.#forgottenTo < forgetEvery) return undefined;
    const forget = { from: this.#forgottenTo + 1, to: this.#answeredTo };
    this.#forgottenTo = this.#answeredTo;
    return forget;
  }

  #receive(chunk: Buffer): void {
    const [current] = this.#queue;
    // A reply that nobody waits for cannot be matched to anything that follows it.
    if (current === undefined) throw new Error('the session answered without being asked');
    current[current.stream].push(chunk);
  }

  #receiveMarker(text: string): void {
    const [current] = this.#queue;
    const [, kind, id, rc, ...words] = text.split(' ');
    if (current === undefined || Number(id) !== current.id)
      throw new Error('the session answered out of order');
    if (kind === 'O' && current.stream === 'stdout') {
      current.stream = 'stderr';
      return;
    }
    if (kind !== 'E' || current.stream !== 'stderr') throw new Error('the session answered out of order');
    this.#finish(current, rc ?? '', words.includes('timeout'));
  }

  #finish(pending: Pending, rc: string, timedOut: boolean): void {
    if (rc !== 'skip' && !/^\d+$/.test(rc)) throw new Error('the session could not read a request');
    this.#queue.shift();
    this.#answeredTo = pending.id;
    for (const settled of pending.onSettled) settled();
    if (rc === 'skip') {
      pending.reject(new WorkSkipped());
      return;
    }
    const { stdout, stderr } = pending;
    pending.resolve({ rc: Number(rc), stdout: stdout.finish(), stderr: stderr.finish(), timedOut });
  }

  #fail(reason: string): void {
    if (this.#lostBecause !== undefined) return;
    this.#lostBecause = reason;
    this.#markClosed();
    for (const pending of this.#queue.splice(0)) {
      pending.stdout.discard();
      pending.stderr.discard();
      for (const settled of pending.onSettled) settled();
      pending.reject(new ShellLost(this, pending.id, pending.work.mode, pending.sent));
    }
  }
}
