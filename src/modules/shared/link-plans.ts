import { shellQuote } from '../../lib/shell-quote.ts';
import type { ModuleContext } from '../../model/module.ts';
import {
  type ActionPlan,
  act,
  compareThing,
  type FileRequest,
  type FileSight,
  refuse,
  traitDiff,
} from './file-action.ts';
import { attributeFields } from './file-attributes.ts';
import { directoryOf } from './remote-path.ts';
import { blankStat } from './stat-line.ts';
import { writeObstacle } from './write-plan.ts';

/** `state: link`: a symbolic link to `src`. Attributes are those of what it leads to, unless follow is false. */
export function planLink(request: FileRequest, sight: FileSight, context: ModuleContext): ActionPlan {
  const { state, source } = sight;
  const { path, stat } = state;
  const src = request.src ?? state.link?.target;
  if (src === undefined) return refuse(`state: link needs src, as ${path} is no link yet`);
  const obstacle = linkObstacle(request, sight, src);
  if (obstacle !== undefined) return refuse(obstacle);
  const isThere = state.link?.target === src;
  const attributes = linkAttributes(request, sight);
  const fields = { dest: path, src, state: 'link', ...attributes.fields };
  if (isThere && attributes.code.length === 0)
    return { type: 'none', reason: `${path} is a link to ${src}`, result: { fields } };
  const before = stat === undefined ? 'absent' : stat.type;
  return act(
    context,
    {
      code: [[...(isThere ? [] : [linkCode('-s', src, path, stat?.type)]), ...attributes.code].join(' && ')],
      inSession: attributes.code.length === 0,
      trouble: `cannot link ${path} to ${src}`,
    },
    fields,
    traitDiff(
      path,
      {
        state: before,
        ...(state.link === undefined ? {} : { src: state.link.target }),
        ...attributes.before,
      },
      {
        state: 'link',
        src,
        ...attributes.after,
        ...(source === undefined ? { note: 'src does not exist' } : {}),
      },
    ),
  );
}

function linkAttributes(request: FileRequest, { state, source }: FileSight) {
  const none = { code: [], fields: {}, before: {}, after: {} };
  if (request.follow) {
    if (source === undefined) return none;
    const target = request.src ?? state.link?.target ?? '';
    const path = target.startsWith('/') ? target : `${directoryOf(state.path)}/${target}`;
    const found = compareThing(request, path, source, state.umask);
    return { ...found, fields: attributeFields(found.change.after) };
  }
  const link = state.stat?.type === 'link' ? state.stat : undefined;
  const now = link ?? { ...blankStat, type: 'link' as const, mode: 0o777, ...state.maker };
  const found = compareThing(request, state.path, now, state.umask);
  return { ...found, fields: attributeFields(found.change.after) };
}

function linkObstacle(request: FileRequest, sight: FileSight, src: string): string | undefined {
  const { state, source } = sight;
  const { path, stat } = state;
  if (source === undefined && !request.force && request.src !== undefined)
    return `${src}, the src of ${path}, does not exist: set force: true to link to it all the same`;
  if (stat?.type === 'link') return undefined;
  if (stat !== undefined && !request.force)
    return `${path} is a ${stat.type}: set force: true to replace it by a link`;
  if (stat?.type === 'directory')
    return sight.isEmpty === true
      ? undefined
      : `${path} is a directory that is not empty, so it is not replaced by a link`;
  return stat === undefined ? writeObstacle(state, false) : undefined;
}

/** `state: hard`: a second name of the file `src`. */
export function planHardLink(request: FileRequest, sight: FileSight, context: ModuleContext): ActionPlan {
  const { state, source } = sight;
  const { path, stat } = state;
  const { src } = request;
  if (src === undefined) return refuse('state: hard needs src');
  if (source === undefined) return refuse(`${src}, the src of ${path}, does not exist`);
  if (source.type === 'directory') return refuse(`${src} is a directory, which can have no second name`);
  const isThere = stat?.inode === source.inode && stat.dev === source.dev;
  if (stat !== undefined && !isThere && stat.type === 'directory')
    return refuse(`${path} is a directory, so it is not replaced by a link`);
  if (stat !== undefined && !isThere && !request.force)
    return refuse(`${path} is another ${stat.type}: set force: true to replace it by a link`);
  const obstacle = stat === undefined ? writeObstacle(state, false) : undefined;
  if (obstacle !== undefined) return refuse(obstacle);
  const found = compareThing(request, path, source, state.umask);
  const fields = {
    dest: path,
    src,
    state: 'hard',
    size: source.size,
    ...attributeFields(found.change.after),
  };
  if (isThere && found.code.length === 0)
    return { type: 'none', reason: `${path} is a name of ${src}`, result: { fields } };
  return act(
    context,
    {
      code: [[...(isThere ? [] : [linkCode('', src, path, stat?.type)]), ...found.code].join(' && ')],
      inSession: found.code.length === 0,
      trouble: `cannot link ${path} to ${src}`,
    },
    fields,
    traitDiff(
      path,
      { state: stat === undefined ? 'absent' : isThere ? 'hard' : stat.type, ...found.before },
      { state: 'hard', src, ...found.after },
    ),
  );
}

/** Links at once where nothing is, else beside it and over it, so that the path is never missing. */
function linkCode(kind: string, src: string, path: string, there: string | undefined): string {
  return `rb_link ${shellQuote(kind)} ${shellQuote(src)} ${shellQuote(path)} ${shellQuote(there ?? '')}`;
}
