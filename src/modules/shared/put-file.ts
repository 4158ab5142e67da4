import { createHash } from 'node:crypto';
import type { ModuleContext, ModulePlan, ModuleResult } from '../../model/module.ts';
import { type AttributeWish, attributeFields } from './file-attributes.ts';
import { diffLimitBytes } from './file-diff.ts';
import { fileProbe } from './file-probe.ts';
import type { FileState } from './file-state.ts';
import { layOver, leftByFile } from './planned-state.ts';
import { type FileChange, planFile } from './write-plan.ts';

/** Content that is to become a file of the host, whole. */
export interface Content {
  readonly bytes: Buffer;
  /** The file's name where `dest` is a directory; undefined where it may not be one. */
  readonly name: string | undefined;
  /** Fields to return, such as `src`. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What `copy` and `template` agree on. */
export interface PutWish extends AttributeWish {
  readonly dest: string;
  readonly backup: boolean;
  readonly force: boolean;
  readonly follow: boolean;
  readonly validate?: string | undefined;
  readonly directory_mode?: string | undefined;
}

/** A planned file with the result that it gives. */
export interface PutChange {
  readonly file: FileChange;
  readonly result: Omit<ModuleResult, 'changed'>;
}

/** Looks at the file that content is to become: its checksum where the size is the same, its content for a diff. */
export function putProbe(wish: PutWish, content: Content, context: ModuleContext) {
  const intoDirectory = wish.dest.endsWith('/') && content.name !== undefined;
  return fileProbe({
    path: intoDirectory ? wish.dest + content.name : wish.dest,
    name: intoDirectory ? undefined : content.name,
    follow: wish.follow,
    contentLimitBytes: context.diffMode ? diffLimitBytes : undefined,
    sumOfSize: content.bytes.length,
  });
}

/** Decides what has to be done so that the content is there. */
export function planPut(
  wish: PutWish,
  content: Content,
  found: FileState,
  context: ModuleContext,
): ModulePlan<PutChange> {
  const state = layOver(found, context, content.name);
  const { path, stat } = state;
  if (wish.dest.endsWith('/') && content.name === undefined)
    return {
      type: 'failed',
      msg: `content cannot be written to ${wish.dest}, which is a directory: name a file in it`,
    };
  if (state.got === 'tool')
    return {
      type: 'failed',
      msg: 'the host has none of sha256sum, shasum and openssl, one of which is needed',
    };
  if (stat !== undefined && !wish.force)
    return {
      type: 'none',
      reason: `${path} exists and force is false`,
      result: { msg: 'file already exists', fields: { dest: path, ...content.fields } },
    };
  const plan = planFile(state, putFileWish(wish, content, state), context);
  if (plan.type === 'problem') return { type: 'failed', msg: plan.msg };
  const fields = {
    dest: path,
    ...content.fields,
    checksum: digest('sha1', content.bytes),
    size: content.bytes.length,
    state: 'file',
    ...attributeFields(plan.attributes.after),
  };
  if (plan.type === 'none')
    return {
      type: 'none',
      reason: `${path} has this content, mode and owner`,
      result: { fields: { ...fields, path } },
    };
  const result = {
    fields: plan.change.content === undefined ? fields : { ...fields, md5sum: digest('md5', content.bytes) },
    ...(plan.diff.length === 0 ? {} : { diff: plan.diff }),
  };
  return { type: 'change', change: { file: plan.change, result }, result, leaves: [leftByFile(plan.change)] };
}

function putFileWish(wish: PutWish, content: Content, state: FileState) {
  return {
    content: content.bytes,
    sameContent: state.content?.equals(content.bytes) ?? state.sum === digest('sha256', content.bytes),
    mode: wish.mode,
    owner: wish.owner,
    group: wish.group,
    backup: wish.backup,
    validate: wish.validate,
    // A dest that ends in a slash names a directory, which may have to be made.
    parents: wish.dest.endsWith('/') ? { mode: wish.directory_mode } : undefined,
  };
}

/** A checksum in hexadecimal digits. */
export function digest(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(bytes).digest('hex');
}
