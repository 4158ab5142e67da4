// Run by coordination.ts in a process of its own: HOSTS STEPS held|free. Prints what it measured as JSON.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from '../../src/engine/prepare.ts';
import { run } from '../../src/engine/run.ts';
import type { RunEvent } from '../../src/model/event.ts';
import { plainReporter } from '../../src/report/plain.ts';
import { plainStyle } from '../../src/report/reporter.ts';
import { confOf, writeCoordinationBook } from './coordination-book.ts';
import type { Measured } from './coordination-run.ts';
import { virtualHosts } from './virtual-hosts.ts';

/** Loads and compiles a playbook, then carries it out with everything that a run has but a network. */
async function measure(hosts: number, steps: number, isHeld: boolean): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'runbook-bench-'));
  try {
    const file = await writeCoordinationBook(folder, { hosts, steps, isHeld });
    const selection = { tags: [], skipTags: [], assumeSet: [] };
    const env = { HOME: folder, PATH: process.env['PATH'] };
    const request = { cwd: folder, env, inventory: [], extraVars: [], selection };
    const prepared = await prepare(file, request);
    globalThis.gc?.();
    const beforeBytes = process.memoryUsage().heapUsed;
    let peakBytes = beforeBytes;
    let waits = 0;
    let count = 0;
    const options = { verbosity: 0, style: plainStyle, githubActions: false, nowMs: () => performance.now() };
    const reporter = plainReporter({ write: () => undefined }, options);
    const emit = (event: RunEvent) => {
      if (event.type === 'step-waiting') waits += 1;
      count += 1;
      if (count % 4_096 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage().heapUsed);
      reporter.event(event);
    };
    const startMs = performance.now();
    const startCpu = process.cpuUsage();
    const result = await run(prepared, {
      mode: { check: false, diff: false, verbosity: 0 },
      flags: {},
      checkExitCode: false,
      connections: virtualHosts(confOf),
      emit,
      signal: new AbortController().signal,
      killSignal: new AbortController().signal,
    });
    const cpu = process.cpuUsage(startCpu);
    const wallMs = performance.now() - startMs;
    if (result.exitCode !== 0) throw new Error(`the run ended with ${result.exitCode}`);
    return { wallMs, cpuMs: (cpu.user + cpu.system) / 1_000, peakBytes: peakBytes - beforeBytes, waits };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const [hosts, steps, how] = process.argv.slice(2);
const isHeld = how === 'held';
// The compiler of the engine has its say before the clock starts.
await measure(40, 50, isHeld);
console.log(JSON.stringify(await measure(Number(hosts), Number(steps), isHeld)));
