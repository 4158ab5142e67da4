import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importFile, prepare } from '../../src/engine.ts';
import { stepTitle } from '../../src/model/plan.ts';

const golden = new URL('../golden/import/', import.meta.url).pathname;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function imported(text: string) {
  await writeFile(join(folder, 'in.yml'), text);
  return importFile('in.yml', { cwd: folder, env: {} });
}

async function planned(name: string, text: string) {
  await writeFile(join(folder, name), text);
  const request = {
    cwd: folder,
    env: {},
    inventory: ['localhost,'],
    extraVars: [],
    selection: { limit: undefined, tags: [], skipTags: [], startAt: undefined, assumeSet: [] },
  };
  const { plan } = await prepare(name, request);
  return plan.steps.map((step) => ({
    section: step.section,
    title: stepTitle(step),
    params: step.action.type === 'module' ? step.action.params : {},
    delegateTo: step.keywords.delegateTo,
    become: step.keywords.become,
    when: step.keywords.when?.map(String),
    loops: step.keywords.loop !== undefined,
  }));
}

describe('the import of a playbook of Ansible', () => {
  it('gives the native form that the golden file has', async () => {
    const { text, diagnostics } = await imported(readFileSync(join(golden, 'tasks.in.yml'), 'utf8'));
    if (process.env['RUNBOOK_UPDATE_GOLDEN'] === '1') writeFileSync(join(golden, 'tasks.out.yml'), text);

    expect(diagnostics).toEqual([]);
    expect(text).toBe(readFileSync(join(golden, 'tasks.out.yml'), 'utf8'));
  });

  it('gives a playbook that has the same steps with the same parameters', async () => {
    const before = readFileSync(join(golden, 'tasks.in.yml'), 'utf8');
    const { text } = await imported(before);

    expect(await planned('after.yml', text)).toEqual(await planned('before.yml', before));
  });

  it.each([
    'yes',
    'No',
    'on',
    'OFF',
    '0644',
    '0o644',
    '1_000',
    '1:30',
    '0x1F',
    '0b11',
    '1e3',
    '1.0',
    '.5',
    '~',
    'null',
    'true',
    '08',
    '-017',
    '1.5e+3',
    '"yes"',
    "'0644'",
    'y',
    '2024-01-01',
    '12e03',
    '0o8',
    '+12',
    '',
  ])('keeps what the scalar %s means', async (scalar) => {
    const before = `- hosts: localhost\n  gather_facts: false\n  tasks:\n    - set_fact:\n        a: ${scalar}\n        b: [${scalar}]\n    - set_fact: a=${scalar === '' ? "''" : scalar}\n`;
    const { text } = await imported(before);

    expect(await planned('after.yml', text)).toEqual(await planned('before.yml', before));
  });

  it('names what is not the same with its place', async () => {
    const { text, diagnostics } = await imported(
      '- hosts: localhost\n  tasks:\n    - nosuch: a=1\n    - debug: msg="open\n- import_playbook: other.yml\n',
    );

    expect(diagnostics.map(({ code, at }) => `${code} ${at?.line}:${at?.column}`)).toEqual([
      'RB217 3:7',
      'RB217 4:14',
      'RB217 5:20',
    ]);
    expect(text).toContain('nosuch: a=1');
  });

  it('keeps a list of tasks a list, and changes only the scalars of variables', async () => {
    expect((await imported('# tasks\n- ping:\n- file: path=/x mode=0700\n')).text).toBe(
      '# tasks\n- ping:\n- file:\n    path: /x\n    mode: "0700"\n',
    );
    expect((await imported('a: yes\nb: [on, x]  # both\n')).text).toBe('a: true\nb: [true, x] # both\n');
  });

  it('refuses a file that is no YAML, with the place', async () => {
    await expect(imported('- hosts: [a\n')).rejects.toMatchObject({
      diagnostics: [{ code: 'RB103', at: { file: 'in.yml' } }],
    });
  });
});
