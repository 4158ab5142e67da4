import { errorDiagnostic } from '../model/diagnostic.ts';
import type { StepAction } from '../model/playbook.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, keyPlace } from './cursor.ts';
import { hasTemplate } from './scalars.ts';

/**
 * Notes the declared names that a module uses: those of `state`. A list of plays, which has no place for declarations,
 * is told so at once.
 */
export function noteSharedNames(action: StepAction | undefined, body: Cursor, context: Context): void {
  if (action?.type !== 'module' || action.module !== 'state') return;
  if (body.document.dialect === 'ansible') {
    context.report(
      errorDiagnostic(
        'RB213',
        `"${action.module}" needs a declaration, and a list of plays has no place for one`,
        {
          at: action.at,
          hint: 'turn the file into a native playbook: runbook import FILE',
        },
      ),
    );
    return;
  }
  for (const change of ['set', 'append', 'increment', 'compare']) {
    const names = childOf(body, change);
    for (const [name] of entriesOf(names.value) ?? [])
      if (!hasTemplate(name)) context.uses.push({ kind: 'state', name, at: keyPlace(childOf(names, name)) });
  }
}
