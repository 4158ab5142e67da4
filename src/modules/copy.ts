import { z } from 'zod';
import { defineProbingModule } from '../model/module.ts';
import { applyCopy, copyJobOf, prepareCopy } from './shared/copy-job.ts';
import { attributeParams, modeParam } from './shared/file-attributes.ts';
import { booleanParam } from './shared/param-types.ts';
import { baseName } from './shared/remote-path.ts';
import { optionalPath, optionalText, path, text } from './shared/text-params.ts';
import { withFileMarks } from './shared/with-file-marks.ts';

const params = () =>
  z
    .strictObject({
      src: optionalPath().describe(
        'File or directory of the controller (of the host with remote_src). With a slash at its end: what is in the directory.',
      ),
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
      local_follow: booleanParam
        .default(true)
        .describe('Accepted for compatibility: links in src are followed.'),
      remote_src: booleanParam.default(false).describe('Whether src lies on the host.'),
      validate: optionalText().describe('Command that must accept the new file; %s stands for its name.'),
      checksum: optionalText().describe('SHA-1 that src must have.'),
      decrypt: booleanParam
        .default(true)
        .describe('Whether sources that are encrypted as a whole are decrypted.'),
    })
    .refine(
      (given) => (given.src === undefined) !== (given.content === undefined || given.content === null),
      {
        error: 'exactly one of src and content is needed',
      },
    );

/** Copies a file or directory of the controller or of the host, or text, to the host. */
export default defineProbingModule(
  withFileMarks(
    {
      name: 'copy',
      summary: 'Copy a file, a directory or text to the host.',
      description:
        'A file is replaced as a whole or not at all, and keeps its owner, mode and access list. Differences: links in a source directory are always followed, links in its copy always replaced; a file that is left out of a directory copy by force: false keeps its mode; with remote_src a file of a directory gets its mode only when its content is copied; attributes and SELinux labels are set for single files only.',
      params,
      returns: {
        dest: 'Path of the file or directory.',
        src: 'Path of the source.',
        checksum: 'SHA-1 of the content.',
        md5sum: 'MD5 of the content, when it was written from the controller.',
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
        { title: 'All in a directory', yaml: 'copy:\n  src: site/\n  dest: /srv/www/' },
      ],

      prepare: prepareCopy,
      probe: (_wish, _context, prepared) => copyJobOf(prepared).probe,
      plan: (_wish, state, _context, prepared) => copyJobOf(prepared).plan(state),
      apply: applyCopy,
    },
    ({ dest, src, follow }) => ({
      path: dest,
      name: src?.endsWith('/') === false ? baseName(src) : undefined,
      follow,
      onlyFiles: true,
    }),
  ),
);
