import { describe, expect, it } from 'vitest';
import { HostError } from '../../src/model/host.ts';
import type { Keywords } from '../../src/model/playbook.ts';
import { Secret, type Value } from '../../src/model/value.ts';
import command from '../../src/modules/command.ts';
import debug from '../../src/modules/debug.ts';
import setFact from '../../src/modules/set_fact.ts';
import { fakeConnections } from '../support/fake-connections.ts';
import { giving, line } from '../support/probe-module.ts';
import { createHarness, layerOf } from '../support/step-harness.ts';

const echo = () => giving('echo', (params) => params);

function harness(options: Partial<Parameters<typeof createHarness>[0]> = {}) {
  return createHarness({ modules: [line, command, debug, setFact, echo()], ...options });
}

describe('a step', () => {
  it('without a module is ok', async () => {
    expect(await harness().run({})).toMatchObject({ outcome: 'ok', result: { changed: false } });
  });

  it('whose module does not exist fails when reached, and names a near one', async () => {
    const runner = harness();
    const outcome = await runner.run({ module: 'comand' });
    expect(outcome.outcome).toBe('failed');
    expect(outcome.msg).toContain('no module named "comand" — did you mean "command"?');
    expect(outcome.isMistake).toBe(false);
    expect((await harness({ play: { dialect: 'ansible' } }).run({ module: 'comand' })).isMistake).toBe(true);
    expect(await runner.run({ module: 'comand', keywords: { when: [false] } })).toMatchObject({
      outcome: 'skipped',
    });
  });

  it('of a probing module sends one request when nothing changes and says why', async () => {
    const connections = fakeConnections(() => ({ stdout: 'same' }));
    const outcome = await harness({ connections }).run({ module: 'line', params: { text: 'same' } });
    expect(outcome).toMatchObject({ outcome: 'ok', msg: 'the line is right' });
    expect(connections.seen).toHaveLength(1);
  });

  it('of a probing module changes the host, and shows the diff where it was asked for', async () => {
    const connections = fakeConnections(() => ({ stdout: 'old' }));
    const draft = { module: 'line', params: { text: 'new' } };
    const outcome = await harness({ connections, mode: { diff: true } }).run(draft);
    expect(outcome).toMatchObject({
      outcome: 'changed',
      diff: { before: 'old', after: 'new' },
      result: { changed: true, written: true, text: 'new', diff: { before: 'old', after: 'new' } },
    });
    expect(connections.seen.map(({ request }) => request.type === 'call' && request.code)).toEqual([
      'read-line',
      'write-line new',
    ]);
    expect((await harness({ connections }).run(draft)).diff).toBeUndefined();
  });

  it('fails with the words of its plan, of its probe, and of its schema', async () => {
    const connections = fakeConnections(() => ({ rc: 3 }));
    expect((await harness().run({ module: 'line', params: { text: 'x', fail: 'no way' } })).msg).toBe(
      'no way',
    );
    expect((await harness({ connections }).run({ module: 'line', params: { text: 'x' } })).msg).toBe(
      'the line cannot be read (rc 3)',
    );
    const wrong = await harness().run({ module: 'line', params: { txt: 'x', count: '{{ "y" }}' } });
    expect(wrong.outcome).toBe('failed');
    expect(wrong.msg).toContain('unknown parameter "txt" — did you mean "text"?');
    expect(wrong.msg).toMatch(/parameter "count": .*; found "y"/);
    expect(wrong.msg).toContain('parameter "text" is required');
  });

  it('renders parameters with their types, drops omitted ones, and reads aliases in a mapping of arguments', async () => {
    const runner = harness({ connections: fakeConnections(() => ({ stdout: '' })) });
    const outcome = await runner.run({
      module: 'line',
      params: { count: '{{ n }}', fail: '{{ nothing | default(omit) }}' },
      paramsTemplate: '{{ given }}',
      vars: { n: 3, given: { value: 'from mapping' } },
    });
    expect(outcome.result).toMatchObject({ changed: true, text: 'from mapping' });
  });

  it('takes defaults of its module below its own parameters', async () => {
    const moduleDefaults = { 'ansible.builtin.line': { text: 'a', count: 2 }, line: { value: 'b' } };
    const runner = harness();
    const outcome = await runner.run({ module: 'line', params: {}, keywords: { moduleDefaults } });
    expect(outcome.result).toMatchObject({ text: 'b' });
  });

  it('checks parameters without templates once for all hosts', async () => {
    const runner = harness();
    for (const host of ['web1', 'web2'])
      expect(await runner.run({ module: 'line', params: { text: 'x' } }, { host })).toMatchObject({
        outcome: 'changed',
      });
  });

  it('shows its name with templates rendered', async () => {
    const outcome = await harness().run({ name: 'On {{ inventory_hostname }}', module: 'echo' });
    expect(outcome.title).toBe('On web1');
    expect((await harness().run({ name: 'On {{ nope }}', module: 'echo' })).title).toBeUndefined();
  });

  it('never rejects: a template that fails is a failure that says where', async () => {
    const outcome = await harness().run({ module: 'echo', params: { a: '{{ nope.x }}' } });
    expect(outcome.outcome).toBe('failed');
    expect(outcome.msg).toContain('nope');
  });
});

describe('results', () => {
  it('are registered with the lines of their output', async () => {
    const connections = fakeConnections(() => ({ stdout: 'a\nb\n', stderr: 'c' }));
    const runner = harness({ connections });
    await runner.run({ module: 'command', params: { cmd: 'x' }, keywords: { register: 'out' } });
    const shown = await runner.run({
      module: 'echo',
      params: { got: '{{ out.stdout_lines }}', rc: '{{ out.rc }}' },
    });
    expect(shown.result).toMatchObject({ got: ['a', 'b'], rc: 0 });
    const value = runner.runner.variables.state('web1').registered.values['out'];
    expect(value).toMatchObject({ changed: true, failed: false, rc: 0, stdout: 'a\nb', stderr_lines: ['c'] });
  });

  it('are registered when skipped, failed or unreachable too', async () => {
    const connections = fakeConnections(() => {
      throw new HostError('unreachable', 'RB501', 'refused', { hint: 'start sshd' });
    });
    const runner = harness({ connections });
    const keywords = { register: 'r' };
    await runner.run({ module: 'echo', keywords: { ...keywords, when: ['1 == 2'] } });
    expect(registered(runner)).toMatchObject({ skipped: true, changed: false, false_condition: '1 == 2' });
    await runner.run({ module: 'echo', params: { failed: true, msg: 'm' }, keywords });
    expect(registered(runner)).toMatchObject({ failed: true, msg: 'm' });
    const lost = await runner.run({ module: 'command', params: { cmd: 'x' }, keywords });
    expect(lost).toMatchObject({ outcome: 'unreachable', msg: 'refused (RB501)', hint: 'start sshd' });
    expect(registered(runner)).toMatchObject({ unreachable: true, msg: 'refused (RB501)' });
  });

  it('of run_once are registered for all hosts, and so are its facts', async () => {
    const runner = harness();
    const registerFor = ['web1', 'web2'];
    await runner.run(
      { module: 'set_fact', params: { colour: 'red' }, keywords: { register: 'r' } },
      { registerFor },
    );
    const outcome = await runner.run(
      { module: 'echo', params: { c: '{{ colour }}', r: '{{ r.changed }}' } },
      { host: 'web2' },
    );
    expect(outcome.result).toMatchObject({ c: 'red', r: false });
  });

  it('with template text from a host are data: they are never evaluated', async () => {
    const hostile = '{{ 7 * 7 }} {% raw %} {{ lookup("pipe", "id") }}';
    const connections = fakeConnections(() => ({ stdout: hostile }));
    const runner = harness({ connections });
    await runner.run({ module: 'command', params: { cmd: 'x' }, keywords: { register: 'r' } });
    await runner.run({
      module: 'set_fact',
      params: { kept: '{{ r.stdout }}', deep: { a: ['{{ r.stdout }}'] } },
    });
    const outcome = await runner.run({
      module: 'echo',
      params: {
        a: '{{ r.stdout }}',
        b: '{{ kept }}',
        c: '{{ deep.a[0] }}',
        d: '{{ via }}',
        e: '{{ hostvars.web1.kept }}',
      },
      vars: { via: '{{ kept }}' },
    });
    const shown: Record<string, Value> = { a: hostile, b: hostile, c: hostile, d: hostile, e: hostile };
    expect(outcome.result).toMatchObject(shown);
    const looped = await runner.run({
      module: 'echo',
      params: { item: '{{ item }}' },
      keywords: { loop: loopOver('{{ [kept, r.stdout] }}'), when: ['item == kept'], register: 'l' },
    });
    expect(looped.result).toMatchObject({ results: [{ item: hostile }, { item: hostile }] });
  });
});

function loopOver(value: Value): NonNullable<Keywords['loop']> {
  return { form: 'loop', value, at: { file: 'play.yml', line: 1, column: 1, length: 1 } };
}

function registered(runner: ReturnType<typeof harness>): Value | undefined {
  return runner.runner.variables.state('web1').registered.values['r'];
}

describe('changed_when and failed_when', () => {
  const cases: [string, Record<string, Value>, Keywords, Record<string, Value>][] = [
    ['changed_when: false', { changed: true }, { changedWhen: [false] }, { outcome: 'ok', changed: false }],
    [
      'changed_when on the result',
      { changed: false, n: 2 },
      { changedWhen: ['r.n > 1'], register: 'r' },
      { outcome: 'changed', changed: true },
    ],
    [
      'several, of which one does not hold',
      { changed: true },
      { changedWhen: [true, 'false'] },
      { outcome: 'ok' },
    ],
    [
      'failed_when: false on a failure',
      { failed: true, rc: 3 },
      { failedWhen: [false] },
      { outcome: 'ok', failed: false, failed_when_result: false },
    ],
    [
      'failed_when on the rc',
      { rc: 1 },
      { failedWhen: ['r.rc not in [0, 1]'], register: 'r' },
      { outcome: 'ok', rc: 1 },
    ],
    [
      'failed_when that holds',
      { changed: true },
      { failedWhen: ["'x' in r.out | default('x')"], register: 'r' },
      { outcome: 'failed', failed: true },
    ],
    [
      'failed_when that sees changed_when',
      { changed: true },
      { changedWhen: [false], failedWhen: ['r is changed'], register: 'r' },
      { outcome: 'ok' },
    ],
    [
      'without register the result is not in scope',
      { rc: 0 },
      { failedWhen: ['rc is defined'] },
      { outcome: 'ok' },
    ],
    [
      'a skipped result',
      { skipped: true },
      { failedWhen: [true], changedWhen: [true] },
      { outcome: 'skipped' },
    ],
    [
      'a condition that cannot be evaluated',
      { a: 1 },
      { failedWhen: ['nope.x'] },
      { outcome: 'failed', a: 1, failed: true },
    ],
    [
      'a changed_when that cannot be evaluated, in spite of failed_when',
      { changed: true, a: 1 },
      { changedWhen: ['nope.x'], failedWhen: [false] },
      {
        outcome: 'failed',
        changed: true,
        a: 1,
        changed_when_result: expect.stringContaining('"nope.x" of changed_when cannot be evaluated'),
      },
    ],
    [
      'lists without conditions',
      { changed: false },
      { changedWhen: [], failedWhen: [] },
      { outcome: 'ok', changed: false },
    ],
    ['rc alone', { rc: 4 }, {}, { outcome: 'failed', failed: true }],
  ];
  it.each(cases)('%s', async (_what, params, keywords, expected) => {
    const { outcome, ...fields } = expected;
    const settled = await harness().run({ module: 'echo', params, keywords });
    expect(settled.outcome).toBe(outcome);
    expect(settled.result).toMatchObject(fields);
  });
});

it('says nothing of a complaint that failed_when takes back, and keeps it in the result', async () => {
  const outcome = await harness().run({
    module: 'echo',
    params: { rc: 3, msg: 'non-zero' },
    keywords: { failedWhen: [false] },
  });
  expect(outcome).toMatchObject({ outcome: 'ok', msg: undefined, result: { msg: 'non-zero', rc: 3 } });
});

describe('conditions', () => {
  it.each<[Keywords['when'], string]>([
    [[true], 'ok'],
    [['inventory_hostname == "web1"'], 'ok'],
    [['inventory_hostname == "web1"', 'false'], 'skipped'],
    [["'web' in group_names"], 'ok'],
    [["groups['web'] | length == 1 and 'web1' in groups.all"], 'ok'],
    [['undefined_name is defined'], 'skipped'],
    [['undefined_name'], 'failed'],
    [['not ansible_check_mode and ansible_forks == 50'], 'ok'],
    [['inventory_hostname in ansible_play_hosts and play_hosts == ansible_play_batch'], 'ok'],
    [['ansible_version.full is version("2.9", ">=")'], 'ok'],
    [['hostvars.web2.colour == "blue" and hostvars["web1"].inventory_hostname == "web1"'], 'ok'],
    [['hostvars.web9 is not defined'], 'ok'],
    [['ansible_host == "10.0.0.1" and hostvars.web2.ansible_host == "web2"'], 'ok'],
    [['playbook_dir == "/project" and inventory_hostname_short == "web1"'], 'ok'],
    [['vars["colour"] == "red"'], 'ok'],
  ])('%j gives %s', async (when, outcome) => {
    const runner = harness({
      groups: [{ name: 'web', hosts: ['web1'] }],
      hosts: [
        {
          name: 'web1',
          groups: ['web'],
          settings: { address: '10.0.0.1' },
          layers: [layerOf('inventory-host', { colour: 'red' })],
        },
        { name: 'web2', layers: [layerOf('inventory-host', { colour: 'blue' })] },
      ],
    });
    expect((await runner.run({ module: 'echo', keywords: { when } })).outcome).toBe(outcome);
  });

  it.each([
    ['native', 'skipped'],
    ['ansible', 'ok'],
  ] as const)(
    'of a play in the %s dialect that are a name with the text "no" give %s',
    async (dialect, outcome) => {
      const runner = harness({ play: { dialect } });
      const draft = { module: 'echo', vars: { word: 'no' }, keywords: { when: ['word'] } };
      expect((await runner.run(draft)).outcome).toBe(outcome);
    },
  );

  it.each([
    ['msg', { msg: 'red' }, { msg: 'red' }],
    ['var', { var: 'colour' }, { colour: 'red' }],
  ])('see of a debug with %s what it showed, under its name', async (_key, params, fields) => {
    const runner = harness();
    const draft = { module: 'debug', vars: { colour: 'red' }, params, keywords: { register: 'r' } };
    const { msg } = await runner.run(draft);
    expect(msg).toContain('red');
    expect(registered(runner)).toEqual({ ...fields, changed: false, failed: false });
  });

  it('stop at the first that does not hold, so that later ones may need what it asks for', async () => {
    const outcome = await harness().run({ module: 'echo', keywords: { when: ['x is defined', 'x.y == 1'] } });
    expect(outcome).toMatchObject({ outcome: 'skipped', result: { false_condition: 'x is defined' } });
  });
});

describe('variables of a step', () => {
  it('follow the precedence of their sources', async () => {
    const sources = [
      'role-defaults',
      'inventory-host',
      'facts',
      'playbook',
      'play',
      'block',
      'step',
      'registered',
      'extra-vars',
    ] as const;
    for (let top = 1; top < sources.length; top++) {
      const present = new Set<string>(sources.slice(0, top + 1));
      const value = (source: string): Record<string, Value> =>
        present.has(source) ? { ansible_x: source } : {};
      const runner = harness({
        hosts: [{ name: 'web1', layers: [layerOf('inventory-host', value('inventory-host'))] }],
        layers: [layerOf('playbook', value('playbook')), layerOf('extra-vars', value('extra-vars'))],
        play: {
          layers: [layerOf('role-defaults', value('role-defaults')), layerOf('play', value('play'))],
        },
      });
      if (present.has('facts')) runner.runner.variables.addFacts('web1', { x: 'facts' });
      if (present.has('registered')) runner.runner.variables.register('web1', 'ansible_x', 'registered');
      const outcome = await runner.run({
        module: 'echo',
        params: { got: '{{ ansible_x }}' },
        layers: [layerOf('block', value('block'))],
        vars: value('step'),
      });
      expect(outcome.result).toMatchObject({ got: sources[top] });
    }
  });

  it('in a rescue tell what failed', async () => {
    const runner = harness();
    const step = {
      index: 7,
      name: 'Break',
      play: 0,
      action: { type: 'none' },
      keywords: {},
      layers: [],
    } as never;
    const failure = { step, result: { msg: 'broken' } };
    const outcome = await runner.run(
      {
        module: 'echo',
        params: { a: '{{ ansible_failed_task.name }}', b: '{{ ansible_failed_result.msg }}' },
      },
      { failure },
    );
    expect(outcome.result).toMatchObject({ a: 'Break', b: 'broken' });
  });
});

describe('failures', () => {
  it('that are ignored stay failures and say so', async () => {
    const params = { failed: true };
    expect(
      await harness().run({ module: 'echo', params, keywords: { ignoreErrors: '{{ 1 == 1 }}' } }),
    ).toMatchObject({
      outcome: 'failed',
      ignored: true,
    });
    expect(
      (await harness().run({ module: 'echo', params, keywords: { ignoreErrors: false } })).ignored,
    ).toBeUndefined();
  });

  it.each([
    ['unreachable', 'unreachable'],
    ['unknown', 'unknown'],
    ['become', 'failed'],
    ['cancelled', 'cancelled'],
  ] as const)('of a host of kind %s end the step as %s', async (kind, outcome) => {
    const connections = fakeConnections(() => {
      throw new HostError(kind, 'RB511', 'lost');
    });
    const settled = await harness({ connections }).run({
      module: 'line',
      params: { text: 'x' },
      keywords: { ignoreUnreachable: true },
    });
    expect(settled.outcome).toBe(outcome);
    expect(settled.ignored).toBe(outcome === 'unreachable' ? true : undefined);
  });

  it('after the run was cancelled are cancellations', async () => {
    const controller = new AbortController();
    const connections = fakeConnections(() => {
      controller.abort();
      return { rc: 143, ended: 'cancelled' };
    });
    const runner = harness({ connections });
    const running = await runner.run(
      { module: 'command', params: { cmd: 'x' }, keywords: { register: 'r' } },
      {},
      controller.signal,
    );
    expect(running.outcome).toBe('cancelled');
    expect(registered(runner)).toBeUndefined();
    expect((await runner.run({ module: 'echo' }, {}, controller.signal)).outcome).toBe('cancelled');
  });
});

describe('notifications', () => {
  it('are rendered when the step changed something, and only then', async () => {
    const keywords: Keywords = { notify: ['restart {{ what }}', 'plain', '{{ more }}'] };
    const vars = { what: 'app', more: ['x', 'y'] };
    const runner = harness();
    const changed = await runner.run({ module: 'echo', params: { changed: true }, keywords, vars });
    expect(changed.notify).toEqual(['restart app', 'plain', 'x', 'y']);
    expect((await runner.run({ module: 'echo', keywords, vars })).notify).toEqual([]);
    expect(
      (await runner.run({ module: 'echo', params: { changed: true, failed: true }, keywords, vars })).notify,
    ).toEqual([]);
  });
});

describe('secrets', () => {
  it('are masked in results and messages, wherever a module puts them', async () => {
    const runner = harness({ layers: [layerOf('playbook', { pw: new Secret('correct horse', 'pw') })] });
    const outcome = await runner.run({
      module: 'echo',
      params: { a: 'x {{ pw }}', msg: '{{ pw }}' },
      keywords: { register: 'r' },
    });
    expect(JSON.stringify(outcome)).not.toContain('correct horse');
    expect(outcome).toMatchObject({ msg: '‹pw›', result: { a: 'x ‹pw›' } });
  });

  it('and all output are hidden under no_log, also where its template fails', async () => {
    for (const noLog of [true, '{{ nope.x }}']) {
      const draft = {
        module: 'echo',
        params: { a: 'private', changed: true, msg: 'private' },
        keywords: { noLog, register: 'r' },
      };
      const runner = harness();
      const outcome = await runner.run(draft);
      expect(outcome.outcome).toBe('changed');
      expect(JSON.stringify(outcome)).not.toContain('private');
      expect(outcome.result).toMatchObject({ changed: true });
      expect(registered(runner)).toMatchObject({ a: 'private' });
    }
  });
});
