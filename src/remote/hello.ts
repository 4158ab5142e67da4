import { type BecomeTarget, HostError } from '../model/host.ts';
import { passwordMissing, passwordWrong } from './become-refusal.ts';
import type { ShellKeys } from './bootstrap.ts';
import { readableText } from './readable-text.ts';
import type { Channel, ChannelEnd } from './transport.ts';

/** How long the login shell may take until our loop runs. */
const helloTimeoutMs = 15_000;

/** How long a become program may take until it asks for the password, or lets us in; and again after the answer. */
const promptTimeoutMs = 12_000;

/** Output before the hello is kept for messages up to this size. */
const noiseLimitBytes = 64 * 1024;

/**
 * The time before a shell can be spoken to. Nothing is written to it but a password, once, after it was asked for:
 * anything else could be read by an rc file or taken for a password.
 */
export class Hello {
  readonly #keys: ShellKeys;
  readonly #become: BecomeTarget | undefined;
  readonly #hostName: string;
  #stdout: Buffer = Buffer.alloc(0);
  #stderr = '';
  #done = false;
  #passwordSent = false;
  /** How much of the output had come when the password was sent: a prompt behind it is a second one. */
  #seen = { stderr: 0, stdout: 0 };
  #channel: Channel | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settle: (end: ChannelEnd | undefined) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  readonly #result: Promise<ChannelEnd | undefined>;

  constructor(keys: ShellKeys, become: BecomeTarget | undefined, hostName: string) {
    this.#keys = keys;
    this.#become = become;
    this.#hostName = hostName;
    this.#result = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#reject = reject;
    });
    this.#result.catch(() => undefined);
  }

  /** Whether the token has been seen. */
  get done(): boolean {
    return this.#done;
  }

  /** What was printed before the token: messages of rc files and become programs. */
  get text(): string {
    return `${this.#stderr}${this.#stdout.toString()}`.replaceAll(this.#keys.prompt, '');
  }

  /** Waits for the token. Resolves with how the program ended where it ended before. @throws HostError */
  async wait(channel: Channel): Promise<ChannelEnd | undefined> {
    this.#channel = channel;
    this.#startTimer();
    // Output may have arrived before the channel was handed over.
    this.#lookForPrompt();
    try {
      return await this.#result;
    } finally {
      clearTimeout(this.#timer);
    }
  }

  /** Takes output; gives back what lies behind the token, which is the shell's. */
  pushStdout(chunk: Buffer): Buffer | undefined {
    this.#stdout = Buffer.concat([this.#stdout, chunk]);
    const token = `${this.#keys.token}\n`;
    const at = this.#stdout.indexOf(token);
    if (at === -1) {
      if (this.#stdout.length > noiseLimitBytes) this.#stdout = this.#stdout.subarray(-noiseLimitBytes / 2);
      this.#lookForPrompt();
      return undefined;
    }
    const rest = this.#stdout.subarray(at + token.length);
    this.#stdout = this.#stdout.subarray(0, at);
    this.#done = true;
    this.#settle(undefined);
    return rest;
  }

  pushStderr(chunk: Buffer): void {
    if (this.#done || this.#stderr.length > noiseLimitBytes) return;
    this.#stderr += chunk.toString();
    this.#lookForPrompt();
  }

  close(end: ChannelEnd): void {
    this.#settle(end);
  }

  /** The error for a login shell that ended, or never ran our loop. */
  noShell(end: ChannelEnd | undefined): HostError {
    const said = readableText(this.text);
    const how =
      end === undefined
        ? `did not start within ${helloTimeoutMs / 1000} s`
        : `ended with status ${end.status ?? end.signal}`;
    return new HostError(
      'unreachable',
      'RB510',
      `${this.#hostName}: the login shell ${how}${said === '' ? '' : `: ${said}`}`,
      {
        hint: 'the login user needs a shell that can run /bin/sh',
      },
    );
  }

  #startTimer(): void {
    clearTimeout(this.#timer);
    const timeoutMs = this.#become === undefined ? helloTimeoutMs : promptTimeoutMs;
    this.#timer = setTimeout(() => this.#reject(this.#late()), timeoutMs);
  }

  #late(): HostError {
    const become = this.#become;
    if (become === undefined) return this.noShell(undefined);
    const said = readableText(this.text);
    const message = `${become.method} to ${become.user} on ${this.#hostName}: nothing happened within ${promptTimeoutMs / 1000} s`;
    return new HostError('become', 'RB512', `${message}${said === '' ? '' : `; it said: ${said}`}`);
  }

  #lookForPrompt(): void {
    const become = this.#become;
    const channel = this.#channel;
    if (become === undefined || channel === undefined || this.#done) return;
    const stdout = this.#stdout.toString();
    const fresh = [this.#stderr.slice(this.#seen.stderr), stdout.slice(this.#seen.stdout)];
    if (!fresh.some((text) => asksForPassword(become, this.#keys.prompt, text))) return;
    if (this.#passwordSent) {
      this.#reject(passwordWrong(become, this.#hostName));
      return;
    }
    if (become.password === undefined) {
      this.#reject(passwordMissing(become, this.#hostName));
      return;
    }
    this.#passwordSent = true;
    this.#seen = { stderr: this.#stderr.length, stdout: stdout.length };
    this.#startTimer();
    void channel.write(Buffer.from(`${become.password.reveal()}\n`));
  }
}

/** Whether output ends in a prompt. su and doas word theirs as they like: an unfinished line that ends in a colon. */
function asksForPassword(become: BecomeTarget, prompt: string, text: string): boolean {
  return become.method === 'sudo' ? text.includes(prompt) : /[^\n]:[ \t]*$/.test(text);
}
