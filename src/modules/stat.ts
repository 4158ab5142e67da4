import { z } from 'zod';
import type { Reply } from '../model/host.ts';
import { defineProbingModule, type Probe } from '../model/module.ts';
import type { Value } from '../model/value.ts';
import { attributesOf, mimeOf } from './shared/file-description.ts';
import { lastFileProbeCode } from './shared/file-probe.ts';
import { type FileState, parseFileState } from './shared/file-state.ts';
import { booleanParam } from './shared/param-types.ts';
import { layOver } from './shared/planned-state.ts';
import { digest } from './shared/put-file.ts';
import { remotePath } from './shared/remote-path.ts';
import { statFields } from './shared/stat-fields.ts';
import { path } from './shared/text-params.ts';

const params = () =>
  z.strictObject({
    path: path().describe('File, directory or anything else to look at.'),
    follow: booleanParam.default(false).describe('Whether to look at what a link leads to.'),
    get_checksum: booleanParam.default(true).describe('Whether to return a checksum of a regular file.'),
    checksum_algorithm: z
      .enum(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])
      .default('sha1')
      .describe('Which checksum.'),
    get_mime: booleanParam
      .default(true)
      .describe('Whether to ask `file` for the type and the character set.'),
    get_attributes: booleanParam.default(true).describe('Whether to ask `lsattr` for the attributes.'),
  });
type Params = z.output<ReturnType<typeof params>>;

interface Found {
  readonly state: FileState;
  readonly described: Readonly<Record<string, Value>>;
}

/** Looks at a path of the host. */
export default defineProbingModule({
  name: 'stat',
  summary: 'Tell whether a path exists on the host, and what is there.',
  description:
    'Differences: where the host has no `stat` command, times and inode are 0 and names are numbers. Set get_checksum, get_mime and get_attributes to false where only existence matters: each costs a process on the host.',
  params,
  paramAliases: {
    dest: 'path',
    name: 'path',
    checksum: 'checksum_algorithm',
    checksum_algo: 'checksum_algorithm',
    mime: 'get_mime',
    mime_type: 'get_mime',
    'mime-type': 'get_mime',
    attr: 'get_attributes',
    attributes: 'get_attributes',
  },
  returns: {
    stat: 'A mapping: exists, path, mode, isdir, isreg, islnk, size, uid, pw_name, checksum and so on.',
  },
  examples: [
    {
      title: 'Is there a certificate?',
      yaml: 'stat:\n  path: /etc/ssl/site.pem\nregister: certificate\n# then: when: certificate.stat.exists',
    },
  ],

  probe: (wish) => statProbe(wish),
  plan(wish, { state: found, described }, context) {
    const state = layOver(found, context);
    const { stat } = state;
    if (stat === undefined) {
      if (state.parent === 'closed')
        return { type: 'failed', msg: `cannot look at ${wish.path}: Permission denied` };
      return { type: 'none', reason: 'stat only looks', result: { fields: { stat: { exists: false } } } };
    }
    const checksum =
      state === found ? state.sum : state.content && digest(wish.checksum_algorithm, state.content);
    const sum = checksum === undefined || !wish.get_checksum ? {} : { checksum };
    const fields = { stat: { ...statFields(wish.path, state, stat), ...sum, ...described } };
    return { type: 'none', reason: 'stat only looks', result: { fields } };
  },
  apply: async () => ({ changed: false }),
});

function statProbe(wish: Params): Probe<Found> {
  const look = lastFileProbeCode({
    path: wish.path,
    follow: wish.follow,
    sumOfSize: wish.get_checksum ? 'any' : undefined,
    algorithm: wish.checksum_algorithm,
    maker: false,
  });
  const flag = (value: boolean) => (value ? '1' : '0');
  const describe = `rb_describe ${remotePath(wish.path)} ${flag(wish.follow)} ${flag(wish.get_mime)} ${flag(wish.get_attributes)}`;
  return {
    request: { type: 'call', code: `rb_deep=1; ${describe}\n${look}`, readOnly: true },
    parse: (reply) => readAnswer(wish, reply),
  };
}

/** Two lines of description stand before the file's state. */
function readAnswer(wish: Params, reply: Reply): Found {
  const { bytes } = reply.stdout;
  const first = bytes.indexOf('\n');
  const second = bytes.indexOf('\n', first + 1);
  const rest = bytes.subarray(second + 1);
  const sum = wish.get_checksum ? wish.checksum_algorithm : undefined;
  const state = parseFileState({ ...reply, stdout: { bytes: rest, size: rest.length } }, { sum });
  return {
    state,
    described: {
      ...(wish.get_mime ? mimeOf(bytes.toString('utf8', 0, first)) : {}),
      ...(wish.get_attributes ? attributesOf(bytes.toString('utf8', first + 1, second)) : {}),
    },
  };
}
