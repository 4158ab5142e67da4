import { createContext, Script } from 'node:vm';
import type { Run } from '../datum.ts';
import { toJsRegExp } from './regex.ts';

/** Texts at least this long make even patterns with several repetitions slow. */
const longText = 2_000;
const nestedRepetition =
  /\((?:[^()\\]|\\.|\([^()]*\))*(?:[*+|]|\{\d+,\d*\})(?:[^()\\]|\\.|\([^()]*\))*\)(?:[*+]|\{\d+,)/;
const repetition = /[*+]|\{\d+,/g;

/** The one thing that stops a regular expression at work is the clock of a script; this one calls what it is given. */
const watched = createContext(Object.assign(Object.create(null), { work: undefined }));
const script = new Script('work()');

/** The first match of a Python pattern, or null. */
export function firstMatch(run: Run, pattern: string, flags: string, text: string): RegExpExecArray | null {
  const regex = toJsRegExp(run, pattern, flags);
  return bounded(run, pattern, text, () => regex.exec(text));
}

/** All matches of a Python pattern, at most `limit`. */
export function allMatches(
  run: Run,
  pattern: string,
  flags: string,
  text: string,
  limit: number,
): RegExpExecArray[] {
  const regex = toJsRegExp(run, pattern, `${flags}g`);
  return bounded(run, pattern, text, () => {
    const found: RegExpExecArray[] = [];
    for (const match of text.matchAll(regex)) {
      if (found.length >= limit) break;
      run.step();
      found.push(match);
    }
    return found;
  });
}

/** Whether a pattern may take time out of all proportion to the text. */
function mayRunLong(pattern: string, text: string): boolean {
  if (nestedRepetition.test(pattern)) return true;
  return text.length >= longText && (pattern.match(repetition)?.length ?? 0) > 1;
}

function bounded<Result>(run: Run, pattern: string, text: string, work: () => Result): Result {
  if (!mayRunLong(pattern, text)) return work();
  watched['work'] = work;
  try {
    // The script hands on what `work` gives.
    return script.runInContext(watched, { timeout: run.timeLeftMs() }) as Result;
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw run.overTime(`the regular expression "${pattern}" took too long`);
  } finally {
    watched['work'] = undefined;
  }
}

function isTimeout(error: unknown): boolean {
  // Node makes the error outside of any context, so it may be no instance of the Error known here.
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
