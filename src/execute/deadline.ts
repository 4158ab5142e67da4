import type { HostRequest } from '../model/host.ts';

/** The time limit of one attempt at a step. */
export interface AttemptDeadline {
  /** Aborted when the run is cancelled or the limit has passed. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number | undefined;
  /** Whether the limit has passed. */
  readonly expired: boolean;
  /** Tells that the host's own watchdog ended the command. */
  expire(): void;
  /**
   * Sends a request under the limit. The host's watchdog gets the first chance to end a command, as it needs no second
   * connection; our own signal follows `graceMs` later.
   */
  during<T>(request: HostRequest, send: (limited: HostRequest) => Promise<T>): Promise<T>;
  /** Ends the timers. */
  close(): void;
}

const graceMs = 2_000;

/** A limit of `timeoutMs`, or none; the signal follows `outer` in any case. */
export function startDeadline(timeoutMs: number | undefined, outer: AbortSignal): AttemptDeadline {
  if (timeoutMs === undefined) return unlimited(outer);
  const controller = new AbortController();
  const startedAtMs = performance.now();
  let expired = false;
  let watched = 0;
  let grace: NodeJS.Timeout | undefined;
  const abort = () => {
    expired = true;
    controller.abort(new Error('the step ran into its timeout'));
  };
  const timer = setTimeout(() => {
    if (watched === 0) abort();
    else grace = setTimeout(abort, graceMs);
  }, timeoutMs);
  return {
    signal: AbortSignal.any([outer, controller.signal]),
    timeoutMs,
    get expired() {
      return expired;
    },
    expire: () => {
      expired = true;
    },
    during: async (request, send) => {
      if (request.type !== 'exec') return send(request);
      const leftMs = Math.max(1, Math.round(timeoutMs - (performance.now() - startedAtMs)));
      watched++;
      try {
        return await send({ ...request, timeoutMs: Math.min(leftMs, request.timeoutMs ?? leftMs) });
      } finally {
        watched--;
      }
    },
    close: () => {
      clearTimeout(timer);
      clearTimeout(grace);
    },
  };
}

function unlimited(outer: AbortSignal): AttemptDeadline {
  return {
    signal: outer,
    timeoutMs: undefined,
    expired: false,
    expire: () => undefined,
    during: (request, send) => send(request),
    close: () => undefined,
  };
}
