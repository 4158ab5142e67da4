import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Keywords, Step } from '../model/playbook.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, keyPlace } from './cursor.ts';
import type { KeywordInput } from './keyword-kinds.ts';
import type { ReadKeywords } from './read-keywords.ts';

type Read = ReadKeywords<KeywordInput>;
type Callbacks = Pick<Keywords, 'onSuccess' | 'onFailure'>;

/** The steps under `on_success` and `on_failure`. */
export async function readCallbacks(
  { cursors }: Read,
  readList: (list: Cursor) => Promise<readonly Step[]>,
): Promise<Callbacks> {
  const [success, failure] = [cursors.get('on_success'), cursors.get('on_failure')];
  return {
    ...(success !== undefined && { onSuccess: await readList(success) }),
    ...(failure !== undefined && { onFailure: await readList(failure) }),
  };
}

/** What a loop whose items run beside each other cannot do: it has no order of items. */
const needsOrder = ['pause', 'break_when', 'extended'] as const;

/** Keywords of a step that mean nothing for one item: they speak of the step on all its hosts, or of its order. */
const notInCallbacks: Readonly<Partial<Record<keyof Keywords, string>>> = {
  loop: 'loop',
  runOnce: 'run_once',
  background: 'background',
  needs: 'needs',
  set: 'set',
  clear: 'clear',
  barrier: 'barrier',
  onSuccess: 'on_success',
  onFailure: 'on_failure',
};

/** Reports what is wrong with a step's `parallel` and the steps for its items; whether there was something. */
export function reportOddLoop(read: Read, callbacks: Callbacks, context: Context): boolean {
  const faults = [...missingLoop(read), ...ordered(read), ...oddCallbacks(callbacks)];
  for (const fault of faults) context.report(fault);
  return faults.length > 0;
}

function missingLoop({ cursors }: Read): Diagnostic[] {
  const hasLoop = [...cursors.keys()].some((key) => key === 'loop' || key.startsWith('with_'));
  const parallel = cursors.get('parallel');
  const faults: Diagnostic[] = [];
  if (parallel !== undefined && !hasLoop)
    faults.push(errorDiagnostic('RB203', '"parallel" needs a loop beside it', { at: keyPlace(parallel) }));
  for (const key of ['on_success', 'on_failure']) {
    const cursor = cursors.get(key);
    if (cursor === undefined || (parallel !== undefined && hasLoop)) continue;
    const message = `"${key}" needs a loop with "parallel" beside it`;
    const hint = 'with `parallel: 1` the items follow each other';
    faults.push(errorDiagnostic('RB203', message, { at: keyPlace(cursor), hint }));
  }
  return faults;
}

function ordered({ cursors, input }: Read): Diagnostic[] {
  const control = cursors.get('loop_control');
  if (control === undefined || !cursors.has('parallel')) return [];
  return needsOrder
    .filter((key) => input.loop_control?.[key] !== undefined)
    .map((key) =>
      errorDiagnostic(
        'RB207',
        `"loop_control.${key}" and "parallel" exclude each other: the items have no order`,
        {
          at: keyPlace(childOf(control, key)),
        },
      ),
    );
}

function oddCallbacks({ onSuccess = [], onFailure = [] }: Callbacks): Diagnostic[] {
  return [...onSuccess, ...onFailure].flatMap(({ action, at, keywords, places }) => {
    if (action.type === 'block')
      return [errorDiagnostic('RB202', 'expected a step with a module, found a block', { at })];
    return Object.entries(notInCallbacks)
      .filter(([key]) => keywords[key as keyof Keywords] !== undefined)
      .map(([, written]) =>
        errorDiagnostic('RB201', `"${written}" has no meaning on a step that runs for one item`, {
          at: places[written] ?? at,
        }),
      );
  });
}
