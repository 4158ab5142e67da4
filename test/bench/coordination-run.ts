// Run by coordination.ts in a process of its own: HOSTS STEPS held|free. Prints what it measured as JSON.
import { createMemoryCoordinator } from '../../src/coordinate/memory-coordinator.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { NodeId, Plan } from '../../src/model/plan.ts';
import type { Keywords } from '../../src/model/playbook.ts';
import { schedule } from '../../src/schedule/schedule.ts';
import { act, PlanBuilder, somewhere, use, waitFor } from '../support/plan-builder.ts';

const permits = 200;

/** A chain of steps on each host; coordinated, each takes a semaphore and waits for the event of its own row. */
function chains(hostCount: number, stepCount: number, coordinated: boolean): Plan {
  const builder = new PlanBuilder(Array.from({ length: hostCount }, (_, index) => `host${index}`));
  const events = Object.fromEntries(
    Array.from({ length: stepCount }, (_, index) => [`e${index}`, { external: false, at: somewhere }]),
  );
  const semaphores = { s: { permits, scope: 'run', at: somewhere } } as const;
  builder.declarations = { ...builder.declarations, events, semaphores };
  builder.play();
  // One more chain sets an event after the other, on the first host.
  let before: NodeId | undefined;
  for (let row = 0; row < stepCount; row++) {
    const setter = builder.step(`set${row}`, coordinated ? { set: [act(`e${row}`)] } : {});
    before = builder.on('host0', setter, before === undefined ? [] : [before]);
  }
  const steps = Array.from({ length: stepCount }, (_, row) => {
    const keywords: Keywords = coordinated
      ? { wait: [waitFor(`e${row}`)], limits: [use('semaphore', 's')] }
      : {};
    return builder.step(`step${row}`, keywords);
  });
  for (const host of builder.hosts) {
    let last: NodeId | undefined;
    for (const step of steps) last = builder.on(host, step, last === undefined ? [] : [last]);
  }
  return builder.build();
}

/** What one run of a plan took. */
export interface Measured {
  readonly wallMs: number;
  /** User and system time of the process. */
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly waits: number;
}

/** Each step gives the turn away once, as one that asks a host would: so many stand in line at the same time. */
async function measure(plan: Plan): Promise<Measured> {
  globalThis.gc?.();
  const beforeBytes = process.memoryUsage().heapUsed;
  let peakBytes = beforeBytes;
  let waits = 0;
  let count = 0;
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  await schedule(
    plan,
    () => new Promise((resolve) => setImmediate(() => resolve({ outcome: 'ok', notify: [] }))),
    {
      forks: 50,
      coordinator: createMemoryCoordinator({ clock: systemClock }),
      clock: systemClock,
      emit: (event) => {
        if (event.type === 'step-waiting') waits += 1;
        count += 1;
        if (count % 4_096 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage().heapUsed);
      },
    },
  );
  const cpu = process.cpuUsage(startCpu);
  const wallMs = performance.now() - startMs;
  return { wallMs, cpuMs: (cpu.user + cpu.system) / 1_000, peakBytes: peakBytes - beforeBytes, waits };
}

const [hosts, steps, how] = process.argv.slice(2);
const isHeld = how === 'held';
// The compiler of the engine has its say before the clock starts.
await measure(chains(40, 50, isHeld));
console.log(JSON.stringify(await measure(chains(Number(hosts), Number(steps), isHeld))));
