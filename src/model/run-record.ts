import type { HostCounts, RunOutcome } from './outcome.ts';

/** What `run.json` in a run's folder says. */
export interface RunRecord {
  readonly version: 1;
  readonly runId: string;
  readonly playbook: string;
  readonly checkMode: boolean;
  readonly process: ProcessIdentity;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly state: 'running' | 'ended';
  /** The control socket, absolute; absent once the run has ended, and where none could be opened. */
  readonly socket?: string | undefined;
  readonly endedAt?: string | undefined;
  /** How it ended; absent for a run that is under way, or that broke off by a bug. */
  readonly end?: RunEnd | undefined;
}

/** How a run ended. */
export interface RunEnd {
  readonly outcome: RunOutcome;
  readonly exitCode: number;
  readonly durationMs: number;
  readonly interrupted: boolean;
  readonly hosts: Readonly<Record<string, HostCounts>>;
  readonly owedHandlers: Readonly<Record<string, readonly string[]>>;
  /** Time that steps, blocks and plays waited, by host; hosts that never waited are left out. */
  readonly waitedMs: Readonly<Record<string, number>>;
}

/** What tells a process from every other one, also after a restart of the machine. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Undefined where the system does not tell. */
  readonly bootId?: string | undefined;
  /** When it started, in the system's own measure; undefined where the system does not tell. */
  readonly startTicks?: string | undefined;
}

/** A run as found on disk. `died`: its process is gone, and nobody wrote down how it ended. */
export interface FoundRun {
  readonly record: RunRecord;
  readonly folder: string;
  readonly state: 'running' | 'ended' | 'died';
}
