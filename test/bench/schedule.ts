import { createMemoryCoordinator } from '../../src/coordinate/memory-coordinator.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { Plan } from '../../src/model/plan.ts';
import { schedule } from '../../src/schedule/schedule.ts';
import { chainPlay, PlanBuilder } from '../support/plan-builder.ts';

function bigPlan(hostCount: number, stepCount: number): Plan {
  const hosts = Array.from({ length: hostCount }, (_, index) => `host${index}`);
  const builder = new PlanBuilder(hosts);
  chainPlay(
    builder,
    Array.from({ length: stepCount }, (_, index) => `step${index}`),
  );
  return builder.build();
}

async function measure(
  plan: Plan,
): Promise<{ readonly ms: number; readonly cpuMs: number; readonly bytes: number; readonly ok: number }> {
  globalThis.gc?.();
  const before = process.memoryUsage();
  let peak = before.rss;
  let events = 0;
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  const result = await schedule(plan, () => Promise.resolve({ outcome: 'ok', notify: [] }), {
    forks: 50,
    coordinator: createMemoryCoordinator({ clock: systemClock }),
    clock: systemClock,
    emit: () => {
      events += 1;
      if (events % 4_096 === 0) peak = Math.max(peak, process.memoryUsage.rss());
    },
  });
  const ms = performance.now() - startMs;
  const cpu = process.cpuUsage(startCpu);
  const cpuMs = (cpu.user + cpu.system) / 1_000;
  const ok = Object.values(result.hosts).reduce((sum, counts) => sum + counts.ok, 0);
  return { ms, cpuMs, bytes: Math.max(peak, process.memoryUsage.rss()) - before.rss, ok };
}

/** Schedules no-op instances: how long that takes, and how much memory beyond the plan, for two sizes. */
export async function benchSchedule(): Promise<string[]> {
  const lines: string[] = [];
  for (const [hosts, steps] of [
    [100, 50],
    [1_000, 50],
  ] as const) {
    const plan = bigPlan(hosts, steps);
    const { ms, cpuMs, bytes, ok } = await measure(plan);
    const perInstance = ((ms * 1_000) / ok).toFixed(1);
    const megabytes = (bytes / 1e6).toFixed(0);
    lines.push(
      `schedule ${ok} instances: ${ms.toFixed(0)} ms (${perInstance} µs each), ${cpuMs.toFixed(0)} ms of CPU, ${megabytes} MB beyond the plan`,
    );
  }
  return lines;
}
