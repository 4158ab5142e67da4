import { hostname } from 'node:os';
import { z } from 'zod';
import { defineProbingModule, type ModuleContext } from '../model/module.ts';
import { attributeParams, modeParam } from './shared/file-attributes.ts';
import { formatMode } from './shared/file-mode.ts';
import { booleanParam } from './shared/param-types.ts';
import { type Content, planPut, putProbe } from './shared/put-file.ts';
import { baseName } from './shared/remote-path.ts';
import { optionalText, path } from './shared/text-params.ts';
import { withFileMarks } from './shared/with-file-marks.ts';
import { writeResult } from './shared/write-file.ts';

const newlines = {
  '\\n': '\n',
  '\\r': '\r',
  '\\r\\n': '\r\n',
  '\n': '\n',
  '\r': '\r',
  '\r\n': '\r\n',
} as const;

const params = () =>
  z.strictObject({
    src: path().describe('Template on the controller: beside the playbook or in its templates/ folder.'),
    dest: path().describe('File on the host; in a directory the file gets the name of src.'),
    ...attributeParams,
    mode: modeParam('preserve').describe(
      "Permissions; `preserve` takes those of src. Default: the file's own.",
    ),
    backup: booleanParam.default(false).describe('Whether to keep a copy of the file that is replaced.'),
    force: booleanParam.default(true).describe('Whether to replace a file that is there already.'),
    follow: booleanParam.default(false).describe('Whether a link at dest is followed instead of replaced.'),
    validate: optionalText().describe('Command that must accept the new file; %s stands for its name.'),
    newline_sequence: z
      .enum(['\\n', '\\r', '\\r\\n', '\n', '\r', '\r\n'])
      .default('\n')
      .describe('What lines of the file end in.'),
    block_start_string: optionalText().describe('Opens a statement. Default {%.'),
    block_end_string: optionalText().describe('Closes a statement. Default %}.'),
    variable_start_string: optionalText().describe('Opens an expression. Default {{.'),
    variable_end_string: optionalText().describe('Closes an expression. Default }}.'),
    comment_start_string: optionalText().describe('Opens a comment. Default {#.'),
    comment_end_string: optionalText().describe('Closes a comment. Default #}.'),
    trim_blocks: booleanParam.default(true).describe('Whether the line break after a statement is dropped.'),
    lstrip_blocks: booleanParam.default(false).describe('Whether blanks before a statement are dropped.'),
    output_encoding: z.enum(['utf-8', 'UTF-8', 'utf8']).default('utf-8').describe('Encoding of the file.'),
  });

interface Prepared {
  readonly content: Content;
  readonly mode: string | undefined;
}

/** Renders a template of the controller into a file of the host. */
export default defineProbingModule(
  withFileMarks(
    {
      name: 'template',
      summary: 'Render a template and write the result to a file on the host.',
      description:
        'The file is replaced as a whole or not at all. Differences: output_encoding is UTF-8 only; md5sum is returned when the content changes.',
      params,
      returns: {
        dest: 'Path of the file.',
        src: 'Path of the template on the controller.',
        checksum: 'SHA-1 of the rendered text.',
        md5sum: 'MD5 of the rendered text, when it was written.',
        size: 'Bytes.',
        mode: 'Permissions.',
        owner: 'Name of the owner.',
        group: 'Name of the group.',
        uid: 'Number of the owner.',
        gid: 'Number of the group.',
        state: '`file`.',
        backup_file: 'Where the file that was replaced is kept.',
      },
      examples: [
        {
          title: 'A configuration that its program has checked',
          yaml: "template:\n  src: sshd_config.j2\n  dest: /etc/ssh/sshd_config\n  mode: '0600'\n  validate: /usr/sbin/sshd -t -f %s",
        },
      ],

      prepare: async (wish, context): Promise<Prepared> => {
        const source = await context.files.find(wish.src, 'templates');
        const plain = await context.files.readPlain(source);
        const text = plain.bytes.toString('utf8');
        const about = text.includes('template_') ? await aboutTemplate(source, context) : {};
        const rendered = render(wish, { source, text, about }, context);
        return {
          content: { bytes: Buffer.from(rendered), name: baseName(wish.src), fields: { src: source } },
          mode: wish.mode === 'preserve' ? await modeOf(source, context) : wish.mode,
        };
      },
      probe: (wish, context, prepared) => putProbe(wish, preparedOf(prepared).content, context),
      plan(wish, state, context, prepared) {
        const { content, mode } = preparedOf(prepared);
        return planPut({ ...wish, mode }, content, state, context);
      },
      apply: ({ file, result }, context) => writeResult(file, result, context),
    },
    ({ dest, src, follow }) => ({ path: dest, name: baseName(src), follow }),
  ),
);

/** What `prepare` gave comes back as it was. */
function preparedOf(value: unknown): Prepared {
  return value as Prepared;
}

async function modeOf(source: string, context: ModuleContext): Promise<string | undefined> {
  const found = await context.files.stat(source);
  return found && formatMode(found.mode);
}

interface Source {
  readonly source: string;
  readonly text: string;
  readonly about: Readonly<Record<string, string>>;
}

/** What a template may say of its own file and of this machine. */
async function aboutTemplate(source: string, context: ModuleContext): Promise<Record<string, string>> {
  const found = await context.files.stat(source);
  return {
    template_host: hostname(),
    template_uid: await userName(found?.uid, context),
    template_mtime: clockText(new Date(found?.modifiedAtMs ?? 0)),
    template_run_date: clockText(new Date()),
  };
}

async function userName(uid: number | undefined, context: ModuleContext): Promise<string> {
  const users = (await context.files.read('/etc/passwd').catch(() => Buffer.alloc(0))).toString('utf8');
  const line = users.split('\n').find((one) => one.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? String(uid ?? 0);
}

function clockText(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', '');
}

function render(
  wish: z.output<ReturnType<typeof params>>,
  { source, text, about }: Source,
  context: ModuleContext,
): string {
  return context.renderTemplate(text, {
    name: source,
    trimBlocks: wish.trim_blocks,
    lstripBlocks: wish.lstrip_blocks,
    newlineSequence: newlines[wish.newline_sequence],
    variableStart: wish.variable_start_string,
    variableEnd: wish.variable_end_string,
    blockStart: wish.block_start_string,
    blockEnd: wish.block_end_string,
    commentStart: wish.comment_start_string,
    commentEnd: wish.comment_end_string,
    extraVars: {
      ansible_managed: 'Ansible managed',
      template_path: wish.src,
      template_fullpath: source,
      template_destpath: wish.dest,
      ...about,
    },
  });
}
