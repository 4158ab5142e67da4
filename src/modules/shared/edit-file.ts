import { compilePythonRegex, PythonRegexError } from '../../lib/python-regex.ts';
import type { ModuleContext, ModulePlan, ModuleResult } from '../../model/module.ts';
import type { Value } from '../../model/value.ts';
import { type AttributeWish, attributeParams } from './file-attributes.ts';
import { anySize, fileProbe } from './file-probe.ts';
import type { FileState } from './file-state.ts';
import { booleanParam } from './param-types.ts';
import { layOver, leftByFile } from './planned-state.ts';
import type { PutChange } from './put-file.ts';
import { type TextContent, textContent } from './text-content.ts';
import { optionalText, path } from './text-params.ts';
import { writeResult } from './write-file.ts';
import { planFile } from './write-plan.ts';

/** Parameters of every module that edits a text file. */
export const editParams = {
  path: path().describe('File on the host; a link is followed.'),
  ...attributeParams,
  backup: booleanParam.default(false).describe('Whether to keep a copy of the file as it was.'),
  validate: optionalText().describe('Command that must accept the new file; %s stands for its name.'),
};

/** Other names of `path` in these modules. */
export const editAliases = { dest: 'path', destfile: 'path', name: 'path' } as const;

/** A regular expression of Python's `re` that may be left out. */
export function regexParam() {
  return optionalText().refine((value) => value === undefined || regexProblem(value) === undefined, {
    error: (issue) => regexProblem(String(issue.input)),
  });
}

function regexProblem(pattern: string): string | undefined {
  try {
    compilePythonRegex(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What an edit makes of a file's text. */
export interface Edited {
  readonly text: string;
  /** What was done, as Ansible words it; empty when nothing was. */
  readonly msg: string;
  /** Why nothing had to be done. */
  readonly reason: string;
  readonly fields?: Readonly<Record<string, Value>> | undefined;
}

/** What the editing modules agree on. */
export interface EditWish extends AttributeWish {
  readonly path: string;
  readonly backup: boolean;
  readonly validate?: string | undefined;
  readonly create?: boolean | undefined;
}

/** Reads the file that is to be edited. */
export function editProbe(wish: EditWish) {
  return fileProbe({ path: wish.path, follow: true, contentLimitBytes: anySize });
}

/** Plans an edit. A file that is not there is an empty one where `create` is set, else the plan fails. */
export function planEdit(
  wish: EditWish,
  found: FileState,
  context: ModuleContext,
  edit: (content: TextContent) => Edited,
): ModulePlan<PutChange> {
  const state = layOver(found, context);
  const obstacle = editObstacle(wish, state);
  if (obstacle !== undefined) return { type: 'failed', msg: obstacle.msg, result: { rc: obstacle.rc } };
  if (state.stat !== undefined && state.content === undefined) {
    const msg = `what an earlier step would have written to ${state.path} is not known`;
    return { type: 'none', reason: msg, result: { msg, skipped: true } };
  }
  const content = textContent(state.content ?? Buffer.alloc(0));
  const edited = tryEdit(() => edit(content));
  if (edited instanceof PythonRegexError) return { type: 'failed', msg: edited.message };
  const same = edited.text === content.text;
  if (same && state.stat === undefined)
    return { type: 'none', reason: edited.reason, result: resultOf('', edited) };
  const plan = planFile(
    state,
    {
      ...wish,
      content: content.encode(edited.text),
      sameContent: same,
      parents: wish.create ? {} : undefined,
    },
    context,
  );
  if (plan.type === 'problem') return { type: 'failed', msg: plan.msg };
  if (plan.type === 'none') return { type: 'none', reason: edited.reason, result: resultOf('', edited) };
  const msg = [
    ...(same ? [] : [edited.msg]),
    ...(changesAttributes(plan.attributes) ? [attributesChanged] : []),
  ];
  const result = {
    ...resultOf(msg.join(' and '), edited),
    ...(plan.diff.length === 0 ? {} : { diff: plan.diff }),
  };
  return { type: 'change', change: { file: plan.change, result }, result, leaves: [leftByFile(plan.change)] };
}

/** An expression that names a group it does not have shows only when it is used. */
function tryEdit(edit: () => Edited): Edited | PythonRegexError {
  try {
    return edit();
  } catch (error) {
    if (error instanceof PythonRegexError) return error;
    throw error;
  }
}

const attributesChanged = 'ownership, perms or SE linux context changed';

function changesAttributes(attributes: {
  readonly before: unknown;
  readonly modeChanges: boolean;
  readonly chown: string;
}): boolean {
  return attributes.before !== undefined && (attributes.modeChanges || attributes.chown !== '');
}

function resultOf(msg: string, edited: Edited): Omit<ModuleResult, 'changed'> {
  return { msg, fields: { backup: '', ...edited.fields } };
}

function editObstacle(wish: EditWish, state: FileState): { msg: string; rc: number } | undefined {
  const { path: file, stat } = state;
  if (stat === undefined && state.parent === 'closed')
    return { msg: `cannot read ${file}: Permission denied`, rc: 257 };
  if (stat === undefined && wish.create !== true) return { msg: `${file} does not exist`, rc: 257 };
  if (stat !== undefined && stat.type !== 'file')
    return { msg: `${file} is a ${stat.type}, not a file`, rc: 256 };
  if (state.got === 'unreadable') return { msg: `cannot read ${file}: Permission denied`, rc: 257 };
  return undefined;
}

/** Carries an edit out. The backup's name is returned as `backup`. */
export async function applyEdit({ file, result }: PutChange, context: ModuleContext): Promise<ModuleResult> {
  const { fields = {}, ...rest } = await writeResult(file, result, context);
  const { backup_file: backup, ...others } = fields;
  return { ...rest, fields: backup === undefined ? others : { ...others, backup } };
}
