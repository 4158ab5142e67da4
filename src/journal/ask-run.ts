import { connect } from 'node:net';
import { failure, type RunbookError } from '../model/diagnostic.ts';
import type { ControlReply, ControlRequest } from '../model/run-control.ts';
import type { FoundRun } from '../model/run-record.ts';

const deadlineMs = 10_000;

/**
 * Asks a run that is under way, through its control socket; the answer comes within 10 s.
 *
 * @throws RunbookError RB705 for a run that has ended or died, RB707 for one that can't be reached, RB706 where it
 * refuses.
 */
export async function askRun(
  run: FoundRun,
  request: ControlRequest,
): Promise<Exclude<ControlReply, { reply: 'refused' }>> {
  const { runId, socket, end } = run.record;
  if (run.state === 'ended') {
    const how = end === undefined ? '' : `: ${end.outcome}, exit code ${end.exitCode}`;
    throw failure('RB705', `run ${runId} has ended${how}`, { hint: `see runbook runs show ${runId}` });
  }
  if (run.state === 'died')
    throw failure('RB705', `run ${runId} has died: process ${run.record.process.pid} is gone`);
  if (socket === undefined) throw unreachable(runId, 'it has no control socket');
  const line = await exchange(socket, `${JSON.stringify(request)}\n`, runId);
  const reply = readReply(line);
  if (reply === undefined) throw unreachable(runId, 'its answer is not understood');
  if (reply.reply === 'refused') throw failure('RB706', reply.message, { hint: reply.hint });
  return reply;
}

function exchange(path: string, request: string, runId: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(unreachable(runId, `it does not answer within ${deadlineMs / 1_000} s`));
    }, deadlineMs);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', (error) => {
      clearTimeout(timer);
      reject(unreachable(runId, error.message));
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}

function unreachable(runId: string, why: string): RunbookError {
  return failure('RB707', `run ${runId} can't be reached: ${why}`);
}

// It comes from our own program, run by the same user: only its shape is looked at.
function readReply(line: string): ControlReply | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('reply' in value)) return undefined;
    const known = ['look', 'events', 'done', 'refused'];
    return known.includes(String(value.reply)) ? (value as ControlReply) : undefined;
  } catch {
    return undefined;
  }
}
