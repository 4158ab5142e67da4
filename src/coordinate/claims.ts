/** Permits of a lock or semaphore whose scope is all runs of one controller, as one holder has them. */
export interface Claim {
  /** Gives back all, or some. */
  release(permits?: number): Promise<void>;
  /** Keeps them beyond the end of the run: what they stand for may still be going on. */
  abandon(reason: string): Promise<void>;
}

/** A request for permits that other runs may hold. */
export interface ClaimRequest {
  /** The lock's or semaphore's name, its key included. */
  readonly limit: string;
  readonly capacity: number;
  readonly permits: number;
  /** Who asks, for people of other runs: `step "up" on web1`. */
  readonly holder: string;
}

/** How long to wait, and who is told of whom it is waited for. */
export interface ClaimWait {
  readonly deadlineMs: number;
  /** Called when other runs hold it, and again when other ones do: who, in words. */
  onHeld(holders: readonly string[]): void;
}

/**
 * What the runs of one controller share. Between runs nobody stands in line: who asks when a permit is free gets it.
 */
export interface Claims {
  /**
   * Takes permits, all or none.
   *
   * @throws CoordinationError `timeout`, `cancelled`, or `poisoned` where a holder was lost.
   */
  claim(request: ClaimRequest, wait: ClaimWait, signal: AbortSignal): Promise<Claim>;
  /** Abandons what is still held, and stops renewing. */
  close(): Promise<void>;
}
