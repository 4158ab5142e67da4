import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Value, ValueMap } from '../../src/model/value.ts';
import { defaultSyntax, TemplateError } from '../../src/template/engine.ts';
import { engineWith } from './support.ts';

interface Case {
  readonly template: string;
  readonly text?: string;
  readonly error?: string;
}

interface Corpus {
  readonly context: Record<string, Value>;
  readonly loader: Record<string, string>;
  readonly cases: readonly Case[];
}

/** Cases in which this engine does what playbooks expect, where plain strict undefined does not. */
const chaining: Readonly<Record<string, string>> = {
  '{{ nope.a is defined }}': 'False',
  '{{ d.nope.b is defined }}': 'False',
  "{{ d.nope.b | default('q') }}": 'q',
};

const corpus = readCorpus();

/** JSON.parse rounds the one integer beyond 2^53 and moves integer-like keys to the front; both are put right. */
function readCorpus(): Corpus {
  const file = new URL('jinja2-cases.json', import.meta.url);
  const read = JSON.parse(readFileSync(file, 'utf8')) as Corpus;
  const { z = null, y = null } = read.context['nested'] as ValueMap;
  const nested = new Map<Value, Value>([
    ['z', z],
    ['y', y],
    ['10', 'ten'],
    ['2', 'two'],
  ]);
  return { ...read, context: { ...read.context, nested, bigi: 9007199254740993n } };
}

/** The cases ran in order, and `d.update` of one of them changed `d` for those behind it. */
function contextFor(index: number): Record<string, Value> {
  const updated = corpus.cases.findIndex(({ template }) => template.includes('d.update'));
  const { q: _, ...before } = corpus.context['d'] as ValueMap;
  return index <= updated ? { ...corpus.context, d: before } : corpus.context;
}

function render(template: string, index: number): string {
  const { engine, scope } = engineWith(contextFor(index), {
    loadTemplate: (name) => (Object.hasOwn(corpus.loader, name) ? corpus.loader[name] : undefined),
  });
  return String(engine.render(template, scope, { syntax: { ...defaultSyntax } }));
}

describe("templates with the text of the real Jinja2's rendering", () => {
  corpus.cases.forEach(({ template, text, error }, index) => {
    const expected = chaining[template] ?? text;
    if (expected === undefined) {
      it(`refuses ${JSON.stringify(template)} as Jinja2 does (${error})`, () => {
        expect(() => render(template, index)).toThrow(TemplateError);
      });
      return;
    }
    it(`renders ${JSON.stringify(template)}`, () => {
      // Python prints where an object lies in memory.
      expect(render(template, index)).toBe(expected.replace(/ at 0x[0-9a-f]+/, ''));
    });
  });
});
