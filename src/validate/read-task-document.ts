import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Step } from '../model/playbook.ts';
import type { ReusedFile } from '../model/reuse.ts';
import type { Context } from './context.ts';
import { childOf, entriesOf, placeOf, rootCursor } from './cursor.ts';
import { describeKind } from './plain-value.ts';
import type { ReadSteps, StepsScope } from './steps-scope.ts';

/** A file of steps on its way into a list of steps. */
export interface TaskDocument {
  readonly file: ReusedFile;
  /** Where the file is named: the place of problems that the file has as a whole. */
  readonly at: Place;
}

/** Reads the steps of a file. Problems of the file are reported at its own places, else where it is named. */
export async function readTaskDocument(
  { file, at }: TaskDocument,
  scope: StepsScope,
  context: Context,
  readSteps: ReadSteps,
): Promise<readonly Step[]> {
  for (const diagnostic of file.diagnostics) context.report({ ...diagnostic, at: diagnostic.at ?? at });
  const { document } = file;
  if (document === undefined || document.value === undefined || document.value === null) return [];
  const root = rootCursor(document);
  const { value } = root;
  const first = childOf(root, 0);
  const isPlay = entriesOf(Array.isArray(value) ? first.value : value)?.some(([key]) => key === 'hosts');
  if (!Array.isArray(value) || isPlay === true) {
    const found = isPlay === true ? 'a play' : describeKind(value);
    context.report(
      errorDiagnostic('RB202', `expected a list of ${scope.kind}s, found ${found}`, {
        at: isPlay === true && Array.isArray(value) ? placeOf(first) : placeOf(root),
        related: [{ at, note: 'the file is named here' }],
        ...(isPlay === true && { hint: 'playbooks are brought in by `import_playbook` beside the plays' }),
      }),
    );
    return [];
  }
  return readSteps(root, scope, context);
}
