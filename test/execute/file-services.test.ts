import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileServices } from '../../src/execute/file-services.ts';
import type { Value } from '../../src/model/value.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';

let project = '';
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'file-services-')));
  mkdirSync(join(project, 'templates', 'sub'), { recursive: true });
});
afterEach(() => rmSync(project, { recursive: true }));

function render(text: string, name?: string, values: Readonly<Record<string, Value>> = {}): unknown {
  const engine = createTemplateEngine(createFileServices(project, { HOME: '/home/me', TOOL: 'x' }));
  const layer = { source: 'magic', label: 'step', values, templated: false } as const;
  return engine.render(text, engine.createScope({ layers: [layer] }), { name });
}

describe('templates', () => {
  it('include others from beside themselves, then from templates/, then from the project', () => {
    writeFileSync(join(project, 'templates', 'sub', 'a'), 'sub-a {% include "b" %}');
    writeFileSync(join(project, 'templates', 'sub', 'b'), 'sub-b');
    writeFileSync(join(project, 'templates', 'b'), 'b');
    writeFileSync(join(project, 'c'), 'c');
    expect(render('{% include "sub/a" %} {% include "b" %} {% include "c" %}')).toBe('sub-a sub-b b c');
    expect(render('{% include "b" %}', join(project, 'templates', 'sub', 'main.j2'))).toBe('sub-b');
  });

  it('include others from where the step looks for its files, which is before the project', () => {
    const role = join(project, 'roles', 'web');
    mkdirSync(join(role, 'templates', 'parts'), { recursive: true });
    writeFileSync(join(role, 'templates', 'parts', 'a'), 'a of the role with {% include "parts/b" %}');
    writeFileSync(join(role, 'templates', 'parts', 'b'), 'b of the role');
    writeFileSync(join(project, 'templates', 'c'), 'c of the project');
    const path = { ansible_search_path: [role, project] };
    expect(render('{% include "parts/a" %}, {% include "c" %}', undefined, path)).toBe(
      'a of the role with b of the role, c of the project',
    );
  });

  it('do not include what lies outside the project', () => {
    writeFileSync(join(project, 'secret'), 's');
    expect(() => render(`{% include "${project}/secret" %}`)).toThrow(/was not found/);
    expect(() => render('{% include "../secret" %}')).toThrow(/was not found/);
  });

  it('ask about files of the controller', () => {
    writeFileSync(join(project, 'f'), '');
    symlinkSync('f', join(project, 'l'));
    symlinkSync('nowhere', join(project, 'broken'));
    const holds = (test: string) => render(`{{ ${test} }}`);
    expect(holds("'f' is file")).toBe('True');
    expect(holds("'f/below' is exists")).toBe('False');
    expect(holds("'templates' is directory")).toBe('True');
    expect(holds("'l' is link and 'l' is file")).toBe('True');
    expect(holds("'broken' is exists")).toBe('False');
    expect(holds("'/' is mount and 'f' is not mount")).toBe('True');
    expect(holds("'l' | realpath")).toBe(join(project, 'f'));
    expect(holds("'l' is same_file('f')")).toBe('True');
    expect(holds("'gone/x' | realpath")).toBe(join(project, 'gone', 'x'));
  });

  it('expand homes and variables of the environment', () => {
    expect(
      render("{{ '~/a' | expanduser }} {{ '~root/a' | expanduser }} {{ '$TOOL/$NO' | expandvars }}"),
    ).toBe('/home/me/a /root/a x/$NO');
  });
});
