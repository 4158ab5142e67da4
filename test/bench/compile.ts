import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compile } from '../../src/compile/compile.ts';
import type { Plan } from '../../src/model/plan.ts';
import { compileOptions, inventory, play, playbook, step } from '../support/playbook-builder.ts';

interface Measured {
  readonly instances: number;
  readonly durationMs: number;
  readonly heapBytes: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/**
 * Compiles 100 and 1,000 hosts x 50 steps; one line each with time, the heap that the plan keeps,
 * and the cost of an instance.
 */
export async function benchCompile(): Promise<string[]> {
  compileOnce(100);
  const few = best(() => compileOnce(100));
  const many = best(() => compileOnce(1_000));
  const ratio = many.durationMs / many.instances / (few.durationMs / few.instances);
  return [
    describe(few),
    describe(many),
    `compile: an instance costs ${ratio.toFixed(2)}x as much among 50,000 as among 5,000`,
  ];
}

function best(measure: () => Measured): Measured {
  const runs = [measure(), measure(), measure()];
  return runs.reduce((a, b) => (b.durationMs < a.durationMs ? b : a));
}

function compileOnce(hostCount: number): Measured {
  const names = Array.from({ length: hostCount }, (_, i) => `host${i}`);
  const hosts = inventory(names, { web: names });
  const list = Array.from({ length: 50 }, (_, i) =>
    step({
      id: `step${i}`,
      params: { text: 'on {{ inventory_hostname }}' },
      ...(i % 10 === 0 && { when: ["'web' in group_names"] }),
    }),
  );
  const book = playbook({ plays: [play({ steps: list })] });
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const started = performance.now();
  const plan = planOf(book, hosts);
  const durationMs = performance.now() - started;
  collectGarbage();
  const heapBytes = process.memoryUsage().heapUsed - before;
  const instances = plan.nodes.filter((node) => node.kind === 'instance').length;
  return { instances, durationMs, heapBytes };
}

function planOf(...[book, hosts]: [Parameters<typeof compile>[0], Parameters<typeof compile>[1]]): Plan {
  const { plan, diagnostics } = compile(book, hosts, compileOptions());
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return plan;
}

function describe({ instances, durationMs, heapBytes }: Measured): string {
  const each = (durationMs * 1_000) / instances;
  const heap = Math.max(0, heapBytes) / 1e6;
  return `compile: ${instances} instances in ${durationMs.toFixed(0)} ms, ${heap.toFixed(0)} MB of heap, ${each.toFixed(1)} µs each`;
}
