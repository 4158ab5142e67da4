import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cutToWidth, LiveFrame } from '../../src/report/live-frame.ts';
import { plainStyle } from '../../src/report/reporter.ts';
import { createTranscript } from '../../src/report/transcript.ts';
import { ttyReporter } from '../../src/report/tty.ts';
import { finished, memorySink, runFinished, runStarted, stepInfo } from '../support/run-events.ts';

describe('the live frame', () => {
  it('never draws more lines than the terminal has', () => {
    const sink = memorySink({ columns: 40, rows: 10 });
    new LiveFrame(sink).draw(
      '',
      Array.from({ length: 50 }, (_, index) => `row ${index}`),
    );

    expect(sink.text().split('\n').length - 1).toBeLessThanOrEqual(8);
  });

  it('cuts lines to the width, counting wide characters as two and colours as none', () => {
    expect(cutToWidth('abcdef', 3)).toBe('abc\u001b[0m');
    expect(cutToWidth('\u001b[31mab\u001b[39m', 2)).toBe('\u001b[31mab\u001b[39m');
    expect(cutToWidth('日本語', 4)).toBe('日本\u001b[0m');
  });

  it('gives the cursor back at its end', () => {
    const sink = memorySink({ columns: 40, rows: 10 });
    const frame = new LiveFrame(sink);
    frame.draw('', ['row']);
    frame.close('done\n');

    expect(sink.text()).toContain('\u001b[?25l');
    expect(sink.text().endsWith('\u001b[?25h')).toBe(true);
    expect(sink.text()).toContain('done\n');
  });
});

describe('the live report', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('shows one row for each step under way, with counters, and scrolls settled steps away', async () => {
    const sink = memorySink({ columns: 100, rows: 24 });
    const reporter = ttyReporter(sink, {
      verbosity: 0,
      style: plainStyle,
      githubActions: false,
      nowMs: () => Date.now(),
    });
    reporter.event(runStarted([stepInfo(0), stepInfo(1)]));
    await vi.advanceTimersByTimeAsync(150);
    for (const host of ['web1', 'web2', 'web3'])
      reporter.event({ type: 'step-started', node: 0, step: 0, host });
    reporter.event(finished(0, 'web1', { outcome: 'changed' }));
    await vi.advanceTimersByTimeAsync(2_000);

    expect(sink.text()).toMatch(/step 0 {2}1\/3 · 1 changed · on web\[2-3\]/);
    expect(sink.text()).not.toContain('step 1');

    reporter.event(finished(0, 'web2'));
    reporter.event(finished(0, 'web3'));
    reporter.event({ type: 'step-settled', step: 0 });
    reporter.event(runFinished({ web1: { ok: 1, changed: 1 } }, { outcome: 'changed' }));
    const closed = reporter.close?.();
    await vi.advanceTimersByTimeAsync(200);
    await closed;

    expect(sink.text()).toContain('changed     step 0  1 changed (web1), 2 ok (web[2-3])');
    expect(sink.text()).toContain('RECAP');
    expect(sink.text()).toContain('\u001b[?25h');
  });

  it('leaves out of the recap what counts nothing where a line would not fit', () => {
    const recapOf = (columns: number) => {
      const nowMs = () => 0;
      const options = {
        verbosity: 0,
        style: plainStyle,
        githubActions: false,
        nowMs,
        columns: () => columns,
      };
      const transcript = createTranscript(options);
      transcript.add(runStarted([stepInfo(0)]));
      return transcript.add(runFinished({ web1: { ok: 3, changed: 1 }, db: { ok: 0, failed: 2 } }));
    };
    expect(recapOf(40)).toContain('\n  web1  ok=3 changed=1\n  db    ok=0 failed=2\n');
    expect(recapOf(120)).toMatch(/\n {2}web1 {2}ok=3 +changed=1 +unreachable=0 /);
  });

  it('writes ten frames a second at most, however many events there are', async () => {
    const sink = memorySink({ columns: 100, rows: 24 });
    const hosts = Array.from({ length: 100 }, (_, index) => `h${index}`);
    const reporter = ttyReporter(sink, {
      verbosity: 0,
      style: plainStyle,
      githubActions: false,
      nowMs: () => Date.now(),
    });
    reporter.event(
      runStarted(
        Array.from({ length: 50 }, (_, index) => stepInfo(index, { instances: 100 })),
        hosts,
      ),
    );
    await vi.advanceTimersByTimeAsync(10);
    for (let step = 0; step < 50; step++)
      for (const host of hosts) reporter.event({ type: 'step-started', node: 0, step, host });
    const before = sink.chunks.length;
    await vi.advanceTimersByTimeAsync(1_000);

    expect(sink.chunks.length - before).toBeLessThanOrEqual(10);
    expect(sink.text()).toContain('more steps under way');

    const closed = reporter.close?.();
    await vi.advanceTimersByTimeAsync(200);
    await closed;
  });
});
