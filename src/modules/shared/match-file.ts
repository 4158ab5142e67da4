import { shellQuote } from '../../lib/shell-quote.ts';
import type { ModuleContext } from '../../model/module.ts';
import { remotePath } from './remote-path.ts';

const sliceBytes = 4 * 1024 * 1024;
/** A match that lies across two slices is found when it is not longer. */
const overlapBytes = 64 * 1024;

/** Looks for a pattern in a file of the host. */
export interface FileSearch {
  /** The first match, or null. Undefined when there is no readable file. */
  look(context: ModuleContext): Promise<RegExpExecArray | null | undefined>;
}

/**
 * Searches a file slice by slice, so that a log of any size can be waited for. With `follow` a later look reads only what
 * was added since; a file that became shorter is read from its start.
 */
export function searchFile(path: string, pattern: RegExp, options: { readonly follow: boolean }): FileSearch {
  let offset = 0;
  let carried: Buffer = Buffer.alloc(0);
  return {
    async look(context) {
      if (!options.follow) [offset, carried] = [0, Buffer.alloc(0)];
      for (;;) {
        const slice = await readSlice(path, offset, context);
        if (slice === undefined) return undefined;
        if (slice.size < offset) {
          [offset, carried] = [0, Buffer.alloc(0)];
          continue;
        }
        const bytes = Buffer.concat([carried, slice.bytes]);
        const match = pattern.exec(bytes.toString('utf8'));
        if (match !== null) return match;
        offset += slice.bytes.length;
        carried = bytes.subarray(-overlapBytes);
        if (slice.bytes.length < sliceBytes) return null;
      }
    },
  };
}

async function readSlice(
  path: string,
  offset: number,
  context: ModuleContext,
): Promise<{ readonly size: number; readonly bytes: Buffer } | undefined> {
  const code = [
    `f=${remotePath(path)}`,
    '[ -f "$f" ] && [ -r "$f" ] || exit 1',
    'wc -c <"$f"',
    `tail -c +${shellQuote(String(offset + 1))} -- "$f" | head -c ${sliceBytes}`,
  ].join('\n');
  const reply = await context.send({ type: 'call', code, readOnly: true });
  const end = reply.stdout.bytes.indexOf('\n');
  if (reply.rc !== 0 || end < 0) return undefined;
  const size = Number(reply.stdout.bytes.subarray(0, end).toString('latin1').trim());
  return { size, bytes: reply.stdout.bytes.subarray(end + 1) };
}
