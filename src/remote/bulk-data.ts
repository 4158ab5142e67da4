import { randomBytes } from 'node:crypto';
import { type BecomeTarget, HostError, type Reply } from '../model/host.ts';
import { type Shell, ShellLost } from './shell.ts';
import { octalMode, type ShellWork } from './shell-work.ts';
import type { ChannelEnd, Transport } from './transport.ts';

/** Data above this size get a channel of their own: a shell takes them in pieces of 64 KiB. */
const bulkLimitBytes = 1024 * 1024;

/** The program that takes the data must be there within this time. */
const helloTimeoutMs = 15_000;

const sliceBytes = 256 * 1024;

/**
 * Puts big data on the host before the work is sent. Only for the login user: another user could not read them.
 *
 * @returns the work that uses them, or the reply to give when they cannot be stored.
 * @throws ShellLost (nothing has started) when the connection is lost meanwhile.
 */
export async function putBulkData(
  transport: Transport,
  shell: Shell,
  become: BecomeTarget | undefined,
  work: ShellWork,
  signal: AbortSignal | undefined,
): Promise<ShellWork | Reply> {
  const { data } = work;
  if (data === undefined || data.length <= bulkLimitBytes || become !== undefined) return work;
  const dataFile = work.dataFile ?? `${shell.identity.directory}/u${randomBytes(8).toString('hex')}`;
  const empty = `${shell.identity.directory}/z`;
  if (`${dataFile}${empty}`.includes('\n')) return work;
  const upload = new Upload([dataFile, data.length, octalMode(work), empty], data);
  const channel = await transport.open(
    { command: upload.command, terminal: false, purpose: 'bulk' },
    upload,
    signal,
  );
  const { end, text } = await upload.run(channel, signal);
  if (end === 'cancelled') throw new HostError('cancelled', 'RB518', 'an upload was cancelled');
  if (end.status === 0) return { ...work, dataFile, uploaded: true };
  if (end.status === undefined) throw new ShellLost(shell, 0, work.mode, false);
  const stderr = Buffer.from(text);
  return {
    rc: end.status,
    stdout: { bytes: Buffer.alloc(0), size: 0 },
    stderr: { bytes: stderr, size: stderr.length },
  };
}

/** One file on its way through a channel. The program ends with status 0 only when all of it is written. */
class Upload {
  readonly #token = `rb${randomBytes(8).toString('hex')}`;
  readonly #head: string;
  readonly #data: Uint8Array;
  #stdout = '';
  #stderr = '';
  #greet: () => void = () => undefined;
  readonly #greeted = new Promise<void>((resolve) => {
    this.#greet = resolve;
  });
  #finish: (end: ChannelEnd) => void = () => undefined;
  readonly #ended = new Promise<ChannelEnd>((resolve) => {
    this.#finish = resolve;
  });

  /** @param head path, size and mode of the file; an empty file. */
  constructor(head: readonly (string | number)[], data: Uint8Array) {
    this.#head = head.map((line) => `${line}\n`).join('');
    this.#data = data;
  }

  /**
   * Paths and numbers come by stdin: a path may hold what a login shell would misread. A file that did not become complete,
   * because the disk is full or the connection was cut, is taken away again. It has its mode before its content.
   */
  get command(): string {
    const steps = [
      `echo ${this.#token}; IFS= read -r F; read -r N; read -r M; IFS= read -r Z; umask 077; LC_ALL=C`,
      'export LC_ALL; chmod 600 "$Z" && cp "$Z" "$F" </dev/null || exit 1',
      '[ $M = 600 ] || chmod $M "$F" </dev/null || { rm -f "$F"; exit 1; }',
      'cat >>"$F"',
      '[ $(wc -c <"$F") -eq "$N" ] && exit 0',
      'rm -f "$F"; exit 1',
    ];
    return `exec /bin/sh -c '${steps.join('; ')}'`;
  }

  onStdout(chunk: Buffer): void {
    if (this.#stdout.length < 64 * 1024) this.#stdout += chunk.toString('latin1');
    if (this.#stdout.includes(this.#token)) this.#greet();
  }

  onStderr(chunk: Buffer): void {
    if (this.#stderr.length < 64 * 1024) this.#stderr += chunk.toString();
  }

  onClose(end: ChannelEnd): void {
    this.#finish(end);
    this.#greet();
  }

  async run(
    channel: { write(bytes: Uint8Array): Promise<void>; end(): void; destroy(): void },
    signal: AbortSignal | undefined,
  ): Promise<{ end: ChannelEnd | 'cancelled'; text: string }> {
    const timer = setTimeout(() => channel.destroy(), helloTimeoutMs);
    const abort = () => channel.destroy();
    signal?.addEventListener('abort', abort, { once: true });
    await this.#greeted;
    clearTimeout(timer);
    await channel.write(Buffer.from(this.#head));
    for (let at = 0; at < this.#data.length && signal?.aborted !== true; at += sliceBytes) {
      await channel.write(this.#data.subarray(at, at + sliceBytes));
    }
    channel.end();
    const end = await this.#ended;
    signal?.removeEventListener('abort', abort);
    return { end: signal?.aborted === true ? 'cancelled' : end, text: this.#stderr };
  }
}
