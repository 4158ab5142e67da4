import { shellQuote } from '../../lib/shell-quote.ts';
import type { Probe } from '../../model/module.ts';
import { type FileState, parseFileState } from './file-state.ts';
import { remotePath } from './remote-path.ts';

/** What a probe is to find out beside what `stat` tells. */
export interface FileQuestion {
  /** As the author wrote it. */
  readonly path: string;
  /** Whether a link is resolved. Default false. */
  readonly follow?: boolean | undefined;
  /** Appended where the path is a directory: the name of the file that is put into it. */
  readonly name?: string | undefined;
  /** Content is fetched up to this size. Default: not at all. */
  readonly contentLimitBytes?: number | undefined;
  /** Else a checksum is computed, where the size is this one. */
  readonly sumOfSize?: number | 'any' | undefined;
  /** Default `sha256`. */
  readonly algorithm?: string | undefined;
  /** Whether the owner of a new file is wanted. Default true. */
  readonly maker?: boolean | undefined;
}

/** Content of any size. */
export const anySize = 2 ** 53;

/** A probe of one path. */
export function fileProbe(question: FileQuestion): Probe<FileState> {
  const code = `rb_look ${probeWords(question)}`;
  const { contentLimitBytes = -1, sumOfSize, algorithm = 'sha256' } = question;
  const sum = contentLimitBytes < 0 && sumOfSize !== undefined ? algorithm : undefined;
  return {
    request: { type: 'call', code, readOnly: true, inSession: true },
    parse: (reply) => parseFileState(reply, { sum }),
  };
}

/**
 * As `fileProbeCode`, for the end of a request: its last process takes the place of the shell's child, and a short file
 * is sent as it is where its checksum is asked (tell `parseFileState` then).
 */
export function lastFileProbeCode(question: FileQuestion): string {
  return `rb_last=1 rb_inside=; ${fileProbeCode(question)}`;
}

/** The call of the shell library that answers a question. */
export function fileProbeCode(question: FileQuestion): string {
  return `rb_probe ${probeWords(question)}`;
}

function probeWords(question: FileQuestion): string {
  const { sumOfSize } = question;
  const size = sumOfSize === undefined ? '' : sumOfSize === 'any' ? '*' : String(sumOfSize);
  const words = [
    question.follow === true ? '1' : '0',
    String(question.contentLimitBytes ?? ''),
    size,
    question.maker === false ? '0' : '',
    question.algorithm === 'sha256' ? '' : (question.algorithm ?? ''),
    question.name ?? '',
  ];
  // The shell reads a request byte by byte: what is not said costs nothing.
  const said = words.slice(0, words.findLastIndex((word) => word !== '') + 1);
  return [remotePath(question.path), ...said.map(shellQuote)].join(' ');
}
