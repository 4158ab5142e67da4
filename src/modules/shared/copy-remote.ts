import { shellQuote } from '../../lib/shell-quote.ts';
import type { ModuleContext, ModulePlan, ModuleResult, Probe } from '../../model/module.ts';
import { attributeFields } from './file-attributes.ts';
import { formatMode } from './file-mode.ts';
import { fileProbe, fileProbeCode } from './file-probe.ts';
import { causeOf, type FileState, parseFileState, wholeOutput } from './file-state.ts';
import type { PutChange, PutWish } from './put-file.ts';
import { readObstacle } from './readable.ts';
import { baseName, remotePath } from './remote-path.ts';
import { planFile } from './write-plan.ts';

/** What `copy` with `remote_src` found: its source, and the file or directory that it is copied to. */
export interface RemoteState {
  readonly source: FileState;
  readonly dest: FileState | undefined;
  readonly tree: { readonly root: string; readonly missing: readonly Missing[] } | undefined;
}

/** A directory that is not there, or a file that is not there or differs. */
interface Missing {
  readonly kind: 'directory' | 'file';
  readonly name: string;
}

/** A decided copy of a directory within the host. */
export interface RemoteTreeChange {
  readonly root: string;
  readonly code: readonly string[];
  readonly result: Omit<ModuleResult, 'changed'>;
}

/** What is asked for. */
export interface RemoteWish extends PutWish {
  readonly src?: string | undefined;
  readonly checksum?: string | undefined;
}

/** Looks at the source, then at what it is to become. */
export function remoteProbe(wish: RemoteWish & { readonly src: string }): Probe<RemoteState> {
  const first = { path: wish.src, follow: true, sumOfSize: 'any', algorithm: 'sha1', maker: false } as const;
  return {
    request: fileProbe(first).request,
    parse(reply) {
      const source = parseFileState(reply, { sum: first.algorithm });
      if (source.stat?.type === 'directory') return directoryProbe(wish, source);
      return fileRound(wish, source);
    },
  };
}

function fileRound(wish: RemoteWish & { readonly src: string }, source: FileState): Probe<RemoteState> {
  const name = baseName(wish.src);
  const into = wish.dest.endsWith('/');
  const code = fileProbeCode({
    path: into ? wish.dest + name : wish.dest,
    name: into ? undefined : name,
    follow: wish.follow,
    sumOfSize: source.stat?.size,
    algorithm: 'sha1',
  });
  return {
    request: { type: 'call', code, readOnly: true },
    parse: (reply) => ({ source, dest: parseFileState(reply), tree: undefined }),
  };
}

function directoryProbe(wish: RemoteWish & { readonly src: string }, source: FileState): Probe<RemoteState> {
  const root = wish.src.endsWith('/') ? wish.dest : `${wish.dest.replace(/\/+$/, '')}/${baseName(wish.src)}`;
  return {
    request: {
      type: 'call',
      code: `rb_differ ${shellQuote(source.path)} ${remotePath(root)}`,
      readOnly: true,
    },
    parse(reply) {
      const text = wholeOutput(reply.stdout).toString('utf8');
      const [absolute = '', ...records] = text.split('\n//\n');
      if (reply.rc !== 0 || absolute === '')
        throw new Error(`cannot compare ${wish.src} with ${root}: ${causeOf(reply)}`);
      const missing = records.slice(0, -1).map(
        (record): Missing => ({
          kind: record.startsWith('d') ? 'directory' : 'file',
          name: record.slice(2).replace(/^\.\/?/, ''),
        }),
      );
      return { source, dest: undefined, tree: { root: absolute, missing } };
    },
  };
}

/** Decides what has to be copied within the host. */
export function planRemote(
  wish: RemoteWish,
  state: RemoteState,
  context: ModuleContext,
): ModulePlan<
  ({ readonly type: 'file' } & PutChange) | ({ readonly type: 'remote-tree' } & RemoteTreeChange)
> {
  const { source, dest, tree } = state;
  if (tree !== undefined) return planRemoteTree(wish, source, tree, context);
  const obstacle = readObstacle(source);
  if (obstacle !== undefined) return { type: 'failed', msg: obstacle };
  if (dest === undefined || source.stat === undefined)
    return { type: 'failed', msg: `cannot read ${source.path}` };
  const checksum = source.sum ?? '';
  if (wish.checksum !== undefined && wish.checksum !== checksum)
    return { type: 'failed', msg: `${source.path} has the checksum ${checksum}, not ${wish.checksum}` };
  if (dest.stat !== undefined && !wish.force)
    return { type: 'none', reason: `${dest.path} exists and force is false` };
  const isNew = dest.stat?.type !== 'file';
  const preserved = wish.mode === 'preserve' || (isNew && wish.mode === undefined);
  const plan = planFile(
    dest,
    {
      ...wish,
      content: { path: source.path, sha1: checksum, size: source.stat.size },
      sameContent: dest.sum === checksum,
      mode: preserved ? formatMode(source.stat.mode) : wish.mode,
      parents: wish.dest.endsWith('/') ? { mode: wish.directory_mode } : undefined,
    },
    context,
  );
  if (plan.type === 'problem') return { type: 'failed', msg: plan.msg };
  const fields = {
    dest: dest.path,
    src: source.path,
    checksum,
    size: source.stat.size,
    state: 'file',
    ...attributeFields(plan.attributes.after),
  };
  if (plan.type === 'none')
    return { type: 'none', reason: `${dest.path} has the content of ${source.path}`, result: { fields } };
  const result = { fields, ...(plan.diff.length === 0 ? {} : { diff: plan.diff }) };
  return { type: 'change', change: { type: 'file', file: plan.change, result }, result };
}

function planRemoteTree(
  wish: RemoteWish,
  source: FileState,
  { root, missing }: NonNullable<RemoteState['tree']>,
  context: ModuleContext,
): ModulePlan<{ readonly type: 'remote-tree' } & RemoteTreeChange> {
  const fields = { dest: root, src: source.path, state: 'directory' };
  if (missing.length === 0)
    return { type: 'none', reason: `${root} has all of ${source.path}`, result: { fields } };
  const chown = `${wish.owner ?? ''}${wish.group === undefined ? '' : `:${wish.group}`}`;
  const mode = wish.mode === 'preserve' ? '' : (wish.mode ?? '');
  const at = (base: string, name: string) => shellQuote(name === '' ? base : `${base}/${name}`);
  const code = missing.map(({ kind, name }) =>
    kind === 'directory'
      ? `rb_dirs ${shellQuote(wish.directory_mode ?? '')} ${shellQuote(chown)} ${at(root, name)}`
      : `rb_clone ${at(source.path, name)} ${at(root, name)} ${shellQuote(mode)} ${shellQuote(chown)}`,
  );
  const after = missing.map(({ kind, name }) => `${kind}: ${root}/${name}\n`).join('');
  const result = {
    fields,
    ...(context.diffMode
      ? { diff: { before: '', after, beforeHeader: root, afterHeader: source.path } }
      : {}),
  };
  return { type: 'change', change: { type: 'remote-tree', root, code, result }, result };
}

/** Carries a copy of a directory within the host out, in requests of a bearable length. */
export async function applyRemoteTree(
  change: RemoteTreeChange,
  context: ModuleContext,
): Promise<ModuleResult> {
  for (let at = 0; at < change.code.length; at += 500) {
    const code = change.code.slice(at, at + 500).join(' &&\n');
    const reply = await context.send({ type: 'call', code, readOnly: false });
    if (reply.rc !== 0)
      return {
        changed: true,
        failed: true,
        msg: `cannot copy to ${change.root}: ${causeOf(reply)}`,
        rc: reply.rc,
      };
  }
  return { changed: true, ...change.result };
}
