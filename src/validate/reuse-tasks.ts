import type { Place } from '../model/place.ts';
import type { Step } from '../model/playbook.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import type { ReuseHead } from './import-head.ts';
import { readTaskDocument } from './read-task-document.ts';
import { followLink } from './reuse-chain.ts';
import { originLayer, originOf, taskFolders } from './step-origin.ts';
import type { ReadSteps, StepsScope } from './steps-scope.ts';

/** A task file as it is named somewhere. */
export interface TasksUse {
  /** As written, rendered. */
  readonly name: string;
  readonly at: Place;
  readonly head: ReuseHead;
  /** Variables of the steps beside those of `head`. */
  readonly layers?: readonly VariableLayer[] | undefined;
}

/** Reads the steps of a task file as a block; undefined where the file cannot be used, which is reported. */
export async function reuseTasks(
  { name, at, head, layers: own = [] }: TasksUse,
  scope: StepsScope,
  context: Context,
  readSteps: ReadSteps,
): Promise<Step | undefined> {
  const { source, kind } = scope;
  const { reuse } = context.options;
  if (reuse === undefined) return undefined;
  const file = await reuse.taskFile(name, taskFolders(source, kind), source.dialect);
  const label = file.document?.file.path ?? file.path;
  const chain = followLink({ key: file.path, label, at }, scope, context);
  if (chain === undefined) return undefined;
  const origin = originOf(file.path, source.origin?.roles ?? [], source.playbookDir);
  const layers: readonly VariableLayer[] = [originLayer(origin, source.playbookDir), ...own];
  const enclose = (body: readonly Step[]): Step => ({
    ...head,
    action: { type: 'block', body, rescue: [], always: [], reuse: { origin, layers } },
  });
  const inner: StepsScope = {
    ...scope,
    defaults: [...scope.defaults, head.keywords.moduleDefaults ?? {}],
    source: {
      ...source,
      origin,
      chain,
      known: [...source.known, ...layers],
      wrap: (handlers) => source.wrap([enclose(handlers)]),
    },
  };
  return enclose(await readTaskDocument({ file, at }, inner, context, readSteps));
}
