import { errorDiagnostic } from '../model/diagnostic.ts';
import type { StepAction } from '../model/playbook.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, keyPlace, placeOf } from './cursor.ts';
import { hasTemplate } from './scalars.ts';

/**
 * Notes the declared names that a module uses: those of `state` and `queue`. A list of plays, which has no place for declarations,
 * is told so at once.
 */
export function noteSharedNames(action: StepAction | undefined, body: Cursor, context: Context): void {
  if (action?.type !== 'module' || (action.module !== 'state' && action.module !== 'queue')) return;
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
  if (action.module === 'queue') noteQueues(body, context);
  else noteState(body, context);
}

function noteQueues(body: Cursor, context: Context): void {
  for (const key of ['to', 'close', 'join']) {
    const queue = childOf(body, key);
    if (typeof queue.value !== 'string') continue;
    if (!hasTemplate(queue.value))
      context.uses.push({ kind: 'queue', name: queue.value, at: placeOf(queue) });
    else
      context.report(
        errorDiagnostic('RB202', 'expected the name of a queue, found a template', {
          at: placeOf(queue),
          hint: 'which steps fill a queue must be known before the run',
        }),
      );
  }
}

function noteState(body: Cursor, context: Context): void {
  for (const change of ['set', 'append', 'increment', 'compare']) {
    const names = childOf(body, change);
    for (const [name] of entriesOf(names.value) ?? [])
      if (!hasTemplate(name)) context.uses.push({ kind: 'state', name, at: keyPlace(childOf(names, name)) });
  }
}
