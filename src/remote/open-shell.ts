import { shellQuote } from '../lib/shell-quote.ts';
import { type BecomeTarget, HostError, type SessionInfo } from '../model/host.ts';
import { becomeRefusal, wantsTerminal } from './become-refusal.ts';
import { bootLine, libraryMessage, makeShellKeys, type ShellKeys } from './bootstrap.ts';
import { FrameParser } from './frame-parser.ts';
import { Hello } from './hello.ts';
import { sessionCore, sessionGreeting } from './session-core.ts';
import { Shell, type ShellIdentity } from './shell.ts';
import type { Channel, ChannelEnd, ChannelRequest, Transport } from './transport.ts';

/** What a shell is opened with. */
export interface ShellOptions {
  readonly hostName: string;
  /** Shell functions of the modules, loaded behind the session core. */
  readonly library: string;
  readonly spoolDir: string;
  readonly purpose: ChannelRequest['purpose'];
}

/** How long the answer to the library may take. */
const greetingTimeoutMs = 15_000;

/**
 * Opens a shell as the login user or as another one. A program that insists on a terminal is asked again with one.
 *
 * @throws HostError `become` (RB512), or `unreachable` (RB510 no usable shell, RB511 lost, RB517 no directory).
 */
export async function openShell(
  transport: Transport,
  become: BecomeTarget | undefined,
  options: ShellOptions,
  signal?: AbortSignal,
): Promise<Shell> {
  const first = await tryOpen(transport, become, options, false, signal);
  if (first instanceof Shell) return first;
  const { end, text } = first;
  if (become === undefined) throw new Error('only a become program asks for a terminal');
  if (transport.kind !== 'ssh') throw becomeRefusal(become, options.hostName, end, text, false);
  const second = await tryOpen(transport, become, options, true, signal);
  if (second instanceof Shell) return second;
  throw becomeRefusal(become, options.hostName, second.end, second.text, true);
}

async function tryOpen(
  transport: Transport,
  become: BecomeTarget | undefined,
  options: ShellOptions,
  terminal: boolean,
  signal: AbortSignal | undefined,
): Promise<Shell | { readonly end: ChannelEnd; readonly text: string }> {
  const opening = new Opening(makeShellKeys(), become, options, transport, terminal);
  const command = bootLine(opening.keys, become, terminal);
  const channel = await transport.open({ command, terminal, purpose: options.purpose }, opening, signal);
  const abort = () =>
    opening.fail(
      new HostError('cancelled', 'RB518', `opening a session on ${options.hostName} was cancelled`),
    );
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const result = await opening.run(channel);
    if (result instanceof Shell) return result;
    if (become !== undefined && !terminal && wantsTerminal(become, result.text)) return result;
    throw opening.refusal(result.end, result.text, transport.lostBecause);
  } catch (error) {
    channel.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** One channel on its way to being a shell: hello, password, library, greeting; then its bytes go to the shell. */
class Opening {
  readonly keys: ShellKeys;
  readonly #become: BecomeTarget | undefined;
  readonly #options: ShellOptions;
  readonly #user: string;
  readonly #directory: string | undefined;
  readonly #terminal: boolean;
  readonly #hello: Hello;
  readonly #parser: FrameParser;
  #greeting = '';
  #shell: Shell | undefined;
  #onMarker: (text: string) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  readonly #failed: Promise<never>;
  #end: ChannelEnd | undefined;

  constructor(
    keys: ShellKeys,
    become: BecomeTarget | undefined,
    options: ShellOptions,
    { user: loginUser, directory }: Pick<Transport, 'user' | 'directory'>,
    terminal: boolean,
  ) {
    this.keys = keys;
    this.#become = become;
    this.#options = options;
    this.#user = become?.user ?? loginUser;
    this.#directory = directory;
    this.#terminal = terminal;
    this.#hello = new Hello(keys, become, options.hostName);
    this.#failed = new Promise((_, reject) => {
      this.#reject = reject;
    });
    this.#failed.catch(() => undefined);
    this.#parser = new FrameParser(keys.frame, {
      data: (chunk) => {
        this.#greeting += chunk.toString();
      },
      marker: (text) => this.#onMarker(text),
    });
  }

  onStdout(chunk: Buffer): void {
    if (this.#shell !== undefined) this.#shell.receive(chunk);
    else if (!this.#hello.done) this.#afterHello(this.#hello.pushStdout(chunk));
    else this.#afterHello(chunk);
  }

  onStderr(chunk: Buffer): void {
    if (this.#shell !== undefined) this.#shell.receiveStderr(chunk);
    else this.#hello.pushStderr(chunk);
  }

  onClose(end: ChannelEnd): void {
    this.#end = end;
    this.#hello.close(end);
    this.#shell?.channelClosed(
      end.status === undefined && end.signal === undefined ? 'the connection was lost' : 'the session ended',
      end,
    );
    if (this.#hello.done) this.fail(this.refusal(end, this.#hello.text, undefined));
  }

  fail(error: Error): void {
    this.#reject(error);
  }

  async run(channel: Channel): Promise<Shell | { readonly end: ChannelEnd; readonly text: string }> {
    const ended = await Promise.race([this.#hello.wait(channel), this.#failed]);
    if (ended !== undefined) return { end: ended, text: this.#hello.text };
    const timer = setTimeout(() => this.fail(this.#silent()), greetingTimeoutMs);
    try {
      let answer = await this.#sendLibrary(channel, false);
      if (answer === 'nodd') answer = await this.#sendLibrary(channel, true);
      if (answer !== '0') throw this.#noDirectory();
      const shell = this.#makeShell(channel);
      this.#shell = shell;
      if (this.#end !== undefined) shell.channelClosed('the session ended');
      return shell;
    } finally {
      clearTimeout(timer);
    }
  }

  refusal(end: ChannelEnd, text: string, lostBecause: string | undefined): HostError {
    const { hostName } = this.#options;
    const lost = lostWhileOpening(hostName, end, lostBecause);
    if (lost !== undefined) return lost;
    if (this.#become !== undefined) return becomeRefusal(this.#become, hostName, end, text, this.#terminal);
    return this.#hello.noShell(end);
  }

  #sendLibrary(channel: Channel, slow: boolean): Promise<string> {
    const enter = this.#directory === undefined ? '' : `cd -- ${shellQuote(this.#directory)} 2>/dev/null`;
    const text = `${sessionCore}\n${this.#options.library}\n${sessionGreeting}\n${enter}`;
    const answered = new Promise<string>((resolve) => {
      this.#onMarker = (marker) => {
        const [, kind, , word = ''] = marker.split(' ');
        if (kind === 'E') resolve(word);
      };
    });
    void channel.write(libraryMessage(this.keys, text, slow));
    return Promise.race([answered, this.#failed]);
  }

  #afterHello(chunk: Buffer | undefined): void {
    if (chunk === undefined || chunk.length === 0) return;
    try {
      this.#parser.push(chunk);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #makeShell(channel: Channel): Shell {
    const [processLine = '', groupLine = '', home = '/', directory = ''] = this.#greeting
      .split('\n')
      .slice(-5);
    const [pid = '', startTime = '-', bootId = '-', printf = ''] = processLine.split(' ');
    const info: SessionInfo = { user: this.#user, home, directory, groupKill: groupLine !== '' };
    const identity: ShellIdentity = { directory, pid, startTime, bootId };
    return new Shell({
      info,
      identity,
      become: this.#become,
      keys: this.keys,
      channel,
      spoolDir: this.#options.spoolDir,
      inlineData: printf !== '',
      hasTerminal: this.#terminal,
    });
  }

  #silent(): HostError {
    return new HostError(
      'unreachable',
      'RB510',
      `${this.#options.hostName}: the shell did not answer within ${greetingTimeoutMs / 1000} s`,
    );
  }

  #noDirectory(): HostError {
    return new HostError(
      'unreachable',
      'RB517',
      `${this.#options.hostName}: no directory can be written to by ${this.#user}: tried /tmp, $XDG_RUNTIME_DIR, /dev/shm, $HOME, /var/tmp`,
      {
        hint: 'free some space, or make one of them writable',
      },
    );
  }
}

/** The error for a connection that was lost before there was a shell; undefined where the shell itself ended. */
export function lostWhileOpening(
  hostName: string,
  end: ChannelEnd,
  lostBecause: string | undefined,
): HostError | undefined {
  if (lostBecause === undefined && (end.status !== undefined || end.signal !== undefined)) return undefined;
  const why = lostBecause === undefined ? '' : `: ${lostBecause}`;
  return new HostError(
    'unreachable',
    'RB511',
    `${hostName}: the connection was lost while a session was opened${why}`,
  );
}
