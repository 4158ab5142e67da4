import type { StreamEnd, StreamRequest } from './host.ts';

/** One side of a pipe. */
export interface PipeSide {
  /** A host of the inventory or, as with `delegate_to`, an address; undefined: the step's own. */
  readonly host: string | undefined;
  readonly command: StreamRequest['command'];
  readonly cwd: string | undefined;
}

/** How a side of a pipe ended. */
export interface PipeSideEnd extends StreamEnd {
  readonly host: string;
  /** Whether we ended it, as the other side had ended or the step was to end. */
  readonly isEnded: boolean;
}

/** How a pipe ended. */
export interface PipeEnd {
  /** Bytes that went through. */
  readonly size: number;
  readonly from: PipeSideEnd;
  readonly to: PipeSideEnd;
  /** What the second command printed, up to 1 MiB. */
  readonly stdout: string;
  /** Set where the step's timeout passed or the run was cancelled. */
  readonly isAborted: boolean;
}
