import type { StepFinished, StepInfo } from '../model/event.ts';
import { printable } from './printable.ts';
import type { Reporter } from './reporter.ts';
import { plainStyle } from './reporter.ts';
import { resultText } from './result-text.ts';

/** Writes a finished report. */
export type WriteReport = (text: string) => Promise<void>;

/** Characters that XML 1.0 cannot hold are escaped before the five special ones are. */
function xml(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;');
}

const detail = { verbosity: 0, style: plainStyle, githubActions: false };

function testCase(event: StepFinished, info: StepInfo): string {
  const seconds = (event.durationMs / 1_000).toFixed(3);
  const open = `    <testcase classname="${xml(event.host)}" name="${xml(event.title)}" file="${xml(info.at.file)}" line="${info.at.line}" time="${seconds}"`;
  const body = xml(resultText(event, info, detail));
  const message = xml(event.msg ?? event.outcome);
  if (
    event.ignored === true ||
    event.rescued === true ||
    event.outcome === 'ok' ||
    event.outcome === 'changed'
  )
    return `${open}/>`;
  if (event.outcome === 'skipped' || event.outcome === 'cancelled') {
    return `${open}>\n      <skipped message="${message}"/>\n    </testcase>`;
  }
  const kind = event.outcome === 'failed' ? 'failure' : 'error';
  return `${open}>\n      <${kind} type="${event.outcome}" message="${message}">${body}</${kind}>\n    </testcase>`;
}

/**
 * A JUnit XML report, as CI systems read it: a suite for each play, a case for each instance. A failure that was not
 * ignored or rescued is a `failure`; unreachable and unknown are an `error`; skipped and cancelled are `skipped`.
 */
export function junitReporter(write: WriteReport): Reporter {
  const infos = new Map<number, StepInfo>();
  const finished: StepFinished[] = [];
  let plays: readonly string[] = [];
  let startedAtMs = 0;
  return {
    event(event) {
      if (event.type === 'steps-added') for (const info of event.steps) infos.set(info.index, info);
      if (event.type === 'run-started') {
        plays = event.plays.map((play) => play.name);
        startedAtMs = event.atMs;
        for (const info of event.steps) infos.set(info.index, info);
      } else if (event.type === 'step-finished') finished.push(event);
    },
    async close() {
      const suites = plays.map((name, index) =>
        suite(
          name,
          finished.filter((event) => infos.get(event.step)?.play === index),
          infos,
          startedAtMs,
        ),
      );
      await write(`<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`);
    },
  };
}

function suite(
  name: string,
  events: readonly StepFinished[],
  infos: ReadonlyMap<number, StepInfo>,
  startedAtMs: number,
): string {
  const cases = events.flatMap((event) => {
    const info = infos.get(event.step);
    return info === undefined ? [] : [testCase(event, info)];
  });
  const count = (start: string) => cases.filter((text) => text.includes(start)).length;
  const seconds = (events.reduce((sum, event) => sum + event.durationMs, 0) / 1_000).toFixed(3);
  const head = `  <testsuite name="${xml(name)}" tests="${cases.length}" failures="${count('<failure ')}" errors="${count('<error ')}" skipped="${count('<skipped ')}" time="${seconds}" timestamp="${new Date(startedAtMs).toISOString()}">`;
  return `${[head, ...cases].join('\n')}\n  </testsuite>\n`;
}
