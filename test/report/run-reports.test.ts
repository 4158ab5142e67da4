import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import { htmlReporter, reportPage } from '../../src/report/html-report.ts';
import { hostLanes } from '../../src/report/lanes.ts';
import { createTimeline, type Timeline } from '../../src/report/timeline.ts';
import { traceOf, traceReporter } from '../../src/report/trace-report.ts';
import { finished, runFinished, runStarted, stepInfo } from '../support/run-events.ts';

const hosts = ['web1', 'web2'];
const started = runStarted(
  [stepInfo(0, { title: 'Pull' }), stepInfo(1, { title: 'Check', id: 'check' })],
  hosts,
);
const waitsOn = (node: number, host: string): RunEvent => ({
  type: 'step-waiting',
  node,
  step: 0,
  host,
  who: `step "Pull" on ${host}`,
  for: 'lock "registry"',
  kind: 'limit',
  holders: ['step "Pull" on web1'],
});
const waited = (node: number, host: string, waitedMs: number, by: number): RunEvent => ({
  type: 'wait-ended',
  node,
  step: 0,
  host,
  for: 'lock "registry"',
  kind: 'limit',
  waitedMs,
  by,
});
const begins = (node: number, step: number, host: string): RunEvent => ({
  type: 'step-started',
  node,
  step,
  host,
});

/** web1 pulls for 100 ms, then web2, which waited for it, for 200 ms; then web1 fails its check. */
const events: readonly (readonly [atMs: number, event: RunEvent])[] = [
  [1_000, started],
  [1_000, begins(0, 0, 'web1')],
  [1_000, waitsOn(1, 'web2')],
  [1_100, finished(0, 'web1', { node: 0, title: 'Pull', outcome: 'changed', durationMs: 100 })],
  [1_100, waited(1, 'web2', 100, 0)],
  [1_100, begins(1, 0, 'web2')],
  [1_150, begins(2, 1, 'web1')],
  [
    1_250,
    finished(1, 'web1', {
      node: 2,
      title: 'Check </title><script>alert(1)</script>',
      outcome: 'failed',
      rc: 3,
      durationMs: 100,
      msg: 'bad "quotes" & <b>markup</b>',
      result: { stdout: '<img src=x onerror=alert(1)>\u001b]0;title\u0007', stderr: '</pre>\u202eoops' },
    }),
  ],
  [
    1_300,
    finished(0, 'web2', { node: 1, title: 'Pull', outcome: 'changed', durationMs: 200, waitedMs: 100 }),
  ],
];
const end: readonly [number, RunEvent] = [
  1_310,
  runFinished(
    { web1: { ok: 1, failed: 1 }, web2: { ok: 1 } },
    { outcome: 'failed', exitCode: 2, durationMs: 310, owedHandlers: { web1: ['restart <app>'] } },
  ),
];

function fold(all: readonly (readonly [number, RunEvent])[]): Timeline {
  const folding = createTimeline();
  for (const [atMs, event] of all) folding.add(event, atMs);
  return folding.timeline();
}

describe('the timeline of a run', () => {
  it('has a slice from when a step could have begun to its end, with its waits inside', () => {
    const { slices } = fold([...events, end]);
    const times = slices.map(({ title, host, startMs, endMs, state }) => [
      title.slice(0, 5),
      host,
      startMs,
      endMs,
      state,
    ]);
    expect(times).toEqual([
      ['Pull', 'web1', 0, 100, 'changed'],
      ['Check', 'web1', 150, 250, 'failed'],
      ['Pull', 'web2', 0, 300, 'changed'],
    ]);
    expect(slices[2]?.waits).toEqual([
      { what: 'lock "registry"', kind: 'limit', startMs: 0, endMs: 100, by: 0 },
    ]);
  });

  it('shows what was under way, at work or waiting, when a run was broken off', () => {
    const { slices, finished: last } = fold(events.slice(0, 4));
    expect(last).toBeUndefined();
    expect(slices.map(({ host, state, startMs, endMs }) => [host, state, startMs, endMs])).toEqual([
      ['web1', 'changed', 0, 100],
      ['web2', 'open', 0, 100],
    ]);
  });

  it('tells the wait for a fork, and the wait of a block as a whole', () => {
    const { slices } = fold([
      [0, started],
      [
        0,
        {
          type: 'step-waiting',
          node: 7,
          host: 'web1',
          who: 'block "b" on web1',
          for: 'lock "l"',
          kind: 'limit',
          holders: [],
        },
      ],
      [40, { type: 'wait-ended', node: 7, host: 'web1', for: 'lock "l"', kind: 'limit', waitedMs: 40 }],
      [500, finished(0, 'web1', { node: 8, durationMs: 100, waitedMs: 300 })],
    ]);
    expect(slices[0]).toMatchObject({ title: 'block "b" on web1', state: 'waited', startMs: 0, endMs: 40 });
    expect(slices[1]?.waits).toEqual([{ what: 'a free fork', kind: 'fork', startMs: 100, endMs: 400 }]);
  });

  it('puts what ran beside something else on the same host into a row of its own', () => {
    const { slices } = fold([
      [0, started],
      [100, finished(0, 'web1', { node: 1, durationMs: 100 })],
      [150, finished(0, 'web1', { node: 2, durationMs: 100 })],
      [200, finished(0, 'web1', { node: 3, durationMs: 100 })],
    ]);
    const rows = hostLanes(slices, hosts).map(({ host, lanes }) => [
      host,
      lanes.map((lane) => lane.map(({ node }) => node)),
    ]);
    expect(rows).toEqual([
      ['web1', [[1, 3], [2]]],
      ['web2', [[]]],
    ]);
  });
});

describe('the trace report', () => {
  interface TraceEvent {
    readonly ph: string;
    readonly name: string;
    readonly pid: number;
    readonly tid: number;
    readonly ts: number;
    readonly dur: number;
    readonly cat?: string;
    readonly id?: number;
    readonly args: Readonly<Record<string, unknown>>;
  }
  const eventsOf = (timeline: Timeline) => {
    // The document is read as a viewer reads it.
    const text = JSON.stringify(traceOf(timeline));
    return (JSON.parse(text) as { traceEvents: readonly TraceEvent[] }).traceEvents;
  };

  it('has a process for each host, a slice for each step, and its waits inside it, in microseconds', () => {
    const all = eventsOf(fold([...events, end]));
    const names = all.filter(({ name }) => name === 'process_name');
    expect(names.map(({ pid, args }) => [pid, args['name']])).toEqual([
      [1, 'web1'],
      [2, 'web2'],
    ]);
    const steps = all.filter(({ ph }) => ph === 'X');
    expect(steps.map(({ name, pid, ts, dur }) => [name.slice(0, 9), pid, ts, dur])).toEqual([
      ['Pull', 1, 0, 100_000],
      ['Check </t', 1, 150_000, 100_000],
      ['Pull', 2, 0, 300_000],
      ['waits for', 2, 0, 100_000],
    ]);
    expect(steps[1]?.args).toMatchObject({ outcome: 'failed', id: 'check', rc: 3, at: 'site.yml:11:7' });
  });

  it('draws an arrow from the holder of a lock to who waited for it', () => {
    const arrows = eventsOf(fold([...events, end])).filter(({ cat }) => cat === 'hand-over');
    expect(arrows.map(({ ph, pid, ts, id, name }) => [ph, pid, ts, id, name])).toEqual([
      ['s', 1, 99_999, 1, 'lock "registry"'],
      ['f', 2, 100_000, 1, 'lock "registry"'],
    ]);
  });

  it('never has two slices of a row that overlap without one lying in the other', () => {
    const jitter: (readonly [number, RunEvent])[] = [[0, started]];
    for (let index = 1; index <= 60; index++) {
      jitter.push([index * 7, waited(index, 'web1', (index * 13) % 50, index - 1)]);
      jitter.push([
        index * 7 + 3,
        finished(0, 'web1', { node: index, durationMs: (index * 5) % 31, waitedMs: (index * 11) % 70 }),
      ]);
    }
    const slices = eventsOf(fold(jitter)).filter(({ ph }) => ph === 'X');
    expect(slices.length).toBeGreaterThan(60);
    for (const a of slices)
      for (const b of slices) {
        if (a === b || a.tid !== b.tid || a.pid !== b.pid || b.ts < a.ts) continue;
        if (a.ts === b.ts && a.dur < b.dur) continue;
        expect(b.ts >= a.ts + a.dur || b.ts + b.dur <= a.ts + a.dur).toBe(true);
      }
  });

  it('is written for a run that was broken off before its first step too', async () => {
    let text = '';
    const reporter = traceReporter(async (written) => {
      text = written;
    });
    await reporter.close?.();
    expect(JSON.parse(text)).toMatchObject({ otherData: { outcome: 'broken off' }, traceEvents: [] });
  });
});

describe('the HTML report', () => {
  const page = reportPage(fold([...events, end]), undefined);

  it('tells the verdict, each failure with its output and place, and what hosts still owe', () => {
    expect(page).toContain('<h1>site.yml<span class="badge failed">failed</span></h1>');
    expect(page).toContain('Failures (1)');
    expect(page).toContain('bad &quot;quotes&quot; &amp; &lt;b&gt;markup&lt;/b&gt;');
    expect(page).toContain('exit status 3');
    expect(page).toContain('site.yml:11:7');
    expect(page).toContain('owes restart &lt;app&gt;');
  });

  it('draws a bar for each step at its time, and its waits within', () => {
    expect(page).toMatch(
      /<div class="bar changed" style="left:0\.000%;width:96\.774%;top:2px" title="Pull on web2/,
    );
    expect(page).toContain('<i class="wait" style="left:0.000%;width:33.333%"></i>');
    expect(page).toContain('waited 100 ms for lock &quot;registry&quot;');
  });

  it('gives what hosts printed no way to be markup, script, or a control character', () => {
    const tags = new Set([...page.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name?.toLowerCase()));
    for (const tag of ['script', 'img', 'b', 'iframe', 'link']) expect(tags).not.toContain(tag);
    expect(page.match(/<\/title>/g)).toHaveLength(1);
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;\\x1b]0;title\\x07');
    expect(page).toContain('&lt;/pre&gt;\\u202eoops');
    expect([...page].filter((char) => char !== '\n' && (char < ' ' || char === '\u202e'))).toEqual([]);
  });

  it('asks for nothing from elsewhere and forbids scripts', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/\b(?:src|href)="|url\(|@import|https?:/);
  });

  it('is written for an interrupted run, and for one that was broken off', async () => {
    const interrupted = reportPage(
      fold([...events, [1_310, runFinished({ web1: {} }, { interrupted: true, outcome: 'cancelled' })]]),
      undefined,
    );
    expect(interrupted).toContain('<span class="badge cancelled">interrupted</span>');
    const broken = reportPage(fold(events.slice(0, 4)), undefined);
    expect(broken).toContain('<span class="badge broken">broken off</span>');
    expect(broken).toContain('1 under way');
    let text = '';
    const reporter = htmlReporter(async (written) => {
      text = written;
    });
    await reporter.close?.();
    expect(text).toContain('broken off');
  });

  it('draws the longest of very many steps, failed ones always, and says how many it left out', () => {
    const many: (readonly [number, RunEvent])[] = [[0, started]];
    for (let node = 0; node < 9_000; node++)
      many.push([
        node,
        finished(0, 'web1', { node, durationMs: 1 + (node % 5), outcome: node === 5 ? 'failed' : 'ok' }),
      ]);
    const text = reportPage(fold(many), undefined);
    expect(text.match(/<div class="bar /g)).toHaveLength(8_000);
    expect(text).toContain('1000 shorter steps are not drawn');
    expect(text).toContain('<div class="bar failed');
  });
});
