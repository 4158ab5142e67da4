import type { Reply } from '../../model/host.ts';
import { causeOf, wholeOutput } from './file-state.ts';
import { parseStatLine, type StatFields } from './stat-line.ts';

/** Something below a directory. */
export interface TreeEntry {
  /** Relative to the directory, without a leading `./`. */
  readonly name: string;
  readonly stat: StatFields;
}

/**
 * Reads the answer of `rb_tree`.
 *
 * @throws Error with a message for people when the directory could not be read as a whole.
 */
export function parseTree(path: string, reply: Reply): TreeEntry[] {
  if (reply.rc !== 0) throw new Error(`cannot read all of ${path}: ${causeOf(reply)}`);
  const records = wholeOutput(reply.stdout).toString('utf8').split('//\n');
  return records.slice(0, -1).map((record) => {
    const at = record.indexOf(':./');
    const stat = parseStatLine(record.slice(0, at));
    if (at < 0 || stat === undefined)
      throw new Error(`cannot read all of ${path}: the answer is not understood`);
    return { name: record.slice(at + 3), stat };
  });
}
