import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Measured } from './coordination-run.ts';
import { median, timed } from './measure.ts';

const rounds = 3;
const steps = 50;

/**
 * Processor time and memory of steps that all take a semaphore and wait for an event, against the same steps without, for
 * three sizes. Each run has a process of its own, of bundled code as it is shipped; the two kinds take turns.
 */
export async function benchCoordination(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'runbook-bench-'));
  try {
    const outfile = join(folder, 'run.mjs');
    const entry = fileURLToPath(new URL('coordination-run.ts', import.meta.url));
    await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm' });
    const lines: string[] = [];
    for (const hosts of [100, 400, 1_000]) lines.push(await compare(outfile, hosts));
    return lines;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(program: string, hosts: number): Promise<string> {
  const free: Measured[] = [];
  const held: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    free.push(await run(program, hosts, 'free'));
    held.push(await run(program, hosts, 'held'));
  }
  const instances = hosts * steps;
  const middle = (list: readonly Measured[], of: (one: Measured) => number) => median(list.map(of));
  const [cpuFree, cpuHeld] = [middle(free, (one) => one.cpuMs), middle(held, (one) => one.cpuMs)];
  const [wallFree, wallHeld] = [middle(free, (one) => one.wallMs), middle(held, (one) => one.wallMs)];
  const bytes = Math.round(middle(held, (one) => one.peakBytes) / instances);
  return [
    `coordinate ${instances} instances, ${held[0]?.waits ?? 0} waits:`,
    `CPU ${cpuHeld.toFixed(0)} ms, ${cpuFree.toFixed(0)} ms without: ${(cpuHeld / cpuFree).toFixed(2)}x;`,
    `wall ${wallHeld.toFixed(0)} ms, ${wallFree.toFixed(0)} ms: ${(wallHeld / wallFree).toFixed(2)}x;`,
    `${bytes} bytes of heap for each at the peak`,
  ].join(' ');
}

async function run(program: string, hosts: number, how: 'free' | 'held'): Promise<Measured> {
  const args = ['--expose-gc', program, String(hosts), String(steps), how];
  const { stdout, stderr, code } = await timed(process.execPath, args);
  if (code !== 0) throw new Error(`the run of ${hosts} hosts failed: ${stderr}`);
  return JSON.parse(stdout);
}
