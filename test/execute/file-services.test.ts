import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileServices } from '../../src/execute/file-services.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';

let project = '';
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'file-services-')));
  mkdirSync(join(project, 'templates', 'sub'), { recursive: true });
});
afterEach(() => rmSync(project, { recursive: true }));

function render(text: string, name?: string): unknown {
  const engine = createTemplateEngine(createFileServices(project, { HOME: '/home/me', TOOL: 'x' }));
  return engine.render(text, engine.createScope({ layers: [] }), { name });
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
