import { createHash } from 'node:crypto';
import type { ModuleContext, PlannedPath } from '../../model/module.ts';
import type { FileState } from './file-state.ts';
import { directoryOf } from './remote-path.ts';
import { blankStat, type StatFields } from './stat-line.ts';
import type { FileChange } from './write-plan.ts';

/**
 * What a probe found, with what earlier steps of a check would have changed. Outside check mode it is as found.
 *
 * @param name The name of a file that is put into the path when that is a planned directory.
 */
export function layOver(found: FileState, context: ModuleContext, name?: string): FileState {
  const { planned } = context;
  if (!context.checkMode || planned === undefined) return found;
  const isInto =
    name !== undefined && planned(found.path)?.type === 'directory' && found.stat?.type !== 'directory';
  const state = isInto ? inDirectory(found, `${found.path}/${name}`) : found;
  const own = planned(state.path);
  const counts = own !== undefined && (own.implied !== true || state.stat === undefined);
  return counts ? asPlanned(state, own) : belowPlanned(state, planned);
}

function inDirectory(found: FileState, path: string): FileState {
  return { ...found, path, stat: undefined, link: undefined, parent: 'directory', parentWritable: true };
}

/** What a link leads to, with what earlier steps of a check would have changed there. */
export function layOverSource(
  found: StatFields | undefined,
  path: string,
  { maker }: Pick<FileState, 'maker'>,
  context: ModuleContext,
): StatFields | undefined {
  const own = context.checkMode ? context.planned?.(path) : undefined;
  if (own === undefined || (own.implied === true && found !== undefined)) return found;
  return isPresent(own) ? statOf(found ?? { ...blankStat, ...maker }, own) : undefined;
}

/** Something that no step planned itself: a directory above it may come or go. */
function belowPlanned(state: FileState, planned: (path: string) => PlannedPath | undefined): FileState {
  const nearest = directoryOf(state.path);
  for (let directory = nearest; ; directory = directoryOf(directory)) {
    const above = planned(directory);
    if (above?.type === 'absent') return { ...state, stat: undefined, link: undefined, parent: 'missing' };
    if (above?.type === 'directory') {
      if (state.stat !== undefined || state.parent === 'directory') return state;
      return { ...state, parent: directory === nearest ? 'directory' : 'missing', parentWritable: true };
    }
    if (directory === '/') return state;
  }
}

type PresentPath = PlannedPath & { readonly type: Exclude<PlannedPath['type'], 'absent'> };

function isPresent(path: PlannedPath): path is PresentPath {
  return path.type !== 'absent';
}

function asPlanned(state: FileState, own: PlannedPath): FileState {
  const present = { ...state, parent: 'directory', parentWritable: true, readable: true } as const;
  if (!isPresent(own)) return { ...state, stat: undefined, link: undefined, got: 'none', content: undefined };
  const { type, content, target } = own;
  const known = content ?? (state.stat?.type === 'file' && type === 'file' ? state.content : undefined);
  return {
    ...present,
    stat: statOf(state.stat ?? { ...blankStat, ...state.maker }, own),
    link: type === 'link' ? { source: target ?? '', target: target ?? '' } : undefined,
    got: known === undefined ? state.got : 'content',
    content: known,
    sum: content === undefined ? state.sum : createHash('sha256').update(content).digest('hex'),
  };
}

function statOf(base: StatFields, { type, content, mode, owner, group }: PresentPath): StatFields {
  return {
    ...base,
    type,
    mode: mode ?? base.mode,
    owner: owner ?? base.owner,
    group: group ?? base.group,
    size: content?.length ?? base.size,
  };
}

/** What a file change leaves. */
export function leftByFile({ path, content, attributes }: FileChange): PlannedPath {
  const { mode, owner, group } = attributes.after;
  return { path, type: 'file', content: Buffer.isBuffer(content) ? content : undefined, mode, owner, group };
}
