import { shellQuote } from '../../lib/shell-quote.ts';
import type { Diff, ModuleContext, ModulePlan, ModuleResult, PlannedPath } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';
import {
  type AttributeChange,
  type Attributes,
  type AttributeWish,
  attributeFields,
  compareAttributes,
} from './file-attributes.ts';
import { formatMode } from './file-mode.ts';
import { causeOf, type FileState } from './file-state.ts';
import { type TimeWish, timeCode } from './file-times.ts';
import type { StatFields } from './stat-line.ts';
import type { TreeEntry } from './tree.ts';
import { attributeCode } from './write-file.ts';

/** What `file` is asked for. */
export interface FileRequest extends AttributeWish, TimeWish {
  readonly path: string;
  readonly state?: FileTarget | undefined;
  readonly src?: string | undefined;
  readonly force: boolean;
  readonly follow: boolean;
  readonly recurse: boolean;
}

/** What a path is to become. */
export type FileTarget = 'file' | 'directory' | 'link' | 'hard' | 'touch' | 'absent';

/** What was found out before `file` decides. */
export interface FileSight {
  readonly state: FileState;
  /** For a link: the source with its `~` and variables resolved. */
  readonly src?: string | undefined;
  /** For a link: what its source is, links followed. */
  readonly source?: StatFields | undefined;
  /** For a link: whether the path is a directory that holds nothing. */
  readonly isEmpty?: boolean | undefined;
  /** For `recurse`: all that lies below the path. */
  readonly tree?: readonly TreeEntry[] | undefined;
}

/** A decided change: code of our own, and the result it gives. */
export interface FileAction {
  readonly code: readonly string[];
  /** Whether the session's own shell may carry the code out. */
  readonly inSession?: boolean | undefined;
  /** What fails when the code does: `cannot remove /x`. */
  readonly trouble: string;
  readonly result: Omit<ModuleResult, 'changed'>;
}

/** A plan of `file`. */
export type ActionPlan = ModulePlan<FileAction>;

/** A plan that fails. */
export function refuse(msg: string): ActionPlan {
  return { type: 'failed', msg };
}

/** The words of a diff: what is there and what will be. */
export type Traits = Readonly<Record<string, string>>;

/** A difference of traits, those that stay left out; the path's own line is always shown. */
export function traitDiff(path: string, before: Traits, after: Traits): Diff {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => before[name] !== after[name],
  );
  const show = (traits: Traits) =>
    [`path: ${path}`, ...names.flatMap((name) => (name in traits ? [`${name}: ${traits[name]}`] : []))]
      .map((line) => `${line}\n`)
      .join('');
  return { before: show(before), after: show(after), beforeHeader: path, afterHeader: path };
}

/** Attributes as traits. */
export function attributeTraits({ mode, owner, group }: Attributes): Record<string, string> {
  return {
    mode: `'${formatMode(mode)}'`,
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  };
}

/** What is changed at a path that stays what it is: attributes, times, and for a directory all below it. */
export interface Touches {
  readonly code: readonly string[];
  readonly change: AttributeChange;
  readonly before: Traits;
  readonly after: Traits;
}

/** Compares attributes and times of something that is there with the request. */
export function compareThing(request: FileRequest, path: string, stat: StatFields, umask: number): Touches {
  const isLink = stat.type === 'link';
  // A link has no permissions of its own.
  const wish = isLink ? { owner: request.owner, group: request.group } : request;
  const change = compareAttributes(wish, stat, { isDirectory: stat.type === 'directory', umask });
  const attributes = isLink ? linkCode(path, change) : attributeCode(path, change);
  const times = timeCode(request, path, stat);
  return {
    code: [...(attributes === '' ? [] : [attributes]), ...times.code],
    change,
    before: { ...attributeTraits(stat), ...times.before },
    after: { ...attributeTraits({ ...change.after }), ...times.after },
  };
}

function linkCode(path: string, change: AttributeChange): string {
  return change.chown === '' ? '' : `chown -h -- ${shellQuote(change.chown)} ${shellQuote(path)}`;
}

/** The fields that `file` returns of what is there in the end. */
export function endFields(
  path: string,
  state: string,
  attributes: Attributes,
  size: number,
): Record<string, Value> {
  return { path, dest: path, state, size, ...attributeFields(attributes) };
}

/** A change with its diff, which is left out unless the run shows diffs. */
export function act(
  context: ModuleContext,
  action: Pick<FileAction, 'code' | 'inSession' | 'trouble'>,
  fields: Readonly<Record<string, Value>>,
  diff: Diff,
): ActionPlan {
  const result = { fields, ...(context.diffMode ? { diff } : {}) };
  return { type: 'change', change: { ...action, result }, result, leaves: [leftByAction(fields)] };
}

/** The fields of the result tell what will be there. */
function leftByAction(fields: Readonly<Record<string, Value>>): PlannedPath {
  const { dest, path, state, src, owner, group } = fields;
  const text = (value: Value | undefined) => (typeof value === 'string' ? value : undefined);
  const type = state === 'absent' || state === 'directory' || state === 'link' ? state : 'file';
  const mode = text(fields['mode']);
  return {
    path: text(path) ?? text(dest) ?? '',
    type,
    target: type === 'link' ? text(src) : undefined,
    mode: mode === undefined || type === 'link' ? undefined : Number.parseInt(mode, 8),
    owner: text(owner),
    group: text(group),
  };
}

/** Carries an action out. */
export async function applyAction(action: FileAction, context: ModuleContext): Promise<ModuleResult> {
  for (const code of action.code) {
    const reply = await context.send({ type: 'call', code, readOnly: false, inSession: action.inSession });
    if (reply.rc !== 0)
      return { changed: false, failed: true, msg: `${action.trouble}: ${causeOf(reply)}`, rc: reply.rc };
  }
  return { changed: true, ...action.result };
}
