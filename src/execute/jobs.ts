import { randomInt } from 'node:crypto';
import type { DetachedWork, Jobs, ModuleResult } from '../model/module.ts';
import type { Keywords } from '../model/playbook.ts';
import { durationKeyword } from './keyword-values.ts';
import { fromModule } from './settled.ts';
import type { StepScope } from './step-scope-port.ts';

const defaultPollMs = 15_000;

/** How a step with `async` is to be carried out; undefined where it has none, or 0. */
export function detachedWork(keywords: Keywords, scope: () => StepScope): DetachedWork | undefined {
  if (keywords.async === undefined) return undefined;
  const limitMs = durationKeyword(keywords.async, 'async', scope()) ?? 0;
  if (limitMs === 0) return undefined;
  const pollMs = durationKeyword(keywords.poll, 'poll', scope()) ?? defaultPollMs;
  return { jobId: newJobId(), limitMs, pollMs };
}

function newJobId(): string {
  return `j${randomInt(10 ** 11, 10 ** 12)}.${randomInt(1, 10 ** 6)}`;
}

/** Results of jobs that had ended when their step had. */
export interface JobResults {
  /** Those of one host. */
  ofHost(host: string): Jobs;
  /** The result of a module that ran to its end where it might have gone on by itself, as its step gives it. */
  ended(host: string, work: DetachedWork, result: ModuleResult): ModuleResult;
}

/** No results yet. */
export function createJobResults(): JobResults {
  const known = new Map<string, ModuleResult>();
  const keyOf = (host: string, jobId: string) => `${host}\0${jobId}`;
  return {
    ofHost: (host) => ({
      find: (jobId) => known.get(keyOf(host, jobId)),
      forget: (jobId) => void known.delete(keyOf(host, jobId)),
    }),
    ended: (host, work, result) => {
      // It went on by itself, or was not started at all.
      if (result.fields?.['ansible_job_id'] !== undefined) return result;
      const fields = { ansible_job_id: work.jobId, started: 1, results_file: work.jobId };
      const ended = { ...result, fields: { ...result.fields, ...fields, finished: 1 } };
      if (work.pollMs > 0 || fromModule(result, false).outcome === 'skipped') return ended;
      known.set(keyOf(host, work.jobId), ended);
      return { changed: true, fields: { ...fields, finished: 0 } };
    },
  };
}
