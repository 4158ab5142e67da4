import { type SpawnOptions, spawn } from 'node:child_process';

/** A finished command. */
export interface Finished {
  readonly wallMs: number;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end and times it. */
export async function timed(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly input?: string } = {},
): Promise<Finished> {
  const startedAtMs = performance.now();
  const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const chunks: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    chunks.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    chunks.stderr += text;
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { wallMs: performance.now() - startedAtMs, code, ...chunks };
}

/** The middle one of an odd number of measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A line of the table: what was measured, how long it took, and its ratio to the base. */
export function row(name: string, wallMs: number, baseMs: number, note = ''): string {
  return `${name.padEnd(52)} ${(wallMs / 1_000).toFixed(2).padStart(7)} s  ${(wallMs / baseMs).toFixed(2).padStart(6)}x  ${note}`.trimEnd();
}
