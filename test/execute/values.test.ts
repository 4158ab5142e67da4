import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createLookupService } from '../../src/execute/lookup-context.ts';
import { Secret, Unsafe, VaultText } from '../../src/model/value.ts';
import type { VariableLayer } from '../../src/model/variables.ts';
import command from '../../src/modules/command.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';
import type { TemplateEngine } from '../../src/template/engine-types.ts';
import { fakeConnections } from '../support/fake-connections.ts';
import { giving } from '../support/probe-module.ts';
import { seeded } from '../support/seeds.ts';
import { at, createHarness, type HarnessOptions, layerOf } from '../support/step-harness.ts';

const project = mkdtempSync(join(tmpdir(), 'values-'));
mkdirSync(join(project, 'files'));
writeFileSync(join(project, 'files', 'motd'), 'hello {{ 7 * 7 }}\n');
mkdirSync(join(project, 'templates'));
writeFileSync(
  join(project, 'templates', 'a.j2'),
  "#jinja2: variable_start_string: '[[', variable_end_string: ']]'\n[[ greeting ]] {{ x }}",
);
mkdirSync(join(project, 'vars'));
for (const name of ['Debian', 'Suse']) writeFileSync(join(project, 'vars', `${name}.yml`), '');
afterAll(() => rmSync(project, { recursive: true }));

function harness(options: Partial<HarnessOptions> = {}) {
  const engine: TemplateEngine = createTemplateEngine({
    lookup: createLookupService({ projectDir: project, env: {}, matchHosts: () => ['web1'] }, () => engine),
  });
  const echo = giving('echo', (params) => params);
  return createHarness({
    modules: [echo, command],
    file: join(project, 'play.yml'),
    ...options,
    runner: { engine, ...options.runner },
  });
}

describe('unsafe values', () => {
  it('come out exactly as they are written, wherever they stand', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-z'"\\{}%#\n x0-9]{0,30}$/), async (text) => {
        const hostile = `${text}{{ 1 + 1 }}${text}{% if %}`;
        const runner = harness({
          layers: [
            layerOf('playbook', {
              whole: new Unsafe(hostile),
              deep: { a: [new Unsafe({ b: hostile })], c: '{{ 1 + 1 }}' },
            }),
          ],
        });
        const outcome = await runner.run({
          module: 'echo',
          params: {
            own: new Unsafe(hostile),
            whole: '{{ whole }}',
            deep: '{{ deep.a[0].b }}',
            rendered: '{{ deep.c }}',
          },
        });
        expect(outcome.result).toMatchObject({ own: hostile, whole: hostile, deep: hostile, rendered: 2 });
      }),
      seeded(20),
    );
  });
});

describe('encrypted values', () => {
  const vaulted = new VaultText('$ANSIBLE_VAULT;1.1;AES256\n61', at);

  it('are decrypted when they are read, once, and masked from then on', async () => {
    let count = 0;
    const decrypt = () => {
      count++;
      return Buffer.from('open-sesame');
    };
    const runner = harness({
      layers: [layerOf('playbook', { pw: vaulted, other: { deep: vaulted } })],
      runner: { vault: { decrypt } },
    });
    await runner.run({ module: 'echo', params: { a: 1 } });
    expect(count).toBe(0);
    for (const host of ['web1', 'web2']) {
      const outcome = await runner.run({ module: 'echo', params: { a: 'x {{ pw }}' } }, { host });
      expect(outcome.result).toMatchObject({ a: 'x ‹pw›' });
    }
    expect(count).toBe(1);
    expect(
      (await runner.run({ module: 'echo', params: { a: '{{ other.deep }}', b: vaulted } })).result,
    ).toMatchObject({ a: '‹pw›', b: '‹pw›' });
  });

  it('fail the step that reads one where there is no password', async () => {
    const runner = harness({ layers: [layerOf('playbook', { pw: vaulted })] });
    const outcome = await runner.run({ module: 'echo', params: { a: '{{ pw }}' } });
    expect(outcome).toMatchObject({ outcome: 'failed' });
    expect(outcome.msg).toContain('no vault password was given');
  });

  it('can be passwords of connections', async () => {
    const connections = fakeConnections();
    const vault = { decrypt: () => Buffer.from('open-sesame') };
    const hosts = [
      {
        name: 'web1',
        settings: { password: vaulted },
        layers: [layerOf('inventory-host', { ansible_become_pass: vaulted })],
      },
    ];
    const runner = harness({ connections, hosts, runner: { vault } });
    const outcome = await runner.run({
      module: 'command',
      params: { cmd: 'echo open-sesame' },
      keywords: { become: true },
    });
    expect(connections.seen[0]?.target.password?.reveal()).toBe('open-sesame');
    expect(connections.seen[0]?.become?.password?.reveal()).toBe('open-sesame');
    expect(JSON.stringify(outcome)).not.toContain('sesame');
  });
});

describe('what is made of secrets', () => {
  it('does not hide the text around them', async () => {
    const runner = harness({ layers: [layerOf('playbook', { pw: new Secret('open-sesame', 'pw') })] });
    const file = 'server_name example.com\npassword {{ pw }}\n';
    const outcome = await runner.run({
      module: 'echo',
      params: { a: file, b: "{{ pw | replace('open', 'shut') }}" },
    });
    expect(outcome.result).toMatchObject({ a: 'server_name example.com\npassword ‹pw›\n', b: '‹pw›' });
  });
});

describe('lookups in templates', () => {
  it('give data that is never evaluated', async () => {
    const outcome = await harness().run({
      module: 'echo',
      params: {
        a: "{{ lookup('file', 'motd') }}",
        b: '{{ via }}',
        c: "{{ query('ansible.builtin.dict', {'k': 1}) }}",
      },
      vars: { via: "{{ lookup('file', 'motd') }}" },
    });
    expect(outcome.result).toMatchObject({
      a: 'hello {{ 7 * 7 }}',
      b: 'hello {{ 7 * 7 }}',
      c: [{ key: 'k', value: 1 }],
    });
  });

  it('render template files under their header with the variables of the step', async () => {
    const outcome = await harness().run({
      module: 'echo',
      params: { a: "{{ lookup('template', 'a.j2') }}" },
      vars: { greeting: 'hi' },
    });
    expect(outcome.result).toMatchObject({ a: 'hi {{ x }}' });
  });

  it('read variables by name, and fail with a reason', async () => {
    const outcome = await harness().run({
      module: 'echo',
      params: { a: "{{ lookup('vars', 'x_' ~ n) }}" },
      vars: { n: 1, x_1: '{{ 5 }}' },
    });
    expect(outcome.result).toMatchObject({ a: 5 });
    const wrong = await harness().run({ module: 'echo', params: { a: "{{ lookup('fil', 'x') }}" } });
    expect(wrong.msg).toContain('there is no lookup named "fil" — did you mean "file"?');
    const missing = await harness().run({ module: 'echo', params: { a: "{{ lookup('file', 'nope') }}" } });
    expect(missing.msg).toContain('no file "nope" was found');
  });
});

describe('vars_files with templates in their names', () => {
  const readVarsFile = async (path: string): Promise<VariableLayer> =>
    layerOf('vars-files', { from: path.slice(project.length) });

  it('are read for each host once its facts are there, once', async () => {
    const read: string[] = [];
    const runner = harness({
      play: { dynamicVarsFiles: ['vars/{{ ansible_os_family }}.yml'] },
      runner: {
        readVarsFile: (path) => {
          read.push(path);
          return readVarsFile(path);
        },
      },
    });
    for (const [host, family] of [
      ['web1', 'Debian'],
      ['web2', 'Suse'],
    ] as const) {
      runner.runner.variables.addFacts(host, { os_family: family });
      for (const _ of [1, 2]) {
        const outcome = await runner.run({ module: 'echo', params: { a: '{{ from }}' } }, { host });
        expect(outcome.result).toMatchObject({ a: `/vars/${family}.yml` });
      }
    }
    expect(read).toHaveLength(2);
  });

  it('fail where the one file named does not exist, and may all be absent in a list', async () => {
    const missing = harness({ play: { dynamicVarsFiles: ['{{ "no" }}.yml'] }, runner: { readVarsFile } });
    expect(await missing.run({ module: 'echo' })).toMatchObject({
      outcome: 'failed',
      msg: 'vars_files: no file "no.yml" was found',
    });
    const list = harness({
      play: { dynamicVarsFiles: [['{{ "no" }}.yml', 'Suse.yml']] },
      runner: { readVarsFile },
    });
    expect((await list.run({ module: 'echo', params: { a: '{{ from }}' } })).result).toMatchObject({
      a: '/vars/Suse.yml',
    });
    const none = harness({ play: { dynamicVarsFiles: [['{{ "no" }}.yml']] }, runner: { readVarsFile } });
    expect((await none.run({ module: 'echo' })).outcome).toBe('ok');
  });
});
