import { assertNever } from '../../lib/assert-never.ts';
import type { ModuleContext, ModulePlan, ModuleResult, Probe } from '../../model/module.ts';
import { pythonJson } from '../../model/python-json.ts';
import { applyRemoteTree, planRemote, type RemoteTreeChange, remoteProbe } from './copy-remote.ts';
import { applyTree, planTree, type TreeChange } from './copy-tree.ts';
import { formatMode } from './file-mode.ts';
import { digest, type PutChange, type PutWish, planPut, putProbe } from './put-file.ts';
import { readSource } from './read-source.ts';
import { baseName } from './remote-path.ts';
import { readSourceTree } from './source-tree.ts';
import { treeProbe } from './tree-state.ts';
import { writeResult } from './write-file.ts';

/** What `copy` is asked for. */
export interface CopyWish extends PutWish {
  readonly src?: string | undefined;
  readonly content?: unknown;
  readonly remote_src: boolean;
  readonly checksum?: string | undefined;
  readonly decrypt: boolean;
}

/** A decided copy of one of the three kinds. */
export type CopyChange =
  | ({ readonly type: 'file' } & PutChange)
  | ({ readonly type: 'tree' } & TreeChange)
  | ({ readonly type: 'remote-tree' } & RemoteTreeChange);

/** How a source is copied: what to ask the host for, and what follows from its answer. */
export interface CopyJob {
  /** Undefined where the copy fails whatever the host says. */
  readonly probe: Probe<unknown> | undefined;
  plan(state: unknown): ModulePlan<CopyChange>;
}

/** Ties a probe to the plan that reads its answer. */
function job<State>(probe: Probe<State>, plan: (state: State) => ModulePlan<CopyChange>): CopyJob {
  // The state is only ever what this job's own probe made.
  return { probe, plan: (state) => plan(state as State) };
}

/** What `prepareCopy` made, as the engine hands it back. */
export function copyJobOf(prepared: unknown): CopyJob {
  return prepared as CopyJob;
}

/** Reads the source, where it lies on the controller. */
export async function prepareCopy(wish: CopyWish, context: ModuleContext): Promise<CopyJob> {
  if (wish.src === undefined) return textJob(wish, context);
  if (wish.remote_src)
    return job(remoteProbe({ ...wish, src: wish.src }), (state) => planRemote(wish, state, context));
  const source = await context.files.find(wish.src, 'files');
  const found = await context.files.stat(source);
  if (found?.isDirectory === true) return treeJob(wish, source, wish.src, context);
  const { bytes, wasEncrypted } = await readSource(source, wish.decrypt, context);
  const checksum = digest('sha1', bytes);
  if (wish.checksum !== undefined && wish.checksum !== checksum)
    return failing(`${source} has the checksum ${checksum}, not ${wish.checksum}`);
  const content = { bytes, name: baseName(wish.src), fields: { src: source } };
  const mode = wish.mode === 'preserve' && found ? formatMode(found.mode) : wish.mode;
  // What was encrypted is nothing to show.
  const shown = wasEncrypted ? { ...context, diffMode: false } : context;
  return job(putProbe(wish, content, shown), (state) =>
    tagged('file', planPut({ ...wish, mode }, content, state, shown)),
  );
}

function textJob(wish: CopyWish, context: ModuleContext): CopyJob {
  if (wish.mode === 'preserve') return failing('mode: preserve needs src');
  const bytes = Buffer.from(typeof wish.content === 'string' ? wish.content : pythonJson(wish.content));
  const content = { bytes, name: undefined, fields: {} };
  return job(putProbe(wish, content, context), (state) =>
    tagged('file', planPut(wish, content, state, context)),
  );
}

async function treeJob(
  wish: CopyWish,
  source: string,
  src: string,
  context: ModuleContext,
): Promise<CopyJob> {
  const tree = await readSourceTree(source, wish.decrypt, context);
  // A source that ends in a slash means what is in it, else the directory itself.
  const root = src.endsWith('/') ? wish.dest : `${wish.dest.replace(/\/+$/, '')}/${baseName(src)}`;
  return job(treeProbe(root, tree), (state) =>
    tagged('tree', planTree({ ...wish, src: source }, tree, state, context)),
  );
}

function failing(msg: string): CopyJob {
  return { probe: undefined, plan: () => ({ type: 'failed', msg }) };
}

function tagged<Type extends CopyChange['type'], Change extends object>(
  type: Type,
  plan: ModulePlan<Change>,
): ModulePlan<{ readonly type: Type } & Change> {
  return plan.type === 'change' ? { ...plan, change: { type, ...plan.change } } : plan;
}

/** Carries a copy out. */
export async function applyCopy(change: CopyChange, context: ModuleContext): Promise<ModuleResult> {
  switch (change.type) {
    case 'file':
      return writeResult(change.file, change.result, context);
    case 'tree':
      return applyTree(change, context);
    case 'remote-tree':
      return applyRemoteTree(change, context);
    default:
      return assertNever(change);
  }
}
