import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Context } from './context.ts';

/** Remembers a name, or reports it where it is taken already. */
export function noteUnique(
  use: { readonly name: string; readonly at: Place },
  among: { readonly noun: string; readonly taken: Map<string, Place> },
  context: Context,
): void {
  const { name, at } = use;
  const first = among.taken.get(name);
  if (first === undefined) {
    among.taken.set(name, at);
    return;
  }
  context.report(
    errorDiagnostic('RB208', `"${name}" is already the ${among.noun}`, {
      at,
      related: [{ at: first, note: 'which stands here' }],
    }),
  );
}
