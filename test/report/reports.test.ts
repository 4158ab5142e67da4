import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import { execReporter } from '../../src/report/exec-report.ts';
import { githubAnnotations } from '../../src/report/github-annotations.ts';
import { jsonReporter } from '../../src/report/json-report.ts';
import { jsonlReporter } from '../../src/report/jsonl.ts';
import { junitReporter } from '../../src/report/junit.ts';
import { plainReporter } from '../../src/report/plain.ts';
import { plainStyle } from '../../src/report/reporter.ts';
import { finished, memorySink, runFinished, runStarted, stepInfo } from '../support/run-events.ts';

const options = { verbosity: 0, style: plainStyle, githubActions: false, nowMs: () => 0 };

function failing(): readonly RunEvent[] {
  return [
    runStarted([stepInfo(0), stepInfo(1, { title: 'Show', module: 'debug' })]),
    { type: 'play-started', play: 0 },
    finished(0, 'web1', {
      outcome: 'changed',
      diff: { before: 'a\n', after: 'b\n', beforeHeader: '/etc/x', afterHeader: '/etc/x' },
    }),
    finished(0, 'web2', {
      outcome: 'changed',
      diff: { before: 'a\n', after: 'b\n', beforeHeader: '/etc/x', afterHeader: '/etc/x' },
    }),
    finished(0, 'web3', {
      outcome: 'failed',
      rc: 2,
      msg: 'non-zero return code',
      hint: 'look at the log',
      result: { stdout: 'out', stderr: 'permission\u001b[2J denied', rc: 2 },
    }),
    { type: 'step-settled', step: 0 },
    finished(1, 'web1', { title: 'Show', msg: 'hello' }),
    finished(1, 'web2', { title: 'Show', msg: 'hello' }),
    finished(1, 'web3', { title: 'Show', outcome: 'cancelled' }),
    { type: 'step-settled', step: 1 },
    runFinished(
      { web1: { ok: 2, changed: 1 }, web2: { ok: 2, changed: 1 }, web3: { failed: 1, cancelled: 1 } },
      { outcome: 'failed', exitCode: 2, owedHandlers: { web3: ['restart app'] } },
    ),
  ];
}

function plainText(events: readonly RunEvent[], fields = {}): string {
  const sink = memorySink();
  const reporter = plainReporter(sink, { ...options, ...fields });
  for (const event of events) reporter.event(event);
  return sink.text();
}

describe('the plain report', () => {
  it('tells failures at once with their reason, merges alike hosts, and ends in a recap', () => {
    expect(plainText(failing())).toBe(`site.yml  run run-1

PLAY Web  web[1-3]
  FAILED      step 0  web3
              non-zero return code
              exit status 2
              out
              stderr:
              permission\\x1b[2J denied
              hint: look at the log
              at site.yml:10:7
  FAILED      step 0  1 failed (web3), 2 changed (web[1-2])
              web[1-2]:
                --- /etc/x
                +++ /etc/x
                @@ -1,1 +1,1 @@
                -a
                +b
  ok          Show  2 ok (web[1-2]), 1 cancelled (web3)
              web[1-2]:
                hello

RECAP
  web1  ok=2    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0
  web2  ok=2    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0
  web3  ok=0    changed=0    unreachable=0    failed=1    skipped=0    rescued=0    ignored=0    cancelled=1
  web3 still owes: restart app
failed after 1.2 s
`);
  });

  it('tells ignored and rescued failures, and steps that a rescue passed over, as what they are', () => {
    const text = plainText([
      runStarted([stepInfo(0), stepInfo(1), stepInfo(2, { title: 'Skipped by it' })]),
      finished(0, 'web1', { outcome: 'failed', ignored: true }),
      finished(0, 'web2', { outcome: 'ok' }),
      { type: 'step-settled', step: 0 },
      finished(1, 'web1', { title: 'step 1', outcome: 'failed', rescued: true }),
      finished(1, 'web2', { title: 'step 1', outcome: 'changed' }),
      { type: 'step-settled', step: 1 },
      finished(2, 'web1', { title: 'Skipped by it', outcome: 'cancelled', passedOver: true }),
      { type: 'step-settled', step: 2 },
    ]);

    expect(text).toContain('  ignored     step 0  1 ignored (web1), 1 ok (web2)\n');
    expect(text).toContain('  rescued     step 1  1 rescued (web1), 1 changed (web2)\n');
    expect(text).toContain('  passed over Skipped by it  web1\n');
  });

  it('says of a play that no host is in it', () => {
    expect(plainText([runStarted([], []), { type: 'play-started', play: 0 }])).toContain(
      'PLAY Web  no hosts matched\n',
    );
  });

  it('says that a run changed nothing', () => {
    expect(plainText([runStarted([]), runFinished({ web1: { ok: 3 } })])).toContain('ok: nothing changed');
  });

  it('merges the recaps of alike hosts in a large run', () => {
    const hosts = Array.from({ length: 100 }, (_, index) => `web${index + 1}`);
    const text = plainText([
      runStarted([], hosts),
      runFinished(Object.fromEntries(hosts.map((host) => [host, { ok: 3 }]))),
    ]);

    expect(text).toContain('web[1-100]');
    expect(text.split('\n').filter((line) => line.includes('ok=3'))).toHaveLength(1);
  });

  it('cuts long output in the middle unless -vv asks for all of it', () => {
    const stdout = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n');
    const events = [
      runStarted([stepInfo(0)]),
      finished(0, 'web1', { outcome: 'failed', result: { stdout } }),
    ];

    expect(plainText(events)).toContain('60 more lines');
    expect(plainText(events, { verbosity: 2 })).toContain('line 50');
  });
});

describe('the JSON lines report', () => {
  it('has one object a line with the keys that programs rely on', () => {
    const sink = memorySink();
    const reporter = jsonlReporter(sink);
    for (const event of failing()) reporter.event(event);
    const lines = sink
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

    expect(lines.filter((line) => line.type === 'step-finished')).toHaveLength(6);
    expect(lines.find((line) => line.outcome === 'failed')).toEqual({
      type: 'step-finished',
      play: 'Web',
      step: 'step 0',
      module: 'command',
      host: 'web3',
      outcome: 'failed',
      rc: 2,
      durationMs: 12,
      msg: 'non-zero return code',
    });
    expect(lines.at(-1)).toMatchObject({
      type: 'run-finished',
      runId: 'run-1',
      outcome: 'failed',
      exitCode: 2,
      hosts: {
        web1: {
          ok: 2,
          changed: 1,
          skipped: 0,
          failed: 0,
          unreachable: 0,
          unknown: 0,
          cancelled: 0,
          ignored: 0,
          rescued: 0,
        },
      },
    });
  });
});

describe('the JUnit report', () => {
  it('counts failures and skipped cases, and holds nothing that XML cannot', async () => {
    let xml = '';
    const reporter = junitReporter(async (text) => {
      xml = text;
    });
    for (const event of failing()) reporter.event(event);
    await reporter.close?.();

    expect(xml).toContain('<testsuite name="Web" tests="6" failures="1" errors="0" skipped="1"');
    expect(xml).toContain('file="site.yml" line="10"');
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  });

  it('takes an ignored failure as passed', async () => {
    let xml = '';
    const reporter = junitReporter(async (text) => {
      xml = text;
    });
    reporter.event(runStarted([stepInfo(0)]));
    reporter.event(finished(0, 'web1', { outcome: 'failed', ignored: true, msg: '<&">' }));
    await reporter.close?.();

    expect(xml).toContain('tests="1" failures="0"');
  });
});

describe('the JSON report', () => {
  it('holds each result below its step', async () => {
    let text = '';
    const reporter = jsonReporter(async (given) => {
      text = given;
    });
    for (const event of failing()) reporter.event(event);
    await reporter.close?.();
    const report = JSON.parse(text);

    expect(report.exitCode).toBe(2);
    expect(report.plays[0].steps[0].results).toHaveLength(3);
    expect(report.plays[0].steps[0].results[0].diff).toContain('+b');
  });
});

describe('annotations', () => {
  it('point at the line of a failed step and cannot be forged by a host', () => {
    const sink = memorySink();
    const reporter = githubAnnotations(sink);
    reporter.event(runStarted([stepInfo(0)]));
    reporter.event(finished(0, 'web1', { outcome: 'failed', msg: 'a\n::error::forged' }));
    reporter.event(finished(0, 'web2', { outcome: 'failed', ignored: true, msg: 'x' }));

    expect(sink.text()).toBe(
      '::error file=site.yml,line=10,col=7,title=step 0%3A failed on web1::a%0A::error::forged\n',
    );
  });
});

describe('the report of an ad hoc command', () => {
  it('shows the output of alike hosts once, and trouble at once', () => {
    const sink = memorySink();
    const reporter = execReporter(sink, options);
    reporter.event(runStarted([stepInfo(0, { module: 'shell' })]));
    reporter.event(
      finished(0, 'web3', { outcome: 'unreachable', msg: 'connection refused', hint: 'is sshd running?' }),
    );
    reporter.event(finished(0, 'web1', { outcome: 'changed', rc: 0, result: { stdout: 'same' } }));
    reporter.event(finished(0, 'web2', { outcome: 'changed', rc: 0, result: { stdout: 'same' } }));
    reporter.event(runFinished({}));

    expect(sink.text()).toBe(`web3  UNREACHABLE
  connection refused
  hint: is sshd running?
2 hosts: web[1-2]  ok
  same
1 unreachable, 2 ok
`);
  });

  function execText(module: string, events: readonly RunEvent[]): string {
    const sink = memorySink();
    const reporter = execReporter(sink, options);
    reporter.event(runStarted([stepInfo(0, { module })]));
    for (const event of events) reporter.event(event);
    reporter.event(runFinished({}));
    return sink.text();
  }

  it('tells the same trouble in full once, and names the other hosts at the end', () => {
    const trouble = { outcome: 'failed', rc: 3, msg: 'non-zero return code' } as const;
    const hosts = ['web2', 'web3', 'web1'];
    expect(
      execText(
        'shell',
        hosts.map((host) => finished(0, host, trouble)),
      ),
    ).toBe(`web2  FAILED
  non-zero return code
  exit status 3
2 hosts: web1, web3  FAILED
  the same as web2
3 failed
`);
  });

  it('says changed of a module that changed something, and ok of a command', () => {
    const changed = finished(0, 'web1', { outcome: 'changed' });
    expect(execText('copy', [changed])).toBe('web1  changed\n');
    expect(execText('shell', [changed])).toBe('web1  ok\n');
  });

  it('says that no hosts matched', () => {
    const sink = memorySink();
    const reporter = execReporter(sink, options);
    const started = runStarted([stepInfo(0, { module: 'shell' })]);
    reporter.event(started.type === 'run-started' ? { ...started, hosts: [] } : started);
    reporter.event(runFinished({}));
    expect(sink.text()).toBe('no hosts matched\n');
  });
});
