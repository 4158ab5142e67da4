import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, timed } from './measure.ts';

const runbook = fileURLToPath(new URL('../../bin/runbook.js', import.meta.url));
const rounds = 9;

const noKeptCode = { RUNBOOK_NO_CODE_CACHE: '1' };

async function medianOf(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const walls: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const options = { cwd, env: { ...process.env, XDG_CACHE_HOME: join(cwd, 'cache'), ...env } };
    const end = await timed(process.execPath, args, options);
    if (end.code !== 0) throw new Error(end.stderr);
    walls.push(end.wallMs);
  }
  return median(walls);
}

/** How long it takes until the program has started, against `node -e 0`. */
export async function startBench(): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'runbook-bench-'));
  try {
    const steps = Array.from(
      { length: 100 },
      (_, index) =>
        `  - {id: s${index}, name: "step ${index}", command: "echo {{ inventory_hostname }} ${index}", when: "${index} < 200"}`,
    );
    await writeFile(join(folder, 'site.yml'), `name: Start\nhosts: all\nsteps:\n${steps.join('\n')}\n`);
    await writeFile(join(folder, 'inventory.yml'), 'hosts: {"web[1:10]": {}}\n');
    const node = await medianOf(['-e', '0'], folder);
    const version = await medianOf([runbook, '--version'], folder);
    const validate = await medianOf([runbook, 'validate', 'site.yml'], folder);
    const unkept = await medianOf([runbook, 'validate', 'site.yml'], folder, noKeptCode);
    const exec = await medianOf([runbook, 'exec', 'localhost', '--cmd', 'true'], folder);
    const line = (name: string, wallMs: number, figure: string) =>
      `${name.padEnd(44)} ${wallMs.toFixed(0).padStart(5)} ms  node + ${(wallMs - node).toFixed(0)} ms  ${figure}`.trimEnd();
    return [
      line('node -e 0', node, ''),
      line('runbook --version', version, 'figure: 60 ms'),
      line('runbook validate, 100 steps', validate, 'figure: 200 ms'),
      line('runbook validate, 100 steps, no kept code', unkept, ''),
      line('runbook exec on this machine', exec, ''),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
