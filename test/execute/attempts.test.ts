import { describe, expect, it } from 'vitest';
import { HostError } from '../../src/model/host.ts';
import type { Keywords } from '../../src/model/playbook.ts';
import { Secret } from '../../src/model/value.ts';
import command from '../../src/modules/command.ts';
import debug from '../../src/modules/debug.ts';
import setFact from '../../src/modules/set_fact.ts';
import shell from '../../src/modules/shell.ts';
import { fakeConnections } from '../support/fake-connections.ts';
import { giving, line } from '../support/probe-module.ts';
import { at, createHarness, type HarnessOptions, layerOf } from '../support/step-harness.ts';

function harness(options: Partial<HarnessOptions> = {}) {
  const echo = giving('echo', (params, count) => ({ ...params, count }));
  return { ...createHarness({ modules: [echo, line, command, shell, debug, setFact], ...options }), echo };
}

describe('retries', () => {
  it('go on until the condition holds, with the delay between them', async () => {
    const runner = harness();
    const keywords: Keywords = { register: 'r', until: ['r.count == 3'], retries: 5, delay: '{{ 2 }}' };
    const outcome = await runner.run({ module: 'echo', keywords });
    expect(outcome).toMatchObject({ outcome: 'ok', result: { attempts: 3 } });
    expect(runner.slept).toEqual([2_000, 2_000]);
    expect(runner.progress).toMatchObject([
      { type: 'retry', attempt: 1, of: 5 },
      { type: 'retry', attempt: 2, of: 5 },
    ]);
  });

  it('are three after the first attempt, five seconds apart, where nothing else is said; then the step fails', async () => {
    const runner = harness();
    const outcome = await runner.run({ module: 'echo', params: { a: 1 }, keywords: { until: [false] } });
    expect(outcome).toMatchObject({
      outcome: 'failed',
      msg: 'gave up after 4 attempts',
      result: { failed: true, attempts: 4, a: 1 },
    });
    expect(runner.slept).toEqual([5_000, 5_000, 5_000]);
  });

  it('that are used up count in a play of Ansible as many attempts as retries', async () => {
    const runner = harness({ play: { dialect: 'ansible' } });
    for (const [retries, attempts] of [
      [2, 2],
      [0, 1],
    ]) {
      const outcome = await runner.run({ module: 'echo', keywords: { until: [false], retries } });
      expect(outcome).toMatchObject({ outcome: 'failed', result: { attempts } });
    }
  });

  it('without a condition go on until the step does not fail, further apart each time with a backoff', async () => {
    const runner = harness();
    const keywords: Keywords = {
      register: 'r',
      failedWhen: ['r.count < 4'],
      retries: 9,
      delay: '1s',
      backoff: 2,
    };
    expect(await runner.run({ module: 'echo', keywords })).toMatchObject({
      outcome: 'ok',
      result: { attempts: 4 },
    });
    expect(runner.slept).toEqual([1_000, 2_000, 4_000]);
  });

  it('tell of their attempts without secrets, and nothing of a step with no_log', async () => {
    const layers = [layerOf('playbook', { pw: new Secret('open-sesame', 'pw') })];
    const draft = { module: 'echo', params: { failed: true, msg: 'is {{ pw }}' } };
    for (const noLog of [false, true]) {
      const runner = harness({ layers });
      await runner.run({ ...draft, keywords: { retries: 1, noLog } });
      const msg = noLog ? 'hidden, as the step has no_log' : 'is ‹pw›';
      expect(runner.progress).toEqual([{ type: 'retry', attempt: 1, of: 1, msg }]);
    }
  });

  it('hold no fork while they wait', async () => {
    const held: number[] = [];
    const connections = fakeConnections(() => ({ rc: 1 }));
    const runner = harness({
      connections,
      runner: {
        sleep: async () => {
          held.push(runner.forks.held);
        },
      },
    });
    await runner.run({ module: 'command', params: { cmd: 'x' }, keywords: { retries: 2 } });
    expect(held).toEqual([0, 0]);
    expect(runner.forks.most).toBe(1);
    expect(connections.seen).toHaveLength(3);
  });

  it('need an until in a play of Ansible', async () => {
    const connections = fakeConnections(() => ({ rc: 1 }));
    const runner = harness({ connections, play: { dialect: 'ansible' } });
    const step = { module: 'command', params: { cmd: 'x' }, keywords: { retries: 2, delay: 0 } };
    const { outcome, result } = await runner.run(step);
    expect({ outcome, attempts: Object(result).attempts }).toEqual({
      outcome: 'failed',
      attempts: undefined,
    });
    expect(connections.seen).toHaveLength(1);
  });

  it('are not made when the host is lost, skipped or cancelled while waiting', async () => {
    const connections = fakeConnections(() => {
      throw new HostError('unreachable', 'RB503', 'no answer');
    });
    const lost = await harness({ connections }).run({
      module: 'command',
      params: { cmd: 'x' },
      keywords: { retries: 2 },
    });
    expect(lost.outcome).toBe('unreachable');
    expect(connections.seen).toHaveLength(1);
    const controller = new AbortController();
    const runner = harness({
      runner: {
        sleep: async (_durationMs, signal) => {
          controller.abort();
          signal.throwIfAborted();
        },
      },
    });
    const ended = await runner.run({ module: 'echo', keywords: { until: [false] } }, {}, controller.signal);
    expect(ended.outcome).toBe('cancelled');
  });

  it.each<[Keywords, string]>([
    [{ until: [true], retries: 'many' }, 'retries must be a whole number, but is "many"'],
    [{ until: [true], delay: 'soon' }, 'delay must be a duration'],
    [{ until: [true], backoff: 0.5 }, 'backoff must be a number of at least 1'],
    [{ ignoreErrors: true, timeout: '{{ [] }}' }, 'timeout must be a duration'],
    [{ checkMode: 'perhaps' }, 'check_mode must be true or false, but is "perhaps"'],
  ])('and other keywords refuse %j', async (keywords, message) => {
    const outcome = await harness().run({ module: 'echo', keywords });
    expect(outcome.outcome).toBe('failed');
    expect(outcome.msg).toContain(message);
  });
});

describe('a timeout', () => {
  it('is given to the host with its commands, and fails the step when the host ends one', async () => {
    const connections = fakeConnections(() => ({ rc: 143, ended: 'timeout' }));
    const outcome = await harness({ connections }).run({
      module: 'command',
      params: { cmd: 'x' },
      keywords: { timeout: 3 },
    });
    expect(outcome).toMatchObject({ outcome: 'failed', msg: 'ran into its timeout of 3.0 s (RB513)' });
    const request = connections.seen[0]?.request;
    expect(request?.type === 'exec' && request.timeoutMs).toBeLessThanOrEqual(3_000);
  });

  it('aborts what is no command through the signal', async () => {
    const connections = fakeConnections(
      (_seen, signal) =>
        new Promise((_resolve, reject) => {
          const abort = () => reject(new HostError('cancelled', 'RB511', 'aborted'));
          if (signal?.aborted === true) abort();
          else signal?.addEventListener('abort', abort);
        }),
    );
    const outcome = await harness({ connections }).run({
      module: 'line',
      params: { text: 'x' },
      keywords: { timeout: '10ms' },
    });
    expect(outcome).toMatchObject({ outcome: 'failed', msg: 'ran into its timeout of 10 ms (RB513)' });
  });

  it('is not what a cancelled run is told', async () => {
    const controller = new AbortController();
    const connections = fakeConnections(async (_seen, signal) => {
      controller.abort();
      signal?.throwIfAborted();
      return {};
    });
    const outcome = await harness({ connections }).run(
      { module: 'line', params: { text: 'x' }, keywords: { timeout: 60 } },
      {},
      controller.signal,
    );
    expect(outcome.outcome).toBe('cancelled');
  });
});

describe('check mode', () => {
  const check = { mode: { check: true, diff: true } };

  it('looks but changes nothing', async () => {
    const connections = fakeConnections(() => ({ stdout: 'old' }));
    const outcome = await harness({ connections, ...check }).run({ module: 'line', params: { text: 'new' } });
    expect(outcome).toMatchObject({ outcome: 'changed', diff: { before: 'old', after: 'new' } });
    expect(connections.seen).toHaveLength(1);
  });

  it('leaves commands out, unless the step says that they change nothing', async () => {
    const connections = fakeConnections(() => ({ stdout: 'out' }));
    const runner = harness({ connections, ...check });
    const left = await runner.run({ module: 'command', params: { cmd: 'x' } });
    expect(left).toMatchObject({ outcome: 'skipped', msg: 'left out in check mode' });
    expect(connections.seen).toHaveLength(0);
    const ran = await runner.run({ module: 'command', params: { cmd: 'x' }, keywords: { checkMode: false } });
    expect(ran.outcome).toBe('changed');
    expect(connections.seen).toHaveLength(1);
  });

  it('is taken by a step that asks for it in an ordinary run', async () => {
    const connections = fakeConnections(() => ({ stdout: 'old' }));
    await harness({ connections }).run({
      module: 'line',
      params: { text: 'new' },
      keywords: { checkMode: true },
    });
    expect(connections.seen).toHaveLength(1);
  });

  it('skips what reads the result of a step that was left out, through variables too, and never fails', async () => {
    const runner = harness(check);
    await runner.run({ name: 'Ask', module: 'command', params: { cmd: 'x' }, keywords: { register: 'r' } });
    const expected = { outcome: 'skipped', msg: 'depends on Ask' };
    expect(await runner.run({ module: 'echo', keywords: { when: ['r.rc == 0'] } })).toMatchObject(expected);
    expect(
      await runner.run({ module: 'echo', params: { a: '{{ via }}' }, vars: { via: '{{ r.stdout }}' } }),
    ).toMatchObject(expected);
    expect(
      await runner.run({
        module: 'echo',
        keywords: { loop: { form: 'loop', value: '{{ r.stdout_lines }}', at } },
      }),
    ).toMatchObject(expected);
    expect(await runner.run({ module: 'debug', params: { var: 'r.stdout' } })).toMatchObject(expected);
    expect(await runner.run({ module: 'echo', params: { a: 1 } })).toMatchObject({ outcome: 'ok' });
  });

  it('tells a play of Ansible that a step was left out, and why, and no more', async () => {
    const runner = harness({ ...check, play: { dialect: 'ansible' } });
    await runner.run({ name: 'Ask', module: 'command', params: { cmd: 'x' }, keywords: { register: 'r' } });
    const when = ['r is skipped and r is not changed and r is not failed', "'check mode' in r.msg"];
    expect((await runner.run({ module: 'echo', keywords: { when } })).outcome).toBe('ok');
    const expected = { outcome: 'skipped', msg: 'depends on Ask' };
    for (const more of ['r.rc == 0', "r.stdout | default('') == ''", "'rc' in r", 'r | length > 1'])
      expect(await runner.run({ module: 'echo', keywords: { when: [more] } })).toMatchObject(expected);
    expect(await runner.run({ module: 'debug', params: { var: 'r' } })).toMatchObject(expected);
    await runner.run({ module: 'echo', params: { rc: 0 }, keywords: { register: 'r' } });
    expect((await runner.run({ module: 'echo', keywords: { when: ['r.rc == 0'] } })).outcome).toBe('ok');
  });

  it('does not fail a step for what an earlier one would have changed at its path or above', async () => {
    const runner = harness({ ...check, connections: fakeConnections(() => ({ stdout: 'old' })) });
    const make = { name: 'Make', module: 'line', params: { text: 'new', path: '/srv/app/' } };
    const read = { module: 'line', params: { text: 'x', fail: 'no such file', path: '/srv/app/conf/a' } };
    expect(await runner.run(read)).toMatchObject({ outcome: 'failed', msg: 'no such file' });
    expect((await runner.run(make)).outcome).toBe('changed');
    expect(await runner.run(read)).toMatchObject({ outcome: 'skipped', msg: 'depends on Make' });
    expect(await runner.run(read, { host: 'web2' })).toMatchObject({ outcome: 'failed' });
    const beside = { ...read, params: { ...read.params, path: '/srv/application' } };
    expect(await runner.run(beside)).toMatchObject({ outcome: 'failed' });
  });

  it('passes what is not known on through set_fact and register, until it is known again', async () => {
    const runner = harness({ ...check, layers: [layerOf('playbook', { version: 'old' })] });
    await runner.run({ name: 'Ask', module: 'shell', params: { cmd: 'x' }, keywords: { register: 'r' } });
    await runner.run({
      module: 'set_fact',
      params: { version: '{{ r.stdout }}' },
      keywords: { register: 'second' },
    });
    for (const a of ['{{ version }}', '{{ second.changed }}'])
      expect(await runner.run({ module: 'echo', params: { a } })).toMatchObject({ msg: 'depends on Ask' });
    await runner.run({ module: 'set_fact', params: { version: 'new' } });
    expect(await runner.run({ module: 'echo', params: { a: '{{ version }}' } })).toMatchObject({
      result: { a: 'new' },
    });
  });
});

describe('the way to a host', () => {
  it('is worked out only when a request is sent', async () => {
    const hosts = [{ name: 'web1', settings: { port: 'wrong' } }];
    const runner = harness({ hosts });
    expect((await runner.run({ module: 'echo' })).outcome).toBe('ok');
    const outcome = await runner.run({ module: 'command', params: { cmd: 'x' } });
    expect(outcome).toMatchObject({ outcome: 'failed' });
    expect(outcome.msg).toContain('port of host web1 must be a port');
  });

  it('follows variables, keywords and templates of the step, also after they have changed', async () => {
    const connections = fakeConnections();
    const hosts = [
      { name: 'web1', layers: [layerOf('inventory-host', { ansible_port: '{{ base + 22 }}', base: 2200 })] },
    ];
    const runner = harness({ connections, hosts });
    const draft = {
      module: 'command',
      params: { cmd: 'x' },
      keywords: { remoteUser: '{{ who }}', become: true, becomeUser: 'app' },
    };
    await runner.run({ ...draft, vars: { who: 'anna' } });
    await runner.run({ module: 'set_fact', params: { ansible_user: 'set', ansible_port: 2 } });
    await runner.run({ ...draft, vars: { who: 'anna', ansible_become: false } });
    expect(connections.seen[0]).toMatchObject({
      target: { port: 2222, user: 'anna' },
      become: { user: 'app' },
    });
    expect(connections.seen[1]).toMatchObject({ target: { port: 2, user: 'set' }, become: undefined });
  });

  it('cannot be changed by the facts of a host', async () => {
    const connections = fakeConnections();
    const runner = harness({ connections });
    runner.runner.variables.addFacts('web1', { host: 'evil', port: 1, connection: 'local' });
    await runner.run({ module: 'command', params: { cmd: 'x' } });
    expect(connections.seen[0]?.target).toMatchObject({ address: 'web1', connection: 'ssh' });
  });

  it('leads to the delegate with its own settings, and keeps variables, register and facts of the host', async () => {
    const connections = fakeConnections(() => ({ stdout: 'x' }));
    const hosts = [
      { name: 'web1', layers: [layerOf('inventory-host', { ansible_user: 'web' })] },
      { name: 'db', settings: { address: '10.0.0.2' } },
    ];
    const runner = harness({ connections, hosts });
    const keywords = { delegateTo: '{{ target }}', register: 'r' };
    await runner.run({
      module: 'command',
      params: { cmd: '{{ inventory_hostname }}' },
      keywords,
      vars: { target: 'db' },
    });
    expect(connections.seen[0]).toMatchObject({
      target: { name: 'db', address: '10.0.0.2' },
      request: { command: { argv: ['web1'] } },
    });
    expect(connections.seen[0]?.target.user).toBeUndefined();
    expect(runner.runner.variables.state('web1').registered.values['r']).toMatchObject({ stdout: 'x' });
    await runner.run({
      module: 'set_fact',
      params: { a: 1 },
      keywords: { delegateTo: 'db', delegateFacts: true },
    });
    expect(runner.runner.variables.state('db').registered.values['a']).toBe(1);
    expect(runner.runner.variables.state('web1').registered.values['a']).toBeUndefined();
  });

  it('leads to the controller for localhost, and to the address itself for a host that is not in the inventory', async () => {
    const connections = fakeConnections();
    const runner = harness({ connections });
    for (const delegateTo of ['localhost', '192.0.2.7'])
      await runner.run({
        module: 'command',
        params: { cmd: 'x' },
        keywords: { delegateTo, connection: 'ssh' },
      });
    expect(connections.seen.map(({ target }) => [target.connection, target.address])).toEqual([
      ['local', 'localhost'],
      ['ssh', '192.0.2.7'],
    ]);
  });

  it('carries the environment of the step, its secrets as secrets', async () => {
    const connections = fakeConnections();
    const runner = harness({
      connections,
      layers: [layerOf('playbook', { token: new Secret('open sesame', 'token') })],
    });
    const environment = [{ A: '1', B: 2 }, '{{ {"B": "two"} }}', { T: '{{ token }}', E: null }];
    const outcome = await runner.run({ module: 'command', params: { cmd: 'x' }, keywords: { environment } });
    expect(outcome.outcome).toBe('changed');
    const request = connections.seen[0]?.request;
    const env = request?.type === 'exec' ? request.env : undefined;
    expect(env).toMatchObject({ A: '1', B: 'two', E: '' });
    expect(env?.['T']).toBeInstanceOf(Secret);
    const wrong = await runner.run({
      module: 'command',
      params: { cmd: 'x' },
      keywords: { environment: [{ 'A B': 1 }] },
    });
    expect(wrong.msg).toContain('"A B" cannot be the name of a variable');
  });

  it('is dropped by meta: reset_connection', async () => {
    const connections = fakeConnections();
    const meta = giving('meta', () => ({}));
    const resetting = { ...meta, run: async () => ({ changed: false, meta: 'reset_connection' as const }) };
    const runner = createHarness({ modules: [resetting as never], connections });
    expect(await runner.run({ module: 'meta' })).toMatchObject({ outcome: 'ok', meta: 'reset_connection' });
    expect(connections.resets).toEqual(['web1']);
  });
});
