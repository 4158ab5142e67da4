import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Whether a person can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Asks at the terminal. The prompt goes to standard error, so that standard output stays what the command prints.
 *
 * @returns undefined when there is no terminal or the input ended.
 */
export async function ask(prompt: string, options: { readonly echo: boolean }): Promise<string | undefined> {
  if (!canAsk()) return undefined;
  // With echo off, what readline would draw of the typed text goes nowhere.
  const output = options.echo ? process.stderr : new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  process.stderr.write(`${prompt}${options.echo ? ' ' : ': '}`);
  try {
    return await lines.question('');
  } catch {
    return undefined;
  } finally {
    lines.close();
    if (!options.echo) process.stderr.write('\n');
  }
}
