// Ratios measured side by side in one run, never asserted: `npm run bench [-- NAME...]`.
import { fleetBench } from './fleet-bench.ts';

const benches: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  fleet: fleetBench,
  adhoc: async () => (await import('./adhoc-bench.ts')).adhocBench(),
  start: async () => (await import('./start-bench.ts')).startBench(),
  compile: async () => (await import('./compile.ts')).benchCompile(),
  schedule: async () => (await import('./schedule.ts')).benchSchedule(),
  coordination: async () => (await import('./coordination.ts')).benchCoordination(),
  template: async () => (await import('./template.ts')).benchTemplate(),
};

const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}`);
  for (const line of await bench()) console.log(line);
}
