import type { RunEvent, StepInfo } from '../model/event.ts';
import { type CriticalPath, criticalPath } from './critical-path.ts';
import type { WriteReport } from './junit.ts';
import { createRecorder } from './recording.ts';
import type { Reporter } from './reporter.ts';
import { toJson } from './result-text.ts';
import { unifiedDiffs } from './unified-diff.ts';

/** The whole run as one JSON document: plays, steps with a result for each host, the recap. */
export function jsonReporter(write: WriteReport): Reporter {
  const steps = new Map<number, { readonly info: StepInfo; readonly results: unknown[] }>();
  const recorder = createRecorder();
  let started: Extract<RunEvent, { readonly type: 'run-started' }> | undefined;
  let finished: Extract<RunEvent, { readonly type: 'run-finished' }> | undefined;
  return {
    event(event) {
      recorder.add(event, performance.now());
      if (event.type === 'run-started') {
        started = event;
        for (const info of event.steps) steps.set(info.index, { info, results: [] });
      } else if (event.type === 'steps-added') {
        for (const info of event.steps)
          steps.set(info.index, { info, results: steps.get(info.index)?.results ?? [] });
      } else if (event.type === 'run-finished') finished = event;
      else if (event.type === 'step-finished') {
        const diff = unifiedDiffs(event.diff);
        const { type: _type, node: _node, step, title, diff: _diff, ...rest } = event;
        steps.get(step)?.results.push({ ...rest, title, ...(diff === '' ? {} : { diff }) });
      }
    },
    async close() {
      const recording = recorder.recording();
      const path = recording === undefined ? undefined : criticalPath(recording);
      const plays = started?.plays.map((play) => ({
        name: play.name,
        hosts: play.hosts,
        steps: [...steps.values()]
          .filter(({ info }) => info.play === play.index)
          .map(({ info, results }) => ({
            step: info.title,
            id: info.id,
            module: info.module,
            at: info.at,
            slackMs: rounded(path?.slackMs.get(info.index)),
            results,
          })),
      }));
      await write(
        `${toJson(
          {
            runId: started?.runId,
            playbook: started?.playbook,
            checkMode: started?.checkMode,
            startedAt: started === undefined ? undefined : new Date(started.atMs).toISOString(),
            outcome: finished?.outcome,
            exitCode: finished?.exitCode,
            durationMs: finished?.durationMs,
            hosts: finished?.hosts,
            waitedMs: finished?.waitedMs ?? {},
            criticalPath: pathFields(path),
            plays,
          },
          2,
        )}\n`,
      );
    },
  };
}

/** Why the run took as long as it did, in whole milliseconds since its start. */
function pathFields(path: CriticalPath | undefined): unknown {
  if (path === undefined) return undefined;
  return {
    totalMs: rounded(path.totalMs),
    parts: path.parts.map(({ node: _node, startMs, endMs, ...rest }) => ({
      ...rest,
      startMs: rounded(startMs),
      endMs: rounded(endMs),
    })),
    onePermitMore: path.savings.map(({ savedMs, ...rest }) => ({ ...rest, savedMs: rounded(savedMs) })),
  };
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}
