import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Output, Reply } from '../../model/host.ts';
import { parseStatLine, type StatFields } from './stat-line.ts';

/** What a probe found at a path. */
export interface FileState {
  /** Absolute; where a link was followed, what it leads to. */
  readonly path: string;
  /** Undefined when nothing is there. */
  readonly stat: StatFields | undefined;
  /** For a link that was not followed. */
  readonly link: { readonly source: string; readonly target: string } | undefined;
  /** The directory that holds the path: `closed` may not be searched, `other` is no directory. */
  readonly parent: 'directory' | 'missing' | 'closed' | 'other';
  /** Whether the session's user may make files in that directory (in the nearest one that is there). */
  readonly parentWritable: boolean;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  /** Whether the session's user owns it. */
  readonly owned: boolean;
  readonly umask: number;
  /** Whose a new file at the path would be; known for an absent path where the probe asked. */
  readonly maker: Owner | undefined;
  readonly got: 'none' | 'content' | 'sum' | 'unreadable' | 'tool';
  readonly content: Buffer | undefined;
  /** Lower-case hexadecimal digits. */
  readonly sum: string | undefined;
}

/** A user and a group. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly owner: string;
  readonly group: string;
}

const newline = 0x0a;
const headPattern =
  /^rb1 (present|absent) (directory|missing|closed|other) (\S+) (none|content|text|sum|unreadable|tool)$/;

/**
 * Reads the answer of `rb_probe`.
 *
 * @throws Error with a message for people when the answer is not one.
 */
export function parseFileState(reply: Reply, asked: AskedOfContent = { sum: undefined }): FileState {
  const bytes = wholeOutput(reply.stdout);
  const reader = new AnswerReader(bytes);
  const head = headPattern.exec(reader.line());
  if (!head) throw new Error(`the host could not look at the file: ${causeOf(reply)}`);
  const [, presence, parent, flags = '', got] = head;
  const umask = reader.line();
  const lines = reader.linesUntilPath();
  const path = reader.text();
  const stat = presence === 'present' ? parseStatLine(lines[0] ?? reader.line()) : undefined;
  if (presence === 'present' && stat === undefined) throw new Error(`the host could not describe ${path}`);
  const link = stat?.type === 'link' ? { source: reader.text(), target: reader.text() } : undefined;
  if (reply.rc !== 0 && got !== 'none') throw new Error(`cannot read ${path}: ${causeOf(reply)}`);
  const rest = reader.rest();
  return {
    path,
    stat,
    link,
    // The pattern admits these words alone.
    parent: parent as FileState['parent'],
    parentWritable: flags.includes('W'),
    readable: flags.includes('r'),
    writable: flags.includes('w'),
    executable: flags.includes('x'),
    owned: flags.includes('O'),
    umask: Number.parseInt(umask, 8),
    maker: presence === 'absent' ? makerOf(rest.toString('utf8').split('\n')) : undefined,
    ...contentOf(got, rest, asked),
  };
}

/** What was asked of a file's content. */
export interface AskedOfContent {
  /** The algorithm of the checksum; undefined where the content itself was asked for. */
  readonly sum: string | undefined;
}

/** The host sends a short file as it is, also where its checksum would do. */
function contentOf(
  got: string | undefined,
  rest: Buffer,
  asked: AskedOfContent,
): Pick<FileState, 'got' | 'content' | 'sum'> {
  if (got === 'text' && asked.sum !== undefined) {
    return { got: 'sum', content: undefined, sum: createHash(asked.sum).update(rest).digest('hex') };
  }
  if (got === 'text' || got === 'content') return { got: 'content', content: rest, sum: undefined };
  const sum = got === 'sum' ? /^\\?([0-9a-f]{32,128})\b/.exec(rest.toString('latin1'))?.[1] : undefined;
  // The pattern admits these words alone.
  return { got: got as FileState['got'], content: undefined, sum };
}

/** A new file belongs to the session's user, and to the directory's group where that is set-group-ID. */
function makerOf(lines: readonly string[]): Owner | undefined {
  const self = parseStatLine(lines[0] ?? '');
  const directory = parseStatLine(lines[1] ?? '');
  if (self === undefined) return undefined;
  const groupOf = directory !== undefined && (directory.mode & 0o2000) !== 0 ? directory : self;
  return { uid: self.uid, owner: self.owner, gid: groupOf.gid, group: groupOf.group };
}

/** Reads an answer from its front. */
class AnswerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  line(): string {
    const end = this.#bytes.indexOf(newline, this.#at);
    const stop = end < 0 ? this.#bytes.length : end;
    const line = this.#bytes.toString('utf8', this.#at, stop);
    this.#at = Math.min(stop + 1, this.#bytes.length);
    return line;
  }

  /** Lines before the path, which begins with a slash. */
  linesUntilPath(): string[] {
    const lines: string[] = [];
    while (this.#at < this.#bytes.length && this.#bytes[this.#at] !== 0x2f) lines.push(this.line());
    return lines;
  }

  /** Text up to a line that holds two slashes alone. */
  text(): string {
    const end = this.#bytes.indexOf('\n//\n', this.#at);
    if (end < 0) throw new Error('the answer of the host breaks off');
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 4;
    return text;
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }
}

/** All bytes of an output, those beyond the inline limit read back from the controller's disk. */
export function wholeOutput(output: Output): Buffer {
  return output.spoolFile === undefined ? output.bytes : readFileSync(output.spoolFile);
}

/** Why a request failed, in the words of the tool that said so: `No space left on device`. */
export function causeOf(reply: Reply): string {
  if (reply.ended === 'timeout') return 'timed out';
  if (reply.ended === 'cancelled') return 'cancelled';
  const lines = reply.stderr.bytes
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const last = lines.at(-1);
  if (last === undefined) return `exit status ${reply.rc}`;
  // `mv: cannot move 'a' to 'b': Permission denied`: the system's words begin with a capital.
  return /: ([A-Z][^:]*)$/.exec(last)?.[1] ?? last.replace(/^[\w./-]+: /, '');
}
