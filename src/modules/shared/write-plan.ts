import type { Diff, ModuleContext } from '../../model/module.ts';
import {
  type AttributeChange,
  type AttributeWish,
  attributesOfNew,
  compareAttributes,
} from './file-attributes.ts';
import { attributeDiff, contentDiff } from './file-diff.ts';
import type { FileState } from './file-state.ts';
import { directoryOf } from './remote-path.ts';

/** Content that lies on the host already. */
export interface RemoteContent {
  readonly path: string;
  readonly sha1: string;
  readonly size: number;
}

/** What a file is to be. */
export interface FileWish extends AttributeWish {
  readonly content: Buffer | RemoteContent;
  /** Whether the content that is there is known to be this one. */
  readonly sameContent: boolean;
  readonly backup?: boolean | undefined;
  /** A command that must accept the new file; `%s` stands for its name. */
  readonly validate?: string | undefined;
  /** Make missing parent directories, with this mode where one is given. */
  readonly parents?: { readonly mode?: string | undefined } | undefined;
}

/** A file that is to be written, or to get other attributes. Everything in it is decided. */
export interface FileChange {
  readonly path: string;
  /** Undefined when the content stays. */
  readonly content: Buffer | RemoteContent | undefined;
  readonly attributes: AttributeChange;
  /** The owner and group, as ids, of the file that is replaced. */
  readonly keep: string | undefined;
  /** Whether the file is written in place, because its directory does not let it be replaced. */
  readonly inPlace: boolean;
  readonly backup: boolean;
  readonly validate: string | undefined;
  /** Set where the parent directory has to be made. */
  readonly parents: { readonly mode?: string | undefined } | undefined;
}

/** What has to be done for a wish. */
export type FilePlan =
  | { readonly type: 'problem'; readonly msg: string }
  | { readonly type: 'none'; readonly attributes: AttributeChange }
  | {
      readonly type: 'change';
      readonly change: FileChange;
      readonly attributes: AttributeChange;
      /** Empty unless the run shows diffs. */
      readonly diff: readonly Diff[];
    };

/** Compares what a file is to be with what is there. */
export function planFile(state: FileState, wish: FileWish, context: ModuleContext): FilePlan {
  const { stat } = state;
  const msg = writeObstacle(state, wish.parents !== undefined);
  if (msg !== undefined) return { type: 'problem', msg };
  const replaced = stat?.type === 'file' ? stat : undefined;
  const attributes = replaced
    ? compareAttributes(wish, replaced, { isDirectory: false, umask: state.umask })
    : attributesOfNew(wish, state, 'file');
  const rewrites = replaced === undefined || !wish.sameContent;
  if (!rewrites && !attributes.modeChanges && attributes.chown === '') return { type: 'none', attributes };
  const change: FileChange = {
    path: state.path,
    content: rewrites ? wish.content : undefined,
    attributes,
    keep: replaced && `${replaced.uid}:${replaced.gid}`,
    inPlace: replaced !== undefined && !state.parentWritable,
    backup: wish.backup === true && replaced !== undefined,
    validate: wish.validate,
    parents: state.parent === 'missing' ? wish.parents : undefined,
  };
  return { type: 'change', change, attributes, diff: context.diffMode ? diffsOf(state, change) : [] };
}

/** Why a file cannot be written at a path; undefined when it can, as far as can be seen. */
export function writeObstacle(state: FileState, makesParents: boolean): string | undefined {
  const { path, stat } = state;
  const directory = directoryOf(path);
  if (state.parent === 'closed')
    return `cannot write ${path}: the user may not enter its directory (Permission denied)`;
  if (state.parent === 'other') return `cannot write ${path}: a part of its path is not a directory`;
  if (state.parent === 'missing' && !makesParents)
    return `cannot write ${path}: directory ${directory} does not exist`;
  if (stat !== undefined && stat.type !== 'file' && stat.type !== 'link')
    return `cannot write ${path}: it is a ${stat.type === 'directory' ? 'directory' : `${stat.type}, not a file`}`;
  if (!state.parentWritable && !(stat?.type === 'file' && state.writable))
    return `cannot write ${path}: directory ${directory} is not writable (Permission denied or read-only)`;
  return undefined;
}

function diffsOf(state: FileState, change: FileChange): Diff[] {
  const diffs: Diff[] = [];
  const before = state.stat?.type === 'file' ? { size: state.stat.size, bytes: state.content } : undefined;
  const { content } = change;
  if (content !== undefined)
    diffs.push(
      contentDiff(
        state.path,
        before,
        Buffer.isBuffer(content) ? { size: content.length, bytes: content } : content,
      ),
    );
  const attributes = attributeDiff(state.path, change.attributes);
  if (attributes !== undefined) diffs.push(attributes);
  return diffs;
}
