import { posix, resolve } from 'node:path';
import { z } from 'zod';
import { shellQuote } from '../lib/shell-quote.ts';
import { defineProbingModule, type ModuleContext, type ModuleResult } from '../model/module.ts';
import { contentDiff } from './shared/file-diff.ts';
import { fileProbe } from './shared/file-probe.ts';
import { causeOf, wholeOutput } from './shared/file-state.ts';
import { booleanParam } from './shared/param-types.ts';
import { layOver } from './shared/planned-state.ts';
import { digest } from './shared/put-file.ts';
import { isMissing, readObstacle } from './shared/readable.ts';
import { baseName } from './shared/remote-path.ts';
import { path } from './shared/text-params.ts';

const params = () =>
  z.strictObject({
    src: path().describe('File on the host; a link is followed.'),
    dest: path().describe(
      'Directory of the controller; the file goes to DEST/HOST/SRC. With flat: the file itself.',
    ),
    flat: booleanParam
      .default(false)
      .describe('Whether dest is the file, or, with a slash at its end, its directory.'),
    fail_on_missing: booleanParam.default(true).describe('Whether a missing file is a failure.'),
    validate_checksum: booleanParam
      .default(true)
      .describe('Whether what arrived is compared with what was there.'),
  });
type Params = z.output<ReturnType<typeof params>>;

interface Prepared {
  readonly file: string;
  readonly local: Buffer | undefined;
  readonly problem: string | undefined;
}

interface FetchChange {
  readonly source: string;
  readonly file: string;
  /** SHA-1 of the host's file when it was looked at; undefined when it is not to be compared. */
  readonly checksum: string | undefined;
  readonly result: Omit<ModuleResult, 'changed'>;
}

/** Copies a file of the host to the controller. */
export default defineProbingModule({
  name: 'fetch',
  summary: 'Copy a file of the host to the controller.',
  description:
    'A name from the host cannot lead out of DEST/HOST: `..` ends there. Differences: in DEST/HOST a leading ~ of src is kept as it is written.',
  params,
  paramAliases: { validate_md5: 'validate_checksum' },
  returns: {
    dest: 'Path on the controller.',
    src: 'Path on the host.',
    file: 'Path on the host, as asked for.',
    checksum: 'SHA-1 of the content.',
    md5sum: 'MD5 of the content, when it was written.',
    remote_checksum: 'SHA-1 of the file on the host.',
  },
  examples: [{ title: 'Logs of every host', yaml: 'fetch:\n  src: /var/log/app.log\n  dest: logs/' }],

  prepare: (wish, context) => prepare(wish, context),
  probe: (wish) =>
    fileProbe({ path: wish.src, follow: true, sumOfSize: 'any', algorithm: 'sha1', maker: false }),
  plan(wish, found, context, prepared) {
    const state = layOver(found, context);
    // What `prepare` gave comes back as it was.
    const { file, local, problem } = prepared as Prepared;
    if (problem !== undefined) return { type: 'failed', msg: problem };
    const obstacle = readObstacle(state);
    if (obstacle !== undefined) {
      if (wish.fail_on_missing || !isMissing(state)) return { type: 'failed', msg: obstacle };
      const msg = 'the remote file does not exist, not transferring, ignored';
      return {
        type: 'none',
        reason: `${state.path} does not exist`,
        result: { msg, fields: { file: wish.src } },
      };
    }
    const checksum = (state === found ? state.sum : state.content && digest('sha1', state.content)) ?? '';
    const fields = { dest: file, src: wish.src, file: wish.src, checksum, remote_checksum: checksum };
    if (local !== undefined && digest('sha1', local) === checksum)
      return { type: 'none', reason: `${file} has this content`, result: { fields } };
    const before = local && { size: local.length, bytes: local };
    const diff = contentDiff(file, before, { size: state.stat?.size ?? 0 });
    const result = { fields, ...(context.diffMode ? { diff } : {}) };
    const expected = wish.validate_checksum ? checksum : undefined;
    return { type: 'change', change: { source: state.path, file, checksum: expected, result }, result };
  },
  apply: (change, context) => fetchFile(change, context),
});

async function prepare(wish: Params, context: ModuleContext): Promise<Prepared> {
  const file = localPath(wish, context);
  if (file === undefined)
    return { file: '', local: undefined, problem: `${wish.src} gives no file name below ${wish.dest}` };
  const found = await context.files.stat(file);
  if (found?.isDirectory === true)
    return {
      file,
      local: undefined,
      problem: `${file} is a directory: end dest in a slash to put the file into it`,
    };
  return { file, local: found && (await context.files.read(file)), problem: undefined };
}

/** Where the file goes; undefined when the names of host and file make no path below dest. */
function localPath({ src, dest, flat }: Params, context: ModuleContext): string | undefined {
  const base = resolve(context.files.projectDir, dest);
  const name = baseName(src);
  if (name === '' || name === '.' || name === '..') return undefined;
  if (flat) return dest.endsWith('/') ? posix.join(base, name) : base;
  const host = context.hostName;
  if (host === '' || host === '.' || host === '..' || host.includes('/')) return undefined;
  // Resolved from a root of its own first: `..` cannot climb above the host's directory.
  return posix.join(base, host, posix.resolve('/', src));
}

async function fetchFile(change: FetchChange, context: ModuleContext): Promise<ModuleResult> {
  const { source, file, checksum, result } = change;
  const reply = await context.send({ type: 'call', code: `cat -- ${shellQuote(source)}`, readOnly: true });
  const failed = (msg: string) => ({ changed: false, failed: true, msg });
  if (reply.rc !== 0) return failed(`cannot read ${source}: ${causeOf(reply)}`);
  const bytes = wholeOutput(reply.stdout);
  const arrived = digest('sha1', bytes);
  if (checksum !== undefined && arrived !== checksum)
    return failed(
      `${source} changed while it was read: its checksum was ${checksum}, that of what arrived is ${arrived}`,
    );
  await context.files.write(file, bytes);
  return {
    changed: true,
    ...result,
    fields: { ...result.fields, checksum: arrived, md5sum: digest('md5', bytes) },
  };
}
