import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Context } from './context.ts';
import type { ReuseLink, StepsScope } from './steps-scope.ts';

/** Task files and roles that one playbook may use, counted for each use. */
const maxUses = 5_000;

/**
 * The chain of files with one more, or undefined where it is refused: RB113 for a file that leads back to itself, with
 * every place on the way, or for more files than anybody means.
 */
export function followLink(
  link: ReuseLink,
  scope: StepsScope,
  context: Context,
): StepsScope['source']['chain'] | undefined {
  const { chain } = scope.source;
  const start = chain.findIndex((one) => one.key === link.key);
  scope.play.roles.useCount++;
  if (start === -1 && scope.play.roles.useCount <= maxUses) return [...chain, link];
  if (start === -1) {
    if (scope.play.roles.useCount === maxUses + 1)
      context.report(
        errorDiagnostic('RB113', `more than ${maxUses} task files and roles are used`, { at: link.at }),
      );
    return undefined;
  }
  const circle = chain.slice(start);
  const names = [...circle, link].map((one) => one.label);
  context.report(
    errorDiagnostic('RB113', `files bring each other in a circle: ${names.join(' → ')}`, {
      at: link.at,
      related: circle.map((one) => ({ at: one.at, note: `which brings ${one.label}` })),
    }),
  );
  return undefined;
}
