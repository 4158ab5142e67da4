/** How an instance ended. An ignored or rescued failure stays `failed` and is counted apart. */
export type Outcome = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'unknown' | 'cancelled';

/** The recap of one host. `ok` counts ok and changed alike, as Ansible does. */
export interface HostCounts {
  readonly ok: number;
  readonly changed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly unreachable: number;
  readonly unknown: number;
  readonly cancelled: number;
  readonly ignored: number;
  readonly rescued: number;
}

/** The recap of a host that nothing happened on. */
export const noCounts: HostCounts = {
  ok: 0,
  changed: 0,
  skipped: 0,
  failed: 0,
  unreachable: 0,
  unknown: 0,
  cancelled: 0,
  ignored: 0,
  rescued: 0,
};

/** How a whole run ended. */
export type RunOutcome = 'ok' | 'changed' | 'failed' | 'unreachable' | 'unknown' | 'cancelled';
