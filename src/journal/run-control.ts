import type { RunEnd, RunRecord } from '../model/run-record.ts';
import { type ControlSocket, openControlSocket } from './control-socket.ts';
import { answerControl, type ControlledRun } from './event-control.ts';
import { identityOf } from './process-identity.ts';
import { makeRunFolder, writeRunRecord } from './run-folder.ts';

/** A run's folder with its record and its control socket, while the run is under way. */
export interface RunControl {
  /** Closes the socket and writes down how the run ended; `end` is undefined where it broke off. */
  close(end: RunEnd | undefined): Promise<void>;
}

/**
 * Makes the folder of a run, writes its record and opens its control socket. A run whose folder can't be written goes on
 * without: `warn` is told why, and other processes can't reach it.
 */
export async function openRunControl(
  run: ControlledRun,
  place: {
    readonly projectDir: string;
    readonly runId: string;
    readonly playbook: string;
    readonly checkMode: boolean;
    warn(message: string): void;
  },
): Promise<RunControl> {
  const { projectDir, runId, playbook, checkMode, warn } = place;
  const because = (error: unknown) => (error instanceof Error ? error.message : String(error));
  let record: RunRecord = {
    version: 1,
    runId,
    playbook,
    checkMode,
    process: identityOf(),
    startedAt: new Date().toISOString(),
    state: 'running',
  };
  let folder: string;
  try {
    folder = await makeRunFolder(projectDir, runId);
    await writeRunRecord(folder, record);
  } catch (error) {
    warn(`this run leaves no record, and nobody can ask it anything: ${because(error)}`);
    return { close: async () => undefined };
  }
  let socket: ControlSocket | undefined;
  try {
    socket = await openControlSocket(folder, answerControl(run));
    record = { ...record, socket: socket.path };
    await writeRunRecord(folder, record);
  } catch (error) {
    warn(`nobody can ask this run anything, as its control socket can't be opened: ${because(error)}`);
  }
  return {
    async close(end) {
      await socket?.close();
      const { socket: _, ...rest } = record;
      try {
        await writeRunRecord(folder, { ...rest, state: 'ended', endedAt: new Date().toISOString(), end });
      } catch (error) {
        warn(`the end of this run can't be written down: ${because(error)}`);
      }
    },
  };
}
