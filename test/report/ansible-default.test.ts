import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/model/event.ts';
import { noCounts } from '../../src/model/outcome.ts';
import { ansibleReporter } from '../../src/report/ansible-default.ts';
import { plainStyle } from '../../src/report/reporter.ts';
import { finished, runFinished, runStarted, stepInfo } from '../support/run-events.ts';

function textOf(events: readonly RunEvent[], verbosity = 0): { readonly out: string; readonly err: string } {
  const out: string[] = [];
  const err: string[] = [];
  const reporter = ansibleReporter(
    { write: (text) => void out.push(text) },
    { verbosity, style: plainStyle, errors: { write: (text) => void err.push(text) } },
  );
  for (const event of events) reporter.event(event);
  return { out: out.join(''), err: err.join('') };
}

const play: RunEvent = { type: 'play-started', play: 0 };
const steps = [stepInfo(0, {}), stepInfo(1, { module: 'debug' })];
const started = runStarted(steps, ['web1']);

describe("the report in the form of ansible-playbook's default callback", () => {
  it('has a banner for a play and a task, and a line for each host', () => {
    const { out } = textOf([
      started,
      play,
      finished(0, 'web1'),
      finished(0, 'web2', { outcome: 'changed' }),
      finished(0, 'web3', { outcome: 'skipped' }),
    ]);
    expect(out).toBe(
      [
        '',
        `PLAY [Web] ${'*'.repeat(69)}`,
        '',
        `TASK [step 0] ${'*'.repeat(66)}`,
        'ok: [web1]',
        'changed: [web2]',
        'skipping: [web3]',
        '',
      ].join('\n'),
    );
  });

  it('names the host that a step is delegated to, unless it is skipped', () => {
    const item = (outcome: 'changed' | 'skipped', delegate: string): RunEvent => ({
      type: 'step-progress',
      node: 0,
      step: 0,
      host: 'web2',
      progress: { type: 'item', item: 'a', outcome, durationMs: 1, delegate },
    });
    const { out } = textOf([
      started,
      finished(0, 'web1', { outcome: 'changed', delegate: 'db1(10.0.0.7)' }),
      finished(0, 'web3', { outcome: 'skipped', delegate: 'db1' }),
      item('changed', 'db1'),
      item('skipped', 'db1'),
      finished(0, 'web2', { delegate: 'db1' }),
    ]);
    expect(out.split('\n').slice(2)).toEqual([
      'changed: [web1 -> db1(10.0.0.7)]',
      'skipping: [web3]',
      'changed: [web2 -> db1] => (item=a)',
      'skipping: [web2] => (item=a) ',
      '',
    ]);
  });

  it('says and counts nothing of what meta does, nor of the steps that it ended', () => {
    const { out } = textOf([
      runStarted([stepInfo(0, { module: 'meta', title: 'meta' }), stepInfo(1)], ['web1']),
      finished(0, 'web1'),
      finished(1, 'web1', { outcome: 'skipped', msg: 'ended by meta' }),
      runFinished({ web1: { ok: 1, skipped: 1 } }),
    ]);
    expect(out.split('\n')[1]).toContain('TASK [step 0]');
    expect(out).not.toContain('[web1]');
    expect(out).not.toContain('step 1');
    expect(out).toContain('web1                       : ok=0 ');
    expect(out).toContain('skipped=0 ');
  });

  it('says that no host matched only where a play has none when it is reached', () => {
    const unknown = { ...started, plays: [{ index: 0, name: 'Web', hosts: [] }] };
    expect(textOf([unknown, play]).out).toContain('skipping: no hosts matched');
    expect(textOf([unknown, { ...play, hosts: [] }]).out).toContain('skipping: no hosts matched');
    expect(textOf([unknown, { ...play, hosts: ['web9'] }]).out).not.toContain('no hosts matched');
  });

  it('shows a failure as JSON with sorted keys, and that it was ignored', () => {
    const result = { rc: 1, msg: 'näh', changed: true, failed: true, _ansible_no_log: false };
    const { out } = textOf([
      started,
      finished(0, 'web1', { outcome: 'failed', ignored: true, result, msg: 'näh' }),
      finished(0, 'web2', { outcome: 'unreachable', msg: 'no route' }),
    ]);
    expect(out.split('\n').slice(2)).toEqual([
      'fatal: [web1]: FAILED! => {"changed": true, "msg": "n\\u00e4h", "rc": 1}',
      '...ignoring',
      'fatal: [web2]: UNREACHABLE! => {"changed": false, "msg": "no route", "unreachable": true}',
      '',
    ]);
  });

  it('shows what debug shows, and of other modules only with -v', () => {
    const say = finished(1, 'web1', { result: { changed: false, failed: false, msg: [1, 'a'] } });
    const look = finished(0, 'web1', { result: { changed: false, rc: 0 } });
    expect(textOf([started, say, look]).out.split('\n').slice(2)).toEqual([
      'ok: [web1] => {',
      '    "msg": [',
      '        1,',
      '        "a"',
      '    ]',
      '}',
      '',
      `TASK [step 0] ${'*'.repeat(66)}`,
      'ok: [web1]',
      '',
    ]);
    expect(textOf([started, look], 1).out).toContain('ok: [web1] => {"changed": false, "rc": 0}\n');
    expect(textOf([started, look], 2).out).toContain('task path: site.yml:10\n');
  });

  it('shows the item of a loop with a variable that debug shows, and not with its message', () => {
    const item = { changed: false, failed: false, ansible_loop_var: 'item', item: 'x' };
    const { out } = textOf([
      started,
      finished(1, 'web1', { result: { ...item, colour: 'red' } }),
      finished(1, 'web2', { result: { ...item, msg: 'red' } }),
    ]);
    expect(out.split('\n').slice(2)).toEqual([
      'ok: [web1] => {',
      '    "ansible_loop_var": "item",',
      '    "colour": "red",',
      '    "item": "x"',
      '}',
      'ok: [web2] => {',
      '    "msg": "red"',
      '}',
      '',
    ]);
  });

  it('says once of a loop that its failure was ignored', () => {
    const item: RunEvent = {
      type: 'step-progress',
      node: 0,
      step: 0,
      host: 'web1',
      progress: { type: 'item', item: 'a', outcome: 'failed', msg: 'no', ignored: true, durationMs: 1 },
    };
    const { out } = textOf([started, item, finished(0, 'web1', { outcome: 'failed', ignored: true })]);
    expect(out.match(/ignoring/g)).toHaveLength(1);
  });

  it('shows the items of a loop, and not the loop once more', () => {
    const item = (label: string, outcome: 'ok' | 'failed'): RunEvent => ({
      type: 'step-progress',
      node: 0,
      step: 0,
      host: 'web1',
      progress: { type: 'item', item: label, outcome, msg: 'no', durationMs: 1 },
    });
    const end = finished(0, 'web1', { outcome: 'failed', msg: 'One or more items failed' });
    const { out } = textOf([started, item('a', 'ok'), item('b', 'failed'), end]);
    expect(out.split('\n').slice(2)).toEqual([
      'ok: [web1] => (item=a)',
      'failed: [web1] (item=b) => {"changed": false, "msg": "no"}',
      '',
    ]);
  });

  it('tells of another try', () => {
    const { out } = textOf([
      started,
      {
        type: 'step-progress',
        node: 0,
        step: 0,
        host: 'web1',
        progress: { type: 'retry', attempt: 1, of: 3, msg: 'not yet' },
      },
    ]);
    expect(out).toContain('FAILED - RETRYING: [web1]: step 0 (3 retries left).\n');
  });

  it('ends with the recap, where ignored failures count as ok', () => {
    const ended: RunEvent = {
      type: 'run-finished',
      runId: 'run-1',
      outcome: 'failed',
      exitCode: 2,
      hosts: {
        web2: { ...noCounts, ok: 1 },
        web1: { ...noCounts, ok: 2, changed: 1, ignored: 1, unknown: 1 },
      },
      durationMs: 5,
      interrupted: false,
      owedHandlers: {},
    };
    const ignored = finished(0, 'web1', { outcome: 'failed', ignored: true, result: { changed: true } });
    const { out } = textOf([started, ignored, ended]);
    expect(out.split('\n').slice(-5)).toEqual([
      `PLAY RECAP ${'*'.repeat(69)}`,
      'web1                       : ok=3    changed=2    unreachable=0    failed=1    skipped=0    rescued=0    ignored=1   ',
      'web2                       : ok=1    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   ',
      '',
      '',
    ]);
  });

  it('tells each file that a step included with its hosts, and counts each of them, but no role', () => {
    const files = (...names: readonly string[]) =>
      names.map((item) => ({ kind: 'tasks', name: `/srv/${item}.yml`, item }) as const);
    const { out } = textOf([
      runStarted(
        [
          stepInfo(0, { module: 'ansible.builtin.include_tasks' }),
          stepInfo(1, { module: 'include_role' }),
          stepInfo(2, { module: 'debug' }),
        ],
        ['web1', 'web2'],
      ),
      finished(0, 'web1', { included: files('a', 'b') }),
      finished(0, 'web2', { included: files('b', 'b') }),
      finished(1, 'web1', { included: [{ kind: 'role', name: 'nginx' }] }),
      finished(2, 'web1'),
      {
        type: 'run-finished',
        runId: 'run-1',
        outcome: 'ok',
        exitCode: 0,
        hosts: { web1: { ...noCounts, ok: 3 }, web2: { ...noCounts, ok: 1 } },
        durationMs: 5,
        interrupted: false,
        owedHandlers: {},
      },
    ]);
    expect(out).toContain(
      'included: /srv/a.yml for web1 => (item=a)\nincluded: /srv/b.yml for web1, web2 => (item=b)\n' +
        'included: /srv/b.yml for web2 => (item=b)\n',
    );
    expect(out).not.toContain('nginx');
    expect(out).toMatch(/^web1 +: ok=3 /m);
    expect(out).toMatch(/^web2 +: ok=2 /m);
  });

  it('keeps the results of a step together where hosts are ahead of others', () => {
    const begun = (node: number, step: number, host: string): RunEvent => ({
      type: 'step-started',
      node,
      step,
      host,
    });
    const { out } = textOf([
      runStarted([stepInfo(0, {}), stepInfo(1, {})], ['web1', 'web2']),
      begun(1, 0, 'web1'),
      begun(2, 0, 'web2'),
      finished(0, 'web1', { node: 1 }),
      begun(3, 1, 'web1'),
      finished(0, 'web2', { node: 2 }),
      finished(1, 'web1', { node: 3 }),
    ]);
    expect(out.split('\n').filter((text) => text !== '')).toEqual([
      `TASK [step 0] ${'*'.repeat(66)}`,
      'ok: [web1]',
      'ok: [web2]',
      `TASK [step 1] ${'*'.repeat(66)}`,
      'ok: [web1]',
    ]);
  });

  it('never sends control characters of a host, and warns on the other stream', () => {
    const { out, err } = textOf([
      started,
      finished(0, 'web1', { outcome: 'failed', result: { msg: '\u001b[2J', stdout: '\u009b1m' } }),
      { type: 'notice', severity: 'warning', message: 'mind \u001b[1m' },
    ]);
    expect(out).not.toMatch(/[\u001b\u009b]/);
    expect(err).toBe('[WARNING]: mind \\x1b[1m\n');
  });
});
