import type { Diff, ModuleContext, ModulePlan, ModuleResult } from '../../model/module.ts';
import { type AttributeWish, compareAttributes } from './file-attributes.ts';
import { attributeDiff, contentDiff } from './file-diff.ts';
import { computeMode, formatMode } from './file-mode.ts';
import { causeOf } from './file-state.ts';
import { readSource } from './read-source.ts';
import type { SourceFile, SourceTree } from './source-tree.ts';
import type { TreeState } from './tree-state.ts';
import { directoriesCode, writeFile } from './write-file.ts';
import type { FileChange } from './write-plan.ts';

/** What a copied directory is to be. */
export interface TreeWish extends AttributeWish {
  readonly src: string;
  readonly directory_mode?: string | undefined;
  readonly backup: boolean;
  readonly force: boolean;
  readonly validate?: string | undefined;
}

interface TreeSource {
  readonly path: string;
  readonly decrypt: boolean;
}

/** A decided copy of a directory. */
export interface TreeChange {
  readonly root: string;
  /** Code that makes the missing directories; empty when all are there. */
  readonly directories: readonly string[];
  /** Content is read when it is sent, unless it stays as it is. */
  readonly files: readonly {
    readonly change: Omit<FileChange, 'content'>;
    readonly source: TreeSource | undefined;
  }[];
  readonly result: Omit<ModuleResult, 'changed'>;
}

/** Files that are sent one behind the other without waiting for a reply. */
const filesInFlight = 8;

/** Compares a directory of the controller with what is on the host. */
export function planTree(
  wish: TreeWish,
  tree: SourceTree,
  state: TreeState,
  context: ModuleContext,
): ModulePlan<TreeChange> {
  const { root } = state;
  const blocked = tree.directories.find(
    (name) => state.entries.get(name)?.kind !== 'directory' && state.entries.has(name),
  );
  if (blocked !== undefined) return { type: 'failed', msg: `${pathOf(root, blocked)} is not a directory` };
  const mode = wish.directory_mode && directoryMode(wish.directory_mode, state.umask);
  const chown = `${wish.owner ?? ''}${wish.group === undefined ? '' : `:${wish.group}`}`;
  const directories = tree.directories
    .filter((name) => !state.entries.has(name))
    .map((name) => directoriesCode(pathOf(root, name), mode, chown));
  const plans = tree.files.flatMap((file) => planTreeFile(wish, file, state));
  const problem = plans.find((plan) => 'problem' in plan);
  if (problem !== undefined && 'problem' in problem) return { type: 'failed', msg: problem.problem };
  const files = plans.flatMap((plan) => ('change' in plan ? [plan] : []));
  const fields = { dest: root, src: wish.src, state: 'directory' };
  if (directories.length === 0 && files.length === 0)
    return { type: 'none', reason: `${root} has all of ${wish.src}`, result: { fields } };
  const diff = context.diffMode ? files.flatMap((file) => file.diff) : [];
  const result = { fields, ...(diff.length === 0 ? {} : { diff }) };
  return { type: 'change', change: { root, directories, files, result }, result };
}

type TreeFilePlan =
  | { readonly problem: string }
  | {
      readonly change: Omit<FileChange, 'content'>;
      readonly source: TreeSource | undefined;
      readonly diff: readonly Diff[];
    };

function planTreeFile(wish: TreeWish, file: SourceFile, state: TreeState): TreeFilePlan[] {
  const path = pathOf(state.root, file.name);
  const entry = state.entries.get(file.name);
  if (entry?.kind === 'directory') return [{ problem: `${path} is a directory, but a file in ${wish.src}` }];
  if (entry !== undefined && !wish.force) return [];
  const replaced = entry?.kind === 'file' ? entry.stat : undefined;
  const mode = wish.mode === 'preserve' ? formatMode(file.mode) : wish.mode;
  const compared = compareAttributes({ ...wish, mode }, replaced ?? { mode: 0o666 & ~state.umask }, {
    isDirectory: false,
    umask: state.umask,
  });
  const attributes = replaced === undefined ? { ...compared, before: undefined } : compared;
  const same = replaced !== undefined && state.sums.get(file.name) === file.sha256;
  if (same && !attributes.modeChanges && attributes.chown === '') return [];
  const change = {
    path,
    attributes,
    keep: replaced && `${replaced.uid}:${replaced.gid}`,
    inPlace: false,
    backup: wish.backup && replaced !== undefined,
    validate: wish.validate,
    parents: undefined,
  };
  const attributesDiff = attributeDiff(path, attributes);
  const diff = [
    ...(same ? [] : [contentDiff(path, replaced && { size: replaced.size }, file)]),
    ...(attributesDiff === undefined ? [] : [attributesDiff]),
  ];
  return [{ change, source: same ? undefined : { path: file.source, decrypt: file.wasEncrypted }, diff }];
}

/** Carries the copy out: directories first, then files, a few at a time. What was written stays when one fails. */
export async function applyTree(tree: TreeChange, context: ModuleContext): Promise<ModuleResult> {
  if (tree.directories.length > 0) {
    const reply = await context.send({ type: 'call', code: tree.directories.join(' &&\n'), readOnly: false });
    if (reply.rc !== 0)
      return {
        changed: false,
        failed: true,
        msg: `cannot make the directories of ${tree.root}: ${causeOf(reply)}`,
      };
  }
  for (let at = 0; at < tree.files.length; at += filesInFlight) {
    const outcomes = await Promise.all(
      tree.files.slice(at, at + filesInFlight).map(async ({ change, source }) => {
        const read = source && (await readSource(source.path, source.decrypt, context));
        return writeFile({ ...change, content: read?.bytes }, context);
      }),
    );
    for (const outcome of outcomes)
      if (outcome.type === 'failed') return { ...outcome.result, changed: true };
  }
  return { changed: true, ...tree.result };
}

function directoryMode(mode: string, umask: number): string {
  return formatMode(computeMode(mode, { mode: 0o777 & ~umask, isDirectory: true, umask }));
}

function pathOf(root: string, name: string): string {
  return name === '' ? root : `${root}/${name}`;
}
