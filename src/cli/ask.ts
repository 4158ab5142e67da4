import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Whether a person can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Asks at the terminal. The prompt goes to standard error, so that standard output stays what the command prints.
 * Ctrl-C is what it is elsewhere: an interrupt of this process.
 *
 * @returns undefined when there is no terminal, the input ended, or `signal` took the question back.
 */
export async function ask(
  prompt: string,
  options: { readonly echo: boolean; readonly signal?: AbortSignal | undefined },
): Promise<string | undefined> {
  if (!canAsk()) return undefined;
  // With echo off, what readline would draw of the typed text goes nowhere.
  const output = options.echo ? process.stderr : new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  // The terminal is in raw mode here, where Ctrl-C is but a key.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  // Where it echoes, readline draws the prompt itself: it wipes what else stands in the line.
  const shown = options.echo ? `${prompt} ` : '';
  if (!options.echo) process.stderr.write(`${prompt}: `);
  try {
    const question =
      options.signal === undefined
        ? lines.question(shown)
        : lines.question(shown, { signal: options.signal });
    return await Promise.race([question, ended]);
  } catch {
    return undefined;
  } finally {
    lines.close();
    if (!options.echo) process.stderr.write('\n');
  }
}
