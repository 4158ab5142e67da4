import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'fact-caching-'));
  const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
  write('hosts', 'web1 ansible_connection=local\n');
  write('ansible.cfg', '[defaults]\ninventory = hosts\nfact_caching_connection = kept\n');
  write(
    'set.yml',
    [
      '- hosts: all',
      '  gather_facts: no',
      '  tasks:',
      '    - set_fact: {release: "7", cacheable: yes}',
      '    - set_fact: {passing: 1}',
      '    - set_fact: {pass_word: "{{ given }}", cacheable: yes}',
      '      no_log: true',
      '',
    ].join('\n'),
  );
  write(
    'read.yml',
    [
      '- hosts: all',
      '  gather_facts: no',
      '  vars: {release: of the play}',
      '  tasks:',
      '    - debug: {msg: "{{ ansible_facts.release | default(0) }} {{ release }} {{ passing | default(0) }}"}',
      '',
    ].join('\n'),
  );
  write(
    'texts.yml',
    [
      '- hosts: all',
      '  gather_facts: no',
      '  tasks:',
      '    - set_fact: {answer: "no"}',
      '    - debug: {msg: "{{ answer is string }}"}',
      '',
    ].join('\n'),
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const play = (env: Record<string, string>, ...args: readonly string[]) =>
  runCli(['ansible-playbook', ...args], { cwd, env });
const kept = { ANSIBLE_CACHE_PLUGIN: 'jsonfile', ANSIBLE_CACHE_PLUGIN_PREFIX: 'f-' };

describe('facts that are kept from run to run', () => {
  it('are those that were set to be kept; the next run reads them as facts until they are flushed', async () => {
    expect((await play(kept, 'set.yml', '-e', 'given=1')).code).toBe(0);
    expect(readdirSync(join(cwd, 'kept'))).toEqual(['f-web1']);
    expect(JSON.parse(readFileSync(join(cwd, 'kept/f-web1'), 'utf8'))).toEqual({
      release: '7',
      pass_word: '1',
    });
    expect((await play(kept, 'read.yml')).stdout).toContain('"msg": "7 of the play 0"');
    expect((await play({}, 'read.yml')).stdout).toContain('"msg": "0 of the play 0"');
    expect((await play(kept, 'read.yml', '--flush-cache')).stdout).toContain('"msg": "0 of the play 0"');
    expect(readdirSync(join(cwd, 'kept'))).toEqual([]);
  });

  it('need a folder: without one the run goes on and says so', async () => {
    const env = { ...kept, ANSIBLE_CONFIG: '/dev/null', ANSIBLE_INVENTORY: 'hosts' };
    const { code, stderr, stdout } = await play(env, 'read.yml');
    expect(code).toBe(0);
    expect(stderr + stdout).toContain('fact_caching_connection names no folder');
  });
});

describe('facts of a native playbook', () => {
  it('are kept where the settings file says so, and flushed by a flag', async () => {
    const project = join(cwd, 'native');
    mkdirSync(project);
    const write = (name: string, text: string) => writeFileSync(join(project, name), text);
    write('runbook.config.yml', 'fact_caching: jsonfile\nfact_caching_connection: kept\n');
    const read = '{debug: {msg: "release {{ ansible_facts.release | default(0) }}"}}';
    const set = '{set_fact: {release: 7, cacheable: true}}';
    write('play.yml', `plays:\n  - hosts: localhost\n    steps: [${read}, ${set}]\n`);
    const apply = async (...flags: readonly string[]) =>
      /release (\d)/.exec((await runCli(['apply', 'play.yml', ...flags], { cwd: project })).stdout)?.[1];
    expect(await apply()).toBe('0');
    expect(readdirSync(join(project, 'kept'))).toEqual(['localhost']);
    expect(await apply()).toBe('7');
    expect(await apply('--flush-cache')).toBe('0');
  });
});

describe('a text that says no', () => {
  it('becomes false by set_fact, but not with native types', async () => {
    expect((await play({}, 'texts.yml')).stdout).toContain('"msg": false');
    expect((await play({ ANSIBLE_JINJA2_NATIVE: '1' }, 'texts.yml')).stdout).toContain('"msg": true');
  });
});
