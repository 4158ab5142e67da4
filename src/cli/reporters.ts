import { accessSync, constants, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failure } from '../model/diagnostic.ts';
import { githubAnnotations } from '../report/github-annotations.ts';
import { htmlReporter } from '../report/html-report.ts';
import { jsonReporter } from '../report/json-report.ts';
import { jsonlReporter } from '../report/jsonl.ts';
import { junitReporter, type WriteReport } from '../report/junit.ts';
import { plainReporter } from '../report/plain.ts';
import {
  allReporters,
  colourStyle,
  plainStyle,
  type Reporter,
  type Style,
  type TextSink,
  wantsColour,
} from '../report/reporter.ts';
import { traceReporter } from '../report/trace-report.ts';
import type { TranscriptOptions } from '../report/transcript.ts';
import type { OutputFormat } from './flags.ts';

/** What the reporters of a run are made from. */
export interface ReporterRequest {
  readonly output: OutputFormat | undefined;
  readonly reports: readonly string[];
  readonly verbosity: number;
  /** Makes the reporter for people in place of the plain one (`exec`). */
  readonly human?: (sink: TextSink, options: TranscriptOptions) => Reporter;
}

/** Standard output as a sink. */
export function stdoutSink(): TextSink {
  return {
    write: (text) => void process.stdout.write(text),
    get columns() {
      return process.stdout.columns;
    },
    get rows() {
      return process.stdout.rows;
    },
  };
}

/** Colours for standard output, where it can show them. */
export function stdoutStyle(): Style {
  return wantsColour(process.env, process.stdout.isTTY === true) ? colourStyle : plainStyle;
}

/** The options that text for people is made with: colours, verbosity, whether a CI system reads along. */
export function transcriptOptions(verbosity: number): TranscriptOptions {
  return {
    verbosity,
    style: stdoutStyle(),
    githubActions: process.env['GITHUB_ACTIONS'] === 'true',
    nowMs: () => performance.now(),
  };
}

async function outputReporter(request: ReporterRequest): Promise<Reporter> {
  const sink = stdoutSink();
  const options = transcriptOptions(request.verbosity);
  const human = request.human ?? plainReporter;
  switch (
    request.output ??
    (process.stdout.isTTY === true && process.env['TERM'] !== 'dumb' ? 'tty' : 'plain')
  ) {
    case 'jsonl':
      return jsonlReporter(sink);
    case 'quiet':
      return { event() {} };
    case 'plain':
      return human(sink, options);
    case 'tty': {
      if (request.human !== undefined) return request.human(sink, options);
      // listr2 is loaded only where there is a terminal to draw on.
      const { ttyReporter } = await import('../report/tty.ts');
      return ttyReporter(sink, options);
    }
  }
}

const fileReporters: Readonly<Record<string, (write: WriteReport) => Reporter>> = {
  junit: junitReporter,
  json: jsonReporter,
  html: htmlReporter,
  trace: traceReporter,
};

function notWritable(file: string, error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error);
  return failure('RB703', `the report ${file} cannot be written: ${why}`);
}

/** Looks before the run whether the report has a place: after an hour of work is a bad moment to learn that it has none. */
function assertWritable(file: string): void {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw new Error('it is a folder');
    accessSync(found === undefined ? dirname(file) : file, constants.W_OK);
  } catch (error) {
    throw notWritable(file, error);
  }
}

function fileReporter(spec: string): Reporter {
  const at = spec.indexOf('=');
  const [kind, file] = at < 0 ? [spec, ''] : [spec.slice(0, at), spec.slice(at + 1)];
  const write = async (text: string) => {
    try {
      await writeFile(file, text);
    } catch (error) {
      throw notWritable(file, error);
    }
  };
  const create = Object.hasOwn(fileReporters, kind) ? fileReporters[kind] : undefined;
  if (file !== '' && create !== undefined) {
    assertWritable(file);
    return create(write);
  }
  const kinds = Object.keys(fileReporters).map((name) => `${name}=FILE`);
  throw failure('RB701', `--report ${spec}: expected one of ${kinds.join(', ')}`, {
    hint: 'for example: --report junit=report.xml',
  });
}

/** The reporters that `--report` names. @throws RunbookError RB701 for one that is none, RB703 for one without a place. */
export function reportersOf(specs: readonly string[]): readonly Reporter[] {
  return specs.map(fileReporter);
}

/** All reporters of a run: standard output, files, and annotations where GitHub Actions runs it. */
export async function createReporters(request: ReporterRequest): Promise<Reporter> {
  const files = reportersOf(request.reports);
  const inActions = process.env['GITHUB_ACTIONS'] === 'true' && request.output !== 'jsonl';
  return allReporters([
    await outputReporter(request),
    ...files,
    ...(inActions ? [githubAnnotations(stdoutSink())] : []),
  ]);
}
