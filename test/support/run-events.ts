import type { RunEvent, StepFinished, StepInfo } from '../../src/model/event.ts';
import { type HostCounts, noCounts } from '../../src/model/outcome.ts';
import type { TextSink } from '../../src/report/reporter.ts';

/** A step of play 0 that runs on three hosts unless told otherwise. */
export function stepInfo(index: number, fields: Partial<StepInfo> = {}): StepInfo {
  return {
    index,
    title: `step ${index}`,
    module: 'command',
    at: { file: 'site.yml', line: 10 + index, column: 7, length: 4 },
    play: 0,
    handler: false,
    instances: 3,
    noLog: false,
    ...fields,
  };
}

/** The first event of a run over the hosts web1 to web3. */
export function runStarted(
  steps: readonly StepInfo[],
  hosts: readonly string[] = ['web1', 'web2', 'web3'],
): RunEvent {
  return {
    type: 'run-started',
    runId: 'run-1',
    playbook: 'site.yml',
    checkMode: false,
    diffMode: false,
    plays: [{ index: 0, name: 'Web', hosts }],
    steps,
    hosts,
    atMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  };
}

/** The end of an instance. */
export function finished(step: number, host: string, fields: Partial<StepFinished> = {}): StepFinished {
  return {
    type: 'step-finished',
    node: 0,
    step,
    title: `step ${step}`,
    host,
    outcome: 'ok',
    durationMs: 12,
    waitedMs: 0,
    ...fields,
  };
}

/** The last event of a run. */
export function runFinished(
  hosts: Readonly<Record<string, Partial<HostCounts>>>,
  fields: Partial<Extract<RunEvent, { type: 'run-finished' }>> = {},
): RunEvent {
  const full = Object.fromEntries(
    Object.entries(hosts).map(([name, counts]) => [name, { ...noCounts, ...counts }]),
  );
  return {
    type: 'run-finished',
    runId: 'run-1',
    outcome: 'ok',
    exitCode: 0,
    hosts: full,
    durationMs: 1_234,
    interrupted: false,
    owedHandlers: {},
    ...fields,
  };
}

/** A sink that keeps what it is given. */
export function memorySink(
  size: { readonly columns?: number; readonly rows?: number } = {},
): TextSink & { readonly chunks: string[]; text(): string } {
  const chunks: string[] = [];
  return { chunks, write: (text) => void chunks.push(text), text: () => chunks.join(''), ...size };
}
