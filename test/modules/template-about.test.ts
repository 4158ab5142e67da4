import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import type { TemplateFileOptions } from '../../src/model/module.ts';
import template from '../../src/modules/template.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { moduleContext } from '../support/module-context.ts';

/** The variables that a template of this text is given beside the step's own. */
async function extraVarsFor(text: string): Promise<TemplateFileOptions['extraVars']> {
  if (template.type !== 'probing') throw new Error('template looks before it writes');
  const files = new MemoryFiles({ 'templates/a.j2': text });
  const context = moduleContext({
    checkMode: false,
    files: Object.assign(files, {
      stat: async () => ({ isDirectory: false, mode: 0o644, size: 1, uid: 7, modifiedAtMs: 0 }),
      read: async (path: string) =>
        Buffer.from(path === '/etc/passwd' ? 'root:x:0:0::/:/bin/sh\nlp:x:7:7::/:/bin/sh\n' : text),
    }),
    send: () => Promise.reject(new Error('no request is needed')),
  });
  let given: TemplateFileOptions['extraVars'];
  const renderTemplate = (_text: string, options: TemplateFileOptions) => {
    given = options.extraVars;
    return '';
  };
  const params: unknown = template.params.parse({ src: 'a.j2', dest: '/a' });
  await template.prepare?.(params, { ...context, renderTemplate });
  return given;
}

it('tells a template whose it is, how old, and on which machine it is rendered', async () => {
  expect(await extraVarsFor('{{ template_uid }}')).toMatchObject({
    template_uid: 'lp',
    template_mtime: '1970-01-01 00:00:00.000',
    template_host: hostname(),
    template_path: 'a.j2',
    template_run_date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/),
  });
});

it('looks at nothing more for a template that does not ask', async () => {
  expect(Object.keys((await extraVarsFor('plain')) ?? {}).sort()).toEqual([
    'ansible_managed',
    'template_destpath',
    'template_fullpath',
    'template_path',
  ]);
});
