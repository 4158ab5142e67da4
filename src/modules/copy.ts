import { z } from 'zod';
import { defineProbingModule, type ModuleContext } from '../model/module.ts';
import { attributeParams, modeParam } from './shared/file-attributes.ts';
import { formatMode } from './shared/file-mode.ts';
import { booleanParam } from './shared/param-types.ts';
import { type Content, digest, planPut, putProbe } from './shared/put-file.ts';
import { pythonJson } from './shared/python-json.ts';
import { baseName } from './shared/remote-path.ts';
import { optionalPath, optionalText, path, text } from './shared/text-params.ts';
import { writeResult } from './shared/write-file.ts';

const params = z
  .strictObject({
    src: optionalPath().describe('File or directory of the controller (of the host with remote_src).'),
    content: z
      .union([text(), z.array(z.unknown()), z.record(z.string(), z.unknown())])
      .nullish()
      .describe('What the file is to hold, in place of src; a list or mapping is written as JSON.'),
    dest: path().describe('Where to: a file, or a directory that the source is put into.'),
    ...attributeParams,
    mode: modeParam('preserve').describe(
      "Permissions; `preserve` takes those of src. Default: the file's own.",
    ),
    directory_mode: modeParam().describe('Permissions of directories that are made.'),
    backup: booleanParam.default(false).describe('Whether to keep a copy of the file that is replaced.'),
    force: booleanParam.default(true).describe('Whether to replace a file that is there already.'),
    follow: booleanParam.default(false).describe('Whether a link at dest is followed instead of replaced.'),
    local_follow: booleanParam.default(true).describe('Whether links in src are followed; they always are.'),
    remote_src: booleanParam.default(false).describe('Whether src lies on the host.'),
    validate: optionalText().describe('Command that must accept the new file; %s stands for its name.'),
    checksum: optionalText().describe('SHA-1 that src must have.'),
    decrypt: booleanParam.default(true).describe('Accepted for compatibility.'),
  })
  .refine((given) => (given.src === undefined) !== (given.content === undefined || given.content === null), {
    error: 'exactly one of src and content is needed',
  });
type Params = z.output<typeof params>;

type Prepared =
  | { readonly type: 'file'; readonly content: Content; readonly mode: string | undefined }
  | { readonly type: 'failed'; readonly msg: string };

/** Copies a file of the controller, or text, to the host. */
export default defineProbingModule({
  name: 'copy',
  summary: 'Copy a file, a directory or text to the host.',
  description:
    'A file is replaced as a whole or not at all, and keeps its owner, mode and access list. Differences: links in a source directory are always followed.',
  params,
  returns: {
    dest: 'Path of the file or directory.',
    src: 'Path of the source.',
    checksum: 'SHA-1 of the content.',
    md5sum: 'MD5 of the content, when it was written.',
    size: 'Bytes.',
    mode: 'Permissions.',
    owner: 'Name of the owner.',
    group: 'Name of the group.',
    uid: 'Number of the owner.',
    gid: 'Number of the group.',
    state: '`file` or `directory`.',
    backup_file: 'Where the file that was replaced is kept.',
  },
  examples: [
    { title: 'A file from files/', yaml: "copy:\n  src: motd\n  dest: /etc/motd\n  mode: '0644'" },
    { title: 'Text', yaml: 'copy:\n  content: |\n    127.0.0.1 localhost\n  dest: /etc/hosts' },
  ],

  prepare: (wish, context) => prepare(wish, context),
  probe(wish, context, prepared) {
    const source = preparedOf(prepared);
    return source.type === 'file' ? putProbe(wish, source.content, context) : undefined;
  },
  plan(wish, state, context, prepared) {
    const source = preparedOf(prepared);
    if (source.type === 'failed') return source;
    return planPut({ ...wish, mode: source.mode }, source.content, state, context);
  },
  apply: ({ file, result }, context) => writeResult(file, result, context),
});

/** What `prepare` gave comes back as it was. */
function preparedOf(value: unknown): Prepared {
  return value as Prepared;
}

async function prepare(wish: Params, context: ModuleContext): Promise<Prepared> {
  if (wish.src === undefined) {
    const bytes = Buffer.from(typeof wish.content === 'string' ? wish.content : pythonJson(wish.content));
    if (wish.mode === 'preserve') return { type: 'failed', msg: 'mode: preserve needs src' };
    return { type: 'file', content: { bytes, name: undefined, fields: {} }, mode: wish.mode };
  }
  const source = await context.files.find(wish.src, 'files');
  const bytes = await context.files.read(source);
  const checksum = digest('sha1', bytes);
  if (wish.checksum !== undefined && wish.checksum !== checksum)
    return { type: 'failed', msg: `${source} has the checksum ${checksum}, not ${wish.checksum}` };
  const found = wish.mode === 'preserve' ? await context.files.stat(source) : undefined;
  const content = { bytes, name: baseName(wish.src), fields: { src: source } };
  return { type: 'file', content, mode: found ? formatMode(found.mode) : wish.mode };
}
