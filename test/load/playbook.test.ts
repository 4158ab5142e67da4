import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { folderOf } from './temporary-folder.ts';

describe('a playbook', () => {
  it.each([
    ['name: Deploy\nhosts: web\nvars: {a: yes}\n', 'native', 'yes'],
    ['---\n# a comment\nvars: {a: yes}\n', 'native', 'yes'],
    ['- vars: {a: yes}\n', 'ansible', true],
    ['---\n- vars: {a: yes}\n', 'ansible', true],
    ['--- # start\n\n  - vars: {a: yes}\n', 'ansible', true],
    ['[{"vars": {"a": "yes"}}]', 'ansible', 'yes'],
  ])('%j is %s', async (text, dialect, expected) => {
    const cwd = folderOf({ 'deploy.yml': text });
    const { main, diagnostics, files } = await loadPlaybook('deploy.yml', { cwd });
    expect(diagnostics).toEqual([]);
    expect(main?.dialect).toBe(dialect);
    const play = Array.isArray(main?.value) ? main.value[0] : main?.value;
    expect(play).toMatchObject({ vars: { a: expected } });
    expect(files.map((file) => file.path)).toEqual(['deploy.yml']);
  });

  it('brings in the playbooks it imports, each with the entry that names it', async () => {
    const cwd = folderOf({
      'site.yml':
        '- import_playbook: plays/db.yml\n- hosts: web\n- ansible.builtin.import_playbook: plays/web.yml\n- import_playbook: "{{ later }}"\n',
      'plays/db.yml': '- hosts: db\n- import_playbook: more/backup.yml\n',
      'plays/more/backup.yml': '- hosts: backup\n',
      'plays/web.yml': 'name: native\nplays:\n  - import_playbook: more/backup.yml\n',
    });
    const { main, imports, diagnostics } = await loadPlaybook('site.yml', { cwd });
    expect(diagnostics).toEqual([]);
    expect(imports.map((one) => [one.importer.file.path, one.entry, one.document.file.path])).toEqual([
      ['site.yml', 0, 'plays/db.yml'],
      ['plays/db.yml', 1, 'plays/more/backup.yml'],
      ['site.yml', 2, 'plays/web.yml'],
      ['plays/web.yml', 0, 'plays/more/backup.yml'],
    ]);
    expect(imports[0]?.importer).toBe(main);
  });

  it('brings in what a template names, where that can be told, with the variables of the entry', async () => {
    const cwd = folderOf({
      'site.yml':
        '- import_playbook: "{{ a }}.yml"\n  vars: {a: db}\n- import_playbook: "{{ later }}"\n- import_playbook: web.yml\n',
      'db.yml': '- hosts: db\n',
      'web.yml': '- hosts: web\n',
    });
    const render = async (text: string, variables: unknown) =>
      text === '{{ a }}.yml' ? `${(variables as { a: string }).a}.yml` : undefined;
    const { imports, diagnostics } = await loadPlaybook('site.yml', { cwd, render });
    expect(diagnostics).toEqual([]);
    expect(imports.map((one) => [one.entry, one.document.file.path])).toEqual([
      [0, 'db.yml'],
      [2, 'web.yml'],
    ]);
  });

  it('may import what lies in the project above its own folder, but nothing outside, by a link neither', async () => {
    const cwd = folderOf({
      'project/plays/site.yml': '- import_playbook: ../db.yml\n- import_playbook: ../link.yml\n',
      'project/db.yml': '- hosts: db\n',
      'outside.yml': '- hosts: all\n',
      'project/runbook.config.yml': '',
    });
    symlinkSync('../outside.yml', `${cwd}/project/link.yml`);
    const { imports, diagnostics } = await loadPlaybook('project/plays/site.yml', { cwd });
    expect(imports.map((one) => one.document.file.path)).toEqual(['project/db.yml']);
    expect(diagnostics).toMatchObject([{ code: 'RB112', at: { line: 2, column: 20 } }]);
  });

  it('is missing with an error', async () => {
    const cwd = folderOf({ 'deploy.yml': '' });
    const { main, diagnostics } = await loadPlaybook('depoly.yml', { cwd });
    expect(main).toBe(undefined);
    expect(diagnostics).toMatchObject([{ code: 'RB101', message: expect.stringContaining('"deploy.yml"') }]);
  });

  it('tells the mistakes of all its files', async () => {
    const cwd = folderOf({
      'site.yml': '- import_playbook: a.yml\n- import_playbook: b.yml\n',
      'a.yml': '- hosts: [web\n',
      'b.yml': '- hosts: web\n  hosts: db\n',
    });
    const { diagnostics } = await loadPlaybook('site.yml', { cwd });
    expect(diagnostics.map((one) => [one.at?.file, one.code])).toEqual([
      ['a.yml', 'RB103'],
      ['b.yml', 'RB104'],
    ]);
  });
});
