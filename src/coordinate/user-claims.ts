import { homedir, hostname, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { systemClock } from '../lib/clock.ts';
import type { ProcessIdentity } from '../model/run-record.ts';
import type { Claims } from './claims.ts';
import { createLeaseClaims } from './lease-claims.ts';

/** Who claims, and what tells whether others still live. */
export interface UserClaimsOptions {
  readonly runId: string;
  readonly env: NodeJS.ProcessEnv;
  readonly process: ProcessIdentity;
  isAlive(process: ProcessIdentity): boolean;
  warn(message: string): void;
}

/** What all runs of this user on this controller share: leases below `$XDG_STATE_HOME/runbook/leases`. */
export function createUserClaims({ runId, env, process, isAlive, warn }: UserClaimsOptions): Claims {
  const machine = hostname();
  return createLeaseClaims({
    folder: leaseFolder(env),
    owner: { runId, user: userInfo().username, machine, process },
    sight: { machine, isAlive, nowMs: () => Date.now() },
    clock: systemClock,
    onLost: warn,
  });
}

/** The folder of leases. A relative `XDG_STATE_HOME` counts as none. */
export function leaseFolder(env: NodeJS.ProcessEnv): string {
  const given = env['XDG_STATE_HOME'] ?? '';
  const state = isAbsolute(given) ? given : join(env['HOME'] || homedir(), '.local', 'state');
  return join(state, 'runbook', 'leases');
}
