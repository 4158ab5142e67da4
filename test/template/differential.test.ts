import { describe, expect, it } from 'vitest';
import { createTemplateEngine, defaultSyntax, TemplateError } from '../../src/template/engine.ts';
import {
  differentialContext,
  differentialLoader,
  expressions,
  refused,
  templates,
} from './differential-cases.ts';
import { hasRealJinja, type RealResult, renderWithRealJinja } from './real-jinja.ts';

const loader: Readonly<Record<string, string>> = differentialLoader;
const engine = createTemplateEngine({
  loadTemplate: (name) => (Object.hasOwn(loader, name) ? loader[name] : undefined),
});

function render(template: string, trim = true, lstrip = false): string {
  const scope = engine.createScope({
    layers: [{ source: 'facts', label: 'test', values: differentialContext, templated: false }],
  });
  const syntax =
    trim && !lstrip ? defaultSyntax : { ...defaultSyntax, trimBlocks: trim, lstripBlocks: lstrip };
  return String(engine.render(template, scope, { syntax }));
}

function expectSame(template: string, real: RealResult | undefined, trim = true, lstrip = false): void {
  if (real === undefined) throw new Error('Jinja2 gave no answer');
  if ('error' in real)
    expect(() => render(template, trim, lstrip), `Jinja2: ${real.error}`).toThrow(TemplateError);
  else expect(render(template, trim, lstrip)).toBe(real.text);
}

const available = hasRealJinja();
if (!available) console.warn('python3 with jinja2 is not installed: the comparison with it is left out');

describe.skipIf(!available)('templates rendered by the real Jinja2 beside this engine', () => {
  const printed = expressions.map((expression) => `{{ ${expression} }}`);
  const all = available
    ? renderWithRealJinja([...printed, ...templates, ...refused], differentialContext, {
        loader: differentialLoader,
      })
    : [];

  it.each(printed.map((template, i) => [template, i] as const))('agrees on %j', (template, i) => {
    const real = all[i];
    expect(real, 'Jinja2 renders it').toHaveProperty('text');
    expectSame(template, real);
  });

  it.each(templates.map((template, i) => [template, printed.length + i] as const))(
    'agrees on the template %j',
    (template, i) => {
      const real = all[i];
      expect(real, 'Jinja2 renders it').toHaveProperty('text');
      expectSame(template, real);
    },
  );

  it.each(refused.map((template, i) => [template, printed.length + templates.length + i] as const))(
    'refuses %j as Jinja2 does',
    (template, i) => {
      expect(all[i], 'Jinja2 refuses it').toHaveProperty('error');
      expectSame(template, all[i]);
    },
  );

  it.each([
    [false, false],
    [true, true],
    [false, true],
  ])('agrees on whitespace with trim_blocks %s and lstrip_blocks %s', (trim, lstrip) => {
    const real = renderWithRealJinja(templates, differentialContext, {
      loader: differentialLoader,
      trim,
      lstrip,
    });
    templates.forEach((template, i) => {
      // Templates that are loaded keep the default whitespace rules here.
      if (!/include|import|extends/.test(template)) expectSame(template, real[i], trim, lstrip);
    });
  });
});
