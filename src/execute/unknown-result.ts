/** Thrown where a step reads a result that is not known, since the step that makes it was left out in check mode. */
export class UnknownResultError extends Error {
  /** The title of the step that was left out. */
  readonly step: string;

  constructor(step: string) {
    super(`depends on ${step}`);
    this.name = 'UnknownResultError';
    this.step = step;
  }
}
