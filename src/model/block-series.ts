import type { StepOutcome } from './step-run.ts';
import type { Value } from './value.ts';

const longestDelayMs = 3_600_000;

/** How attempts follow each other. */
export interface Delays {
  /** Before the second attempt, in milliseconds. */
  readonly delayMs: number;
  /** By which it grows before each further one. */
  readonly factor: number;
}

/** The time to wait after so many attempts; an hour at most. */
export function delayAfter({ delayMs, factor }: Delays, attempts: number): number {
  return Math.min(longestDelayMs, delayMs * factor ** (attempts - 1));
}

/** One item of a looped block: what its steps see of it, and how it is shown. */
export interface BlockItem {
  readonly variables: Readonly<Record<string, Value>>;
  readonly label: string;
}

/** What a block that runs more than once does on a host, rendered before its first pass. */
export type BlockSeries =
  | { readonly kind: 'skipped'; readonly reason: string }
  /** What has to be known before the first pass could not be read. */
  | { readonly kind: 'unreadable'; readonly outcome: StepOutcome }
  | { readonly kind: 'items'; readonly items: readonly BlockItem[]; readonly pauseMs: number }
  | ({
      readonly kind: 'attempts';
      /** How many may follow the first. */
      readonly retries: number;
    } & Delays);
