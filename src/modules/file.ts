import { posix } from 'node:path';
import { z } from 'zod';
import { assertNever } from '../lib/assert-never.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { defineProbingModule, type ModuleContext, type Probe } from '../model/module.ts';
import { type ActionPlan, applyAction, type FileRequest, type FileSight } from './shared/file-action.ts';
import { attributeParams } from './shared/file-attributes.ts';
import { planAbsent, planAttributes, planDirectory, planTouch } from './shared/file-plans.ts';
import { fileProbe } from './shared/file-probe.ts';
import { parseFileState } from './shared/file-state.ts';
import { readClock } from './shared/file-times.ts';
import { planHardLink, planLink } from './shared/link-plans.ts';
import { booleanParam } from './shared/param-types.ts';
import { layOver, layOverSource } from './shared/planned-state.ts';
import { remotePath } from './shared/remote-path.ts';
import { parseStatLine } from './shared/stat-line.ts';
import { optionalText, path, text } from './shared/text-params.ts';
import { parseTree } from './shared/tree.ts';
import { withFileMarks } from './shared/with-file-marks.ts';

const clockFormat = '%Y%m%d%H%M.%S';

const params = () =>
  z
    .strictObject({
      path: path().describe('What is managed.'),
      state: z
        .enum(['file', 'directory', 'link', 'hard', 'touch', 'absent'])
        .optional()
        .describe('What is to be at the path. Default: what is there (directory with recurse).'),
      src: optionalText().describe(
        'What a link leads to; a relative one is seen from the directory of the link.',
      ),
      ...attributeParams,
      recurse: booleanParam
        .default(false)
        .describe('Whether all below a directory gets the same attributes.'),
      force: booleanParam
        .default(false)
        .describe('Whether a link may replace a file or an empty directory, and lead to nothing.'),
      follow: booleanParam
        .default(true)
        .describe('Whether what a link leads to is managed in place of the link.'),
      access_time: optionalText().describe(
        '`preserve`, `now`, or a time. Default: preserve; now with touch.',
      ),
      access_time_format: text()
        .default(clockFormat)
        .describe('How access_time is written: %Y %m %d %H %M %S.'),
      modification_time: optionalText().describe('As access_time, for the time of the last change.'),
      modification_time_format: text().default(clockFormat).describe('How modification_time is written.'),
    })
    .superRefine((given, check) => {
      const refuse = (name: string, message: string) =>
        check.addIssue({ code: 'custom', path: [name], message });
      if (given.recurse && given.state !== undefined && given.state !== 'directory')
        refuse('recurse', 'recurse needs state: directory');
      if (given.state === 'hard' && given.src === undefined) refuse('src', 'state: hard needs src');
      if (given.src !== undefined && given.state !== undefined && !['link', 'hard'].includes(given.state))
        refuse('src', 'src is for state: link and state: hard');
      for (const name of ['access_time', 'modification_time'] as const) {
        const time = given[name];
        if (time === undefined || time === 'now' || time === 'preserve') continue;
        if (readClock(time, given[`${name}_format`]) === undefined)
          refuse(name, `"${time}" is no time of the form ${given[`${name}_format`]}`);
      }
    });

/** Manages a file, a directory or a link and its attributes. */
export default defineProbingModule(
  withFileMarks(
    {
      name: 'file',
      summary: 'Manage a file, a directory or a link, and its mode, owner and times.',
      description:
        'A link replaces what was there in one step. Differences: `/` is never removed; time formats know %Y %m %d %H %M %S; `dest` and `path` are both returned.',
      params,
      paramAliases: { dest: 'path', name: 'path' },
      returns: {
        path: 'What is managed.',
        dest: 'The same.',
        src: 'What a link leads to.',
        state: 'What is there in the end.',
        mode: 'Permissions.',
        owner: 'Name of the owner.',
        group: 'Name of the group.',
        uid: 'Number of the owner.',
        gid: 'Number of the group.',
        size: 'Bytes.',
      },
      examples: [
        {
          title: 'A directory',
          yaml: "file:\n  path: /srv/app\n  state: directory\n  owner: app\n  mode: '0750'",
        },
        {
          title: 'A link to the current release',
          yaml: 'file:\n  src: releases/42\n  dest: /srv/app/current\n  state: link',
        },
      ],

      probe: (request) => probeFile(request),
      plan: (request, sight, context) => planFileState(request, sight, context),
      apply: applyAction,
    },
    ({ path, recurse, follow, state = 'file' }) => ({
      path,
      recurse,
      follow: follow && !['link', 'hard', 'absent'].includes(state),
    }),
  ),
);

function planFileState(asked: FileRequest, found: FileSight, context: ModuleContext): ActionPlan {
  const seen = { ...found, state: layOver(found.state, context) };
  const sight = { ...seen, source: sourceWithPlans(seen, asked, context) };
  const request = { ...asked, src: sight.src ?? asked.src };
  const state = request.state ?? (request.recurse ? 'directory' : undefined);
  switch (state) {
    case 'absent':
      return planAbsent(sight, context);
    case 'directory':
      return planDirectory(request, sight, context);
    case 'touch':
      return planTouch(request, sight, context);
    case 'link':
      return planLink(request, sight, context);
    case 'hard':
      return planHardLink(request, sight, context);
    case 'file':
    case undefined:
      return planAttributes(request, sight, context);
    default:
      return assertNever(state);
  }
}

function sourceWithPlans({ src, source, state }: FileSight, asked: FileRequest, context: ModuleContext) {
  const name = src ?? asked.src;
  return name === undefined
    ? source
    : layOverSource(source, posix.resolve(posix.dirname(state.path), name), state, context);
}

function probeFile(request: FileRequest): Probe<FileSight> {
  const isLink = request.state === 'link' || request.state === 'hard';
  const follow = request.follow && !isLink && request.state !== 'absent';
  if (!isLink) {
    const { request: look } = fileProbe({ path: request.path, follow });
    return { request: look, parse: (reply) => withTree(request, { state: parseFileState(reply) }) };
  }
  const kind = request.state === 'link' ? 'symbolic' : 'hard';
  const lead = `rb_lead ${remotePath(request.path)} ${request.src === undefined ? "''" : remotePath(request.src)} ${kind}`;
  return {
    request: { type: 'call', code: lead, readOnly: true, inSession: true },
    parse(reply) {
      const { bytes } = reply.stdout;
      const first = bytes.indexOf('\n');
      const second = bytes.indexOf('\n', first + 1);
      const third = bytes.indexOf('\n//\n', second + 1);
      const rest = bytes.subarray(third + 4);
      const src = bytes.toString('utf8', second + 1, third);
      return {
        src: src === '' ? undefined : src,
        state: parseFileState({ ...reply, stdout: { bytes: rest, size: rest.length } }),
        source: parseStatLine(bytes.toString('utf8', 0, first)),
        isEmpty: bytes.toString('utf8', first + 1, second) === 'empty',
      };
    },
  };
}

/** `recurse` looks below a directory in a second round. */
function withTree(request: FileRequest, sight: FileSight): FileSight | Probe<FileSight> {
  const { path: root, stat } = sight.state;
  if (!request.recurse || stat?.type !== 'directory') return sight;
  return {
    request: { type: 'call', code: `rb_tree ${shellQuote(root)}`, readOnly: true },
    parse: (reply) => ({ ...sight, tree: parseTree(root, reply) }),
  };
}
