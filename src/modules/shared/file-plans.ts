import { shellQuote } from '../../lib/shell-quote.ts';
import type { ModuleContext } from '../../model/module.ts';
import {
  type ActionPlan,
  act,
  attributeTraits,
  compareThing,
  endFields,
  type FileRequest,
  type FileSight,
  refuse,
  traitDiff,
} from './file-action.ts';
import { attributesOfNew } from './file-attributes.ts';
import { formatMode } from './file-mode.ts';
import type { FileState } from './file-state.ts';
import { timeCode } from './file-times.ts';
import { attributeCode, directoriesCode, newDirectoryCode } from './write-file.ts';
import { writeObstacle } from './write-plan.ts';

/** `state: absent`: nothing is to be at the path. */
export function planAbsent({ state }: FileSight, context: ModuleContext): ActionPlan {
  const { path, stat } = state;
  const fields = { path, state: 'absent' };
  if (path === '/') return refuse('the root directory is not removed');
  if (stat === undefined && state.parent === 'closed')
    return refuse(`cannot look at ${path}: Permission denied`);
  if (stat === undefined) return { type: 'none', reason: `${path} does not exist`, result: { fields } };
  const remove = stat.type === 'directory' ? 'rm -rf' : 'rm -f';
  return act(
    context,
    { code: [`${remove} -- ${shellQuote(path)}`], trouble: `cannot remove ${path}` },
    fields,
    traitDiff(path, { state: stat.type }, { state: 'absent' }),
  );
}

/** `state: file`, and no state at all: attributes of what is there. */
export function planAttributes(
  request: FileRequest,
  { state }: FileSight,
  context: ModuleContext,
): ActionPlan {
  const { path, stat } = state;
  if (stat === undefined) return refuse(`${path} is absent, so its attributes cannot be set`);
  if (request.state === 'file' && stat.type !== 'file')
    return refuse(`${path} is a ${stat.type}, not a file`);
  const found = compareThing(request, path, stat, state.umask);
  const fields = endFields(path, stat.type, found.change.after, stat.size);
  if (found.code.length === 0)
    return { type: 'none', reason: `${path} has this mode and owner`, result: { fields } };
  return act(
    context,
    { code: [joinCode(found.code)], trouble: `cannot change mode or owner of ${path}` },
    fields,
    traitDiff(path, found.before, found.after),
  );
}

/** `state: directory`: made with its parents where missing; `recurse` gives all below it the same attributes. */
export function planDirectory(request: FileRequest, sight: FileSight, context: ModuleContext): ActionPlan {
  const { state } = sight;
  const { path, stat } = state;
  if (stat === undefined) return planNewDirectory(request, state, context);
  if (stat.type !== 'directory') return refuse(`${path} already exists as a ${stat.type}`);
  const found = compareThing(request, path, stat, state.umask);
  const below = belowCode(request, sight);
  const fields = endFields(path, 'directory', found.change.after, stat.size);
  if (found.code.length === 0 && below.code.length === 0)
    return { type: 'none', reason: `${path} is such a directory`, result: { fields } };
  return act(
    context,
    {
      code: [...(found.code.length === 0 ? [] : [joinCode(found.code)]), ...below.code],
      trouble: `cannot change mode or owner of ${path}`,
    },
    fields,
    traitDiff(
      path,
      below.count === 0 ? found.before : { ...found.before, below: `${below.count} with other attributes` },
      found.after,
    ),
  );
}

function planNewDirectory(request: FileRequest, state: FileState, context: ModuleContext): ActionPlan {
  const { path } = state;
  const obstacle = writeObstacle(state, true);
  if (obstacle !== undefined) return refuse(obstacle.replace('cannot write', 'cannot make'));
  const made = attributesOfNew(request, state, 'directory');
  const mode = request.mode === undefined ? undefined : formatMode(made.after.mode);
  const times = timeCode(request, path, undefined);
  const inSession = made.chown === '' && times.code.length === 0;
  return act(
    context,
    {
      code: inSession
        ? [newDirectoryCode(path, mode)]
        : [joinCode([directoriesCode(path, mode, made.chown), ...times.code])],
      inSession,
      trouble: `cannot make ${path}`,
    },
    endFields(path, 'directory', made.after, 0),
    traitDiff(path, { state: 'absent' }, { state: 'directory', ...attributeTraits(made.after) }),
  );
}

/** Requests that change what lies below a directory, each short enough for a command line. */
function belowCode(request: FileRequest, { state, tree }: FileSight): { code: string[]; count: number } {
  const code: string[] = [];
  let batch = '';
  let count = 0;
  for (const { name, stat } of tree ?? []) {
    const change = compareThing({ ...request, ...noTimes }, `${state.path}/${name}`, stat, state.umask);
    if (change.code.length === 0) continue;
    count++;
    batch = batch === '' ? joinCode(change.code) : `${batch} &&\n${joinCode(change.code)}`;
    if (batch.length > 50_000) {
      code.push(batch);
      batch = '';
    }
  }
  return { code: batch === '' ? code : [...code, batch], count };
}

const noTimes = { access_time: undefined, modification_time: undefined };

/** `state: touch`: a file that is there gets new times, one that is not is made empty. */
export function planTouch(request: FileRequest, { state }: FileSight, context: ModuleContext): ActionPlan {
  const { path, stat } = state;
  const wish = {
    ...request,
    access_time: request.access_time ?? 'now',
    modification_time: request.modification_time ?? 'now',
  };
  if (stat === undefined) return planNewFile(wish, state, context);
  const found = compareThing(wish, path, stat, state.umask);
  const fields = endFields(path, stat.type, found.change.after, stat.size);
  if (found.code.length === 0)
    return { type: 'none', reason: `${path} exists and its times are preserved`, result: { fields } };
  return act(
    context,
    { code: [joinCode(found.code)], trouble: `cannot touch ${path}` },
    fields,
    traitDiff(path, found.before, found.after),
  );
}

function planNewFile(wish: FileRequest, state: FileState, context: ModuleContext): ActionPlan {
  const { path } = state;
  const obstacle = writeObstacle(state, false);
  if (obstacle !== undefined) return refuse(obstacle);
  const made = attributesOfNew(wish, state, 'file');
  const times = timeCode(
    { ...wish, access_time: fixed(wish.access_time), modification_time: fixed(wish.modification_time) },
    path,
    undefined,
  );
  const dress = attributeCode(path, { ...made, modeChanges: true });
  const code = [`( umask 077; set -C; true >${shellQuote(path)} )`, dress, ...times.code];
  return act(
    context,
    { code: [joinCode(code)], trouble: `cannot make ${path}` },
    endFields(path, 'file', made.after, 0),
    traitDiff(path, { state: 'absent' }, { state: 'file', ...attributeTraits(made.after) }),
  );
}

/** A new file has the present time by itself. */
function fixed(time: string | undefined): string | undefined {
  return time === 'now' ? undefined : time;
}

function joinCode(code: readonly string[]): string {
  return code.join(' && ');
}
