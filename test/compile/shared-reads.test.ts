import { describe, expect, test } from 'vitest';
import { compileTemplates } from '../../src/compile/template-adapter.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';
import { one, problemsOf, steps } from '../support/compile-plan.ts';
import { compileOptions, step } from '../support/playbook-builder.ts';

const options = compileOptions({}, { engine: compileTemplates(createTemplateEngine()) });

function problems(command: string): string[] {
  const given = step({ id: 'a', params: { cmd: command } });
  const book = steps(given);
  const state = { released: { value: [], at: given.at }, n: { value: 0, at: given.at } };
  return problemsOf({ ...book, declarations: { ...book.declarations, state } }, one, options);
}

describe('what templates read of shared values', () => {
  test('is an error where it is not declared, with the nearest name', () => {
    expect(problems('echo {{ state.relesed }}')).toEqual([
      expect.stringMatching(
        /^RB212 error: .*reads state\.relesed, and state "relesed" is not declared.*did you mean "released"/,
      ),
    ]);
  });

  test('is left alone where it is declared, guarded or a method', () => {
    expect(problems("echo {{ state.n }} {{ state['released'] }} {{ state.items() | list }}")).toEqual([]);
    expect(problems('echo {{ state.later | default(1) }}')).toEqual([]);
  });
});
