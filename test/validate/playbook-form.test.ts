import { describe, expect, test } from 'vitest';
import type { Step } from '../../src/model/playbook.ts';
import { VaultText } from '../../src/model/value.ts';
import { documentOf, playbookOf, shortly, validateText } from '../support/validate-text.ts';

async function stepsOf(steps: string, root = ''): Promise<readonly Step[]> {
  const { plays } = await playbookOf(`${root}\nhosts: all\nsteps:\n${steps}`);
  return plays[0]?.steps ?? [];
}

async function stepOf(step: string, root = ''): Promise<Step> {
  const [first] = await stepsOf(step, root);
  if (first === undefined) throw new Error('no step');
  return first;
}

function paramsOf(step: Step): unknown {
  return step.action.type === 'module' ? { ...step.action.params } : undefined;
}

describe('the root', () => {
  test('a mapping with one play gives a native playbook whose variables belong to the whole', async () => {
    const playbook = await playbookOf('name: site\nvars: {a: 1}\nhosts: [web, db]\nsteps: [{ping: }]\n');

    expect(playbook).toMatchObject({ name: 'site', dialect: 'native', file: 'site.yml' });
    expect(playbook.layers.map(({ source, values }) => [source, { ...values }])).toEqual([
      ['playbook', { a: 1 }],
    ]);
    expect(playbook.plays[0]).toMatchObject({
      hosts: 'web,db',
      strategy: 'free',
      gatherFacts: 'when-read',
      serial: [],
      layers: [],
    });
  });

  test('a list gives plays of the other dialect, linear and with facts', async () => {
    const playbook = await playbookOf('- hosts: all\n  become: yes\n  vars: {a: 1}\n  tasks: [{ping: }]\n');

    expect(playbook.dialect).toBe('ansible');
    expect(playbook.plays[0]).toMatchObject({
      strategy: 'linear',
      gatherFacts: true,
      keywords: { become: true },
      layers: [{ source: 'play' }],
    });
  });

  test('empty sections and keywords without a value are as if not written', async () => {
    const playbook = await playbookOf(
      '- hosts: all\n  vars:\n  tasks:\n    - ping:\n      when:\n  handlers:\n',
    );

    expect(playbook.plays[0]?.steps).toHaveLength(1);
    expect(playbook.plays[0]?.steps[0]?.keywords).toEqual({});
  });

  test('a play takes locks, semaphores and members of pools as a whole', async () => {
    const { plays } = await playbookOf(
      [
        'locks: [l]',
        'semaphores: {s: 3}',
        'pools: {gpu: {size: 2}, port: {members: [80]}}',
        'plays:',
        '  - hosts: all',
        '    lock: l',
        '    semaphore: {name: s, permits: 2}',
        '    pool: [gpu, {name: port, timeout: 5s}]',
        '    steps: [ping: ]',
        '',
      ].join('\n'),
    );
    expect(plays[0]?.keywords.limits).toMatchObject([
      { kind: 'lock', name: 'l', permits: 1 },
      { kind: 'semaphore', name: 's', permits: 2 },
      { kind: 'pool', name: 'gpu', permits: 1 },
      { kind: 'pool', name: 'port', permits: 1, timeout: '5s' },
    ]);
  });

  test('declarations take their short and long forms', async () => {
    const { declarations } = await playbookOf(
      [
        'events: {ready: , approved: {external: yes}}',
        'semaphores: {a: 5, b: {permits: 2, scope: host, lost_after: 5m}}',
        'locks: [deploy]',
        'hosts: all',
        'steps: []',
      ].join('\n'),
    );

    expect(declarations).toMatchObject({
      events: { ready: { external: false }, approved: { external: true } },
      semaphores: { a: { permits: 5, scope: 'run' }, b: { permits: 2, scope: 'host', lostAfter: '5m' } },
      locks: { deploy: { scope: 'run', onLost: 'poison', at: { line: 3, column: 9 } } },
    });
  });

  test('serial, order and limits of failure keep what was written', async () => {
    const { plays } = await playbookOf(
      'hosts: all\nserial: [1, 25%]\nmax_fail_percentage: 30%\norder: sorted\nstrategy: ansible.builtin.linear\nsteps: []\n',
    );

    expect(plays[0]).toMatchObject({
      serial: [1, '25%'],
      maxFailPercentage: 30,
      order: 'sorted',
      strategy: 'linear',
    });
  });

  test('plays that need other plays, or none, say so', async () => {
    const { plays } = await playbookOf(
      'plays:\n  - {id: a, hosts: x, steps: []}\n  - {hosts: y, needs: [], steps: []}\n  - {hosts: z, needs: a, steps: []}\n',
    );

    expect(plays.map((play) => play.needs?.map((need) => need.play))).toEqual([undefined, [], ['a']]);
  });
});

describe('keywords', () => {
  test('conditions become a list, numbers among them texts', async () => {
    const step = await stepOf('  - {ping: , when: ready, until: [a, true, 1], changed_when: false}');

    expect(step.keywords).toEqual({ when: ['ready'], until: ['a', true, '1'], changedWhen: [false] });
  });

  test('booleans are read in every spelling, and templates stay', async () => {
    const step = await stepOf('  - {ping: , become: "yes", no_log: "Off", run_once: on, diff: "{{ d }}"}');

    expect(step.keywords).toEqual({ become: true, noLog: false, runOnce: true, diff: '{{ d }}' });
  });

  test('tags are split at commas, names become lists', async () => {
    const step = await stepOf(
      '  - {ping: , tags: ["a, b", 5], notify: x}',
      'handlers: [{name: x, ping: , listen: y}]',
    );

    expect(step.keywords).toMatchObject({ tags: ['a', 'b', '5'], notify: ['x'] });
  });

  test('loops keep their form, and loop_control its defaults', async () => {
    const [first, second] = await stepsOf(
      '  - {ping: , loop: [1], loop_control: {label: "{{ item }}", pause: 2}}\n  - {ping: , with_dict: {a: 1}}',
    );

    expect(first?.keywords).toMatchObject({
      loop: { form: 'loop', value: [1], at: { line: 4 } },
      loopControl: { loopVar: 'item', label: '{{ item }}', pause: 2 },
    });
    expect(second?.keywords.loop).toMatchObject({ form: 'dict' });
  });

  test('an encrypted become_password stays encrypted', async () => {
    const step = await stepOf(
      '  - ping:\n    become_password: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6162\n',
    );

    expect(step.keywords.becomePassword).toBeInstanceOf(VaultText);
  });

  test('waits, sets, needs and limits take every form', async () => {
    const root = 'events: {a: {}, b: {}}\nlocks: [l]\nsemaphores: {s: 3}';
    const step = await stepOf(
      [
        '  - ping:',
        '    wait: [a, {event: b, timeout: 5m, on_timeout: continue}]',
        '    set: {event: a, after: first}',
        '    needs: [x, {step: y, hosts: all, accept: ended}]',
        '    lock: {name: l, key: "{{ rack }}"}',
        '    semaphore: {name: s, permits: 2}',
      ].join('\n'),
      root,
    );

    expect(step.keywords).toMatchObject({
      wait: [
        { event: 'a', onTimeout: 'fail' },
        { event: 'b', timeout: '5m', onTimeout: 'continue' },
      ],
      set: [{ event: 'a', after: 'first' }],
      needs: [
        { step: 'x', hosts: 'same', accept: 'ok' },
        { step: 'y', hosts: 'all', accept: 'ended' },
      ],
      limits: [
        { kind: 'lock', name: 'l', key: '{{ rack }}', permits: 1 },
        { kind: 'semaphore', name: 's', permits: 2 },
      ],
    });
  });

  test('a step that only waits has no module', async () => {
    const step = await stepOf('  - wait: a', 'events: {a: {external: true}}');

    expect(step.action).toEqual({ type: 'none' });
  });

  test('each keyword has the place of its value', async () => {
    const step = await stepOf('  - ping:\n    when: ready');

    expect(step.places).toMatchObject({ when: { line: 5, column: 11, length: 5 } });
  });

  test('blocks hold their bodies', async () => {
    const step = await stepOf(
      '  - {id: b, block: [{ping: }], rescue: [{ping: }, {ping: }], always: [{ping: }], vars: {x: 1}}',
    );

    expect(step).toMatchObject({ id: 'b', vars: { source: 'block' } });
    expect(
      step.action.type === 'block' && [step.action.body, step.action.rescue, step.action.always],
    ).toMatchObject([{ length: 1 }, { length: 2 }, { length: 1 }]);
  });
});

describe('modules', () => {
  test.each([
    ['command: ls -l  /tmp creates=/x chdir="/a b"', { cmd: 'ls -l  /tmp', creates: '/x', chdir: '/a b' }],
    ['command: echo a=b', { cmd: 'echo a=b' }],
    ['command: echo {{ a + "x y" }} z', { cmd: 'echo {{ a + "x y" }} z' }],
    ["shell: echo it's", { cmd: "echo it's" }],
    ['debug: msg="two words"', { msg: 'two words' }],
    ['copy: src=a dest=/b', { src: 'a', dest: '/b' }],
    ['ansible.builtin.copy: {path: /b}', { dest: '/b' }],
    ['meta: flush_handlers', { action: 'flush_handlers' }],
    ['action: copy src=a dest=/b', { src: 'a', dest: '/b' }],
    ['action: {module: copy, dest: /b}', { dest: '/b' }],
    ['{command: ls, args: {chdir: /x}}', { cmd: 'ls', chdir: '/x' }],
    ['{copy: {dest: /a}, args: {dest: /b, mode: "0600"}}', { dest: '/a', mode: '0600' }],
  ])('%s gives its parameters', async (text, params) => {
    expect(paramsOf(await stepOf(`  - ${text}`))).toEqual(params);
  });

  test('another name of a module stands for it', async () => {
    const step = await stepOf('  - systemd: {name: x, state: started}');

    expect(step.action).toMatchObject({ module: 'service', written: 'systemd' });
  });

  test('a template in place of parameters supplies them when the step runs', async () => {
    const [first, second] = await stepsOf(
      '  - {copy: "{{ how }}"}\n  - {copy: {mode: "0600"}, args: "{{ how }}"}',
    );

    expect(first?.action).toMatchObject({ paramsTemplate: '{{ how }}', params: {} });
    expect(second?.action).toMatchObject({ paramsTemplate: '{{ how }}', params: { mode: '0600' } });
  });

  test('local_action runs on localhost', async () => {
    const step = await stepOf('  - local_action: command ls');

    expect(step).toMatchObject({ keywords: { delegateTo: 'localhost' }, action: { module: 'command' } });
  });

  test('parameters that are templates are left for the run, also inside lists and unions', async () => {
    const step = await stepOf(
      '  - copy: {dest: /x, backup: "{{ b }}", port: ["{{ p }}"], state: "{{ s }}", mode: "{{ m }}"}',
    );

    expect(paramsOf(step)).toMatchObject({ port: ['{{ p }}'] });
  });

  test('module_defaults of the play supply required parameters', async () => {
    const { diagnostics } = await validateText(
      'hosts: all\nmodule_defaults: {ansible.builtin.copy: {path: /x}}\nsteps: [{copy: {content: y}}]\n',
    );

    expect(diagnostics).toEqual([]);
  });

  test('module_defaults are kept under the own names of modules and parameters', async () => {
    const { plays } = await playbookOf(
      'hosts: all\nmodule_defaults: {ansible.builtin.copy: {path: /x}, systemd: {name: y}}\nsteps: []\n',
    );

    expect(plays[0]?.keywords.moduleDefaults).toEqual({ copy: { dest: '/x' }, service: { name: 'y' } });
  });

  test('an unknown module of the other dialect is kept, and warned of', async () => {
    const { playbook, diagnostics } = await validateText('- hosts: all\n  tasks:\n    - acme.tool: {a: 1}\n');

    expect(diagnostics.map((one) => one.severity)).toEqual(['warning']);
    expect(playbook?.plays[0]?.steps[0]?.action).toMatchObject({ module: undefined, written: 'acme.tool' });
  });
});

describe('imports', () => {
  const imported = 'hosts: db\nvars: {b: 2}\nevents: {ready: {}}\nsteps: [{ping: , set: ready}]\n';

  test('plays of an imported playbook take its place, with variables, tags and conditions of the entry', async () => {
    const { plays, declarations } = await playbookOf(
      'plays:\n  - import_playbook: db.yml\n    vars: {a: 1}\n    tags: [db]\n    when: wanted\n  - {hosts: web, steps: []}\n',
      { imports: (main) => [{ document: documentOf(imported, 'db.yml'), entry: 0, importer: main }] },
    );

    expect(plays.map((play) => play.hosts)).toEqual(['db', 'web']);
    expect(plays[0]).toMatchObject({
      keywords: { when: ['wanted'], tags: ['db'] },
      layers: [{ source: 'play' }, { source: 'playbook' }],
      at: { file: 'db.yml' },
    });
    expect(Object.keys(declarations.events)).toEqual(['ready']);
  });

  test('mistakes are told in the order of the files', async () => {
    const { diagnostics } = await validateText('- import_playbook: db.yml\n- hosts: web\n  seriel: 1\n', {
      imports: (main) => [
        { document: documentOf('hosts: db\nstep: []\n', 'db.yml'), entry: 0, importer: main },
      ],
    });

    expect(diagnostics.map((one) => `${one.at?.file} ${shortly(one)}`)).toEqual([
      'site.yml 3:3 RB201 "seriel" is no keyword of a play — did you mean "serial"?',
      'db.yml 2:1 RB201 "step" is no keyword of a playbook — did you mean "steps"?',
    ]);
  });
});

describe('variables files', () => {
  test('named ones become layers, and names with a template are left for the run', async () => {
    const { plays } = await playbookOf(
      'plays:\n  - hosts: all\n    vars_files: [a.yml, [none.yml, b.yml], "{{ os }}.yml"]\n    steps: []\n',
      {
        readVarsFile: (name) =>
          name === 'none.yml'
            ? undefined
            : { layer: { source: 'vars-files', label: name, values: { from: name } }, diagnostics: [] },
      },
    );

    expect(plays[0]?.layers.map((layer) => layer.label)).toEqual(['a.yml', 'b.yml']);
    expect(plays[0]?.dynamicVarsFiles).toEqual(['{{ os }}.yml']);
  });
});
