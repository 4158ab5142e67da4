import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { defineActionModule, type ModuleContext, type ModuleResult } from '../model/module.ts';
import { attributeFields } from './shared/file-attributes.ts';
import { fileProbeCode } from './shared/file-probe.ts';
import { causeOf, parseFileState } from './shared/file-state.ts';
import { remotePath } from './shared/remote-path.ts';
import { optionalPath, text } from './shared/text-params.ts';

const params = () =>
  z
    .strictObject({
      state: z.enum(['file', 'directory']).default('file').describe('What to make.'),
      path: optionalPath().describe('Directory to make it in. Default: $TMPDIR of the session, else /tmp.'),
      prefix: text().default('ansible.').describe('How the name begins.'),
      suffix: text().default('').describe('How the name ends.'),
    })
    .refine((given) => !/[/\0]/.test(given.prefix + given.suffix), {
      error: 'prefix and suffix are parts of a file name',
    });
type Params = z.output<ReturnType<typeof params>>;

/** Makes a file or directory of a name that nothing has yet, for the session's user alone. */
export default defineActionModule({
  name: 'tempfile',
  summary: 'Make a temporary file or directory on the host.',
  description:
    'It is for its user alone (0600, directories 0700) and stays until a step removes it. Each run makes another.',
  params,
  where: 'remote',
  checkMode: 'skip',
  returns: {
    path: 'Path of what was made.',
    state: '`file` or `directory`.',
    mode: 'Permissions.',
    owner: 'Name of the owner.',
    group: 'Name of the group.',
    uid: 'Number of the owner.',
    gid: 'Number of the group.',
    size: 'Bytes.',
  },
  examples: [
    {
      title: 'A directory to build in',
      yaml: 'tempfile:\n  state: directory\n  suffix: .build\nregister: build',
    },
  ],
  run: (wish, context) => makeTemporary(wish, context),
});

async function makeTemporary(wish: Params, context: ModuleContext): Promise<ModuleResult> {
  const name = wish.prefix + randomName() + wish.suffix;
  // $TMPDIR is known to the session alone, so the path is put together there.
  const written = `${(wish.path ?? '$TMPDIR').replace(/\/+$/, '')}/${name}`;
  const look = fileProbeCode({ path: written });
  const make =
    wish.state === 'directory' ? 'mkdir -m 700 -- "$rb_p"' : '( umask 077; set -C; true >"$rb_p" )';
  const code = `TMPDIR=\${TMPDIR:-/tmp}; rb_absolute ${remotePath(written)} && ${make} && ${look}`;
  const reply = await context.send({ type: 'call', code, readOnly: false });
  if (reply.rc !== 0)
    return {
      changed: false,
      failed: true,
      msg: `cannot make a temporary ${wish.state}: ${causeOf(reply)}`,
      rc: reply.rc,
    };
  const { path, stat } = parseFileState(reply);
  if (stat === undefined)
    return { changed: false, failed: true, msg: `${path} vanished as soon as it was made` };
  return { changed: true, fields: { path, state: wish.state, size: stat.size, ...attributeFields(stat) } };
}

function randomName(): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789_';
  return Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join('');
}
