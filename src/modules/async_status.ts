import { z } from 'zod';
import { defineActionModule, type ModuleContext, type ModuleResult } from '../model/module.ts';
import { jobDirectory, jobFields, lostJob, readJob, removeJob, withJob } from './shared/detached-job.ts';
import { textParam } from './shared/param-types.ts';

const params = () =>
  z.strictObject({
    jid: textParam.describe('The job: `ansible_job_id` of the step that started it.'),
    mode: z
      .enum(['status', 'cleanup'])
      .default('status')
      .describe('`status` tells how it stands; `cleanup` removes what it left on the host.'),
  });

function unknownJob(jobId: string): ModuleResult {
  const fields = { ansible_job_id: jobId, started: 1, finished: 1 };
  return { changed: false, failed: true, msg: 'could not find job', fields };
}

function kept(jobId: string, mode: 'status' | 'cleanup', context: ModuleContext): ModuleResult | undefined {
  const result = context.jobs?.find(jobId);
  if (result === undefined) return undefined;
  if (mode === 'status') return result;
  context.jobs?.forget(jobId);
  return { changed: false, fields: { ansible_job_id: jobId, erased: jobId } };
}

/** Tells how a job stands that a step with `async` started. */
export default defineActionModule({
  name: 'async_status',
  summary: 'Tell how a job stands that a step with `async` and `poll: 0` started.',
  description:
    'A job that has ended gives the result of its module, with `finished: 1`. Jobs of `command`, `shell`, `script` and ' +
    '`raw` go on by themselves on the host and are found there, also by a later run; those of other modules have ended ' +
    'when their step has, and are known to the run alone.',
  params,
  where: 'remote',
  checkMode: 'skip',
  returns: {
    ansible_job_id: 'The job.',
    started: '1.',
    finished: '1 when it has ended, else 0.',
    results_file: 'Its directory on the host.',
    erased: 'What was removed.',
  },
  examples: [
    {
      title: 'Start a job, and wait for it later',
      yaml: 'async_status:\n  jid: "{{ rebuild.ansible_job_id }}"\nregister: job\nuntil: job is finished\nretries: 60\ndelay: 10',
    },
  ],
  async run({ jid, mode }, context) {
    const known = kept(jid, mode, context);
    if (known !== undefined) return known;
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(jid)) return unknownJob(jid);
    const word = jobDirectory(jid, context);
    const found = await readJob(word, context);
    if (found.state === 'none') return unknownJob(jid);
    if (mode === 'cleanup') {
      await removeJob(word, context);
      return { changed: false, fields: { ansible_job_id: jid, erased: found.directory } };
    }
    if (found.state === 'running')
      return {
        changed: false,
        fields: { ...jobFields(jid, false, found.directory), stdout: '', stderr: '' },
      };
    if (found.state === 'lost') return lostJob(jid, found.directory);
    return withJob(found.result, jid, found.directory);
  },
});
