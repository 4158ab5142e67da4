import type { Place } from './place.ts';
import type { Value } from './value.ts';

/** One entry of `vars_prompt`. */
export interface VariablePrompt {
  readonly name: string;
  /** The question. */
  readonly prompt: string;
  readonly default?: Value | undefined;
  /** What is typed is not shown, and the answer is a secret. */
  readonly isPrivate: boolean;
  readonly confirm: boolean;
  /** Kept as a hash of this kind, in the form of `/etc/shadow`. */
  readonly hash?: 'sha512' | 'sha256' | undefined;
  readonly salt?: string | undefined;
  readonly saltSize: number;
  /** Templates in the answer stay as they are. */
  readonly isUnsafe: boolean;
  readonly at: Place;
}
