import { formatDuration } from '../lib/duration.ts';
import { type CriticalPath, criticalPath } from './critical-path.ts';
import { stepsHtml } from './html-steps.ts';
import { reportStyle } from './html-style.ts';
import { failuresHtml, hostsHtml, pathHtml } from './html-tables.ts';
import { type Html, html } from './html-text.ts';
import { timelineHtml } from './html-timeline.ts';
import type { WriteReport } from './junit.ts';
import { createRecorder } from './recording.ts';
import type { Reporter } from './reporter.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/**
 * The run as one HTML file for people: failures with their output, a timeline of hosts and steps, the critical path, the
 * recap. It holds no script and asks for nothing from elsewhere, and says so to the browser, so that what hosts printed
 * can do nothing in it.
 */
export function htmlReporter(write: WriteReport): Reporter {
  const folding = createTimeline();
  const recorder = createRecorder();
  return {
    event(event) {
      const nowMs = performance.now();
      folding.add(event, nowMs);
      recorder.add(event, nowMs);
    },
    close() {
      const recording = recorder.recording();
      const path = recording === undefined ? undefined : criticalPath(recording);
      return write(reportPage(folding.timeline(), path));
    },
  };
}

/** The page of a run. */
export function reportPage(timeline: Timeline, path: CriticalPath | undefined): string {
  const { started, slices, finished } = timeline;
  const critical = new Set(path?.parts.map(({ node }) => node));
  const style: Html = { markup: reportStyle };
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${started?.playbook ?? 'run'}: ${verdict(timeline)}</title>
<style>${style}</style></head><body>
${headHtml(timeline)}${failuresHtml(slices)}${timelineHtml(timeline, critical)}${pathHtml(path)}${hostsHtml(finished)}${stepsHtml(started, slices, path?.slackMs)}</body></html>
`.markup;
}

function verdict({ finished }: Timeline): string {
  if (finished === undefined) return 'broken off';
  return finished.interrupted ? 'interrupted' : finished.outcome;
}

function headHtml(timeline: Timeline): Html {
  const { started, finished, endMs } = timeline;
  const word = verdict(timeline);
  const colour = finished === undefined ? 'broken' : finished.interrupted ? 'cancelled' : finished.outcome;
  const facts = [
    started === undefined ? undefined : `run ${started.runId}`,
    started === undefined ? undefined : new Date(started.atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    formatDuration(finished?.durationMs ?? endMs),
    `${started?.hosts.length ?? 0} hosts`,
    finished === undefined ? undefined : `exit code ${finished.exitCode}`,
    started?.checkMode === true ? 'check mode: nothing was changed' : undefined,
  ];
  return html`<h1>${started?.playbook ?? 'run'}<span class="badge ${colour}">${word}</span></h1>
<p class="soft">${facts.filter((fact) => fact !== undefined).join(' · ')}</p>
`;
}
