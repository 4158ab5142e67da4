import { Secret } from '../../model/value.ts';

/** The text that a template has made so far, and whether a secret is in it. */
export class Output {
  text = '';
  /** The name of the first secret whose text is in it. */
  secret: string | undefined;

  /** What was made: a secret if one is in it. */
  finish(): string | Secret {
    return this.secret === undefined ? this.text : new Secret(this.text, this.secret);
  }
}
