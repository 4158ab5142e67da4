import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Measured } from './coordination-run.ts';
import { median, timed } from './measure.ts';

const rounds = 3;
const steps = 50;
const sizes = [100, 400, 1_000];

/** What is measured, and the program that does it. */
const subjects = [
  {
    title: 'whole run over virtual hosts (compiled playbook, modules, templates, report)',
    file: 'coordination-whole.ts',
  },
  { title: 'scheduler alone, steps that do nothing', file: 'coordination-run.ts' },
] as const;

/**
 * Processor time, wall time and memory of steps that all take a semaphore and wait for an event, against the same steps
 * without, for three sizes: once of a whole run in which only the network is left out, once of the scheduler by itself.
 * Each run has a process of its own, of bundled code as it is shipped; the two kinds take turns.
 */
export async function benchCoordination(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'runbook-bench-'));
  try {
    const lines: string[] = [];
    for (const { title, file } of subjects) {
      const program = await bundle(folder, file);
      lines.push(`${title}:`);
      for (const hosts of sizes) lines.push(await compare(program, hosts));
    }
    return lines;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundle(folder: string, file: string): Promise<string> {
  const outfile = join(folder, `${file}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Native add-ons of packages are optional.
    external: ['*.node', 'cpu-features'],
    banner: {
      js: [
        "import { createRequire as requireFrom } from 'node:module';",
        'const require = requireFrom(import.meta.url), __dirname = import.meta.dirname;',
      ].join(''),
    },
    logLevel: 'error',
  });
  return outfile;
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
  const bytesOf = (list: readonly Measured[]) => Math.round(middle(list, (one) => one.peakBytes) / instances);
  return [
    `  ${instances} instances, ${held[0]?.waits ?? 0} waits:`,
    `CPU ${cpuHeld.toFixed(0)} ms, ${cpuFree.toFixed(0)} ms without: ${(cpuHeld / cpuFree).toFixed(2)}x;`,
    `wall ${wallHeld.toFixed(0)} ms, ${wallFree.toFixed(0)} ms: ${(wallHeld / wallFree).toFixed(2)}x;`,
    `${bytesOf(held)} bytes of heap for each at the peak, ${bytesOf(free)} without`,
  ].join(' ');
}

async function run(program: string, hosts: number, how: 'free' | 'held'): Promise<Measured> {
  const args = ['--expose-gc', program, String(hosts), String(steps), how];
  const { stdout, stderr, code } = await timed(process.execPath, args);
  if (code !== 0) throw new Error(`the run of ${hosts} hosts failed: ${stderr}`);
  return JSON.parse(stdout);
}
