import { describe, expect, test } from 'vitest';
import { one, planOf, problemsOf } from '../support/compile-plan.ts';
import { compileOptions, layer, play, playbook, step } from '../support/playbook-builder.ts';

describe('tags that are templates', () => {
  const book = playbook({
    layers: [layer('playbook', { mine: 'deploy, web' })],
    plays: [
      play({
        layers: [layer('play', { names: ['db'] })],
        steps: [
          step({ id: 'a', tags: ['{{ mine }}'] }),
          step({ id: 'b', tags: ['{{ names }}', 'other'] }),
          step({ id: 'c', tags: ['plain'] }),
        ],
      }),
    ],
  });
  const chosen = (...tags: readonly string[]) =>
    planOf(book, one, compileOptions({ tags: [...tags] })).steps.map(({ id }) => id);

  test('choose steps by what they come to: a text with commas, or a list', () => {
    expect(chosen('web')).toEqual(['a']);
    expect(chosen('db')).toEqual(['b']);
    expect(chosen('other', 'plain')).toEqual(['b', 'c']);
    expect(planOf(book).steps.map(({ keywords }) => keywords.tags)).toEqual([
      ['deploy', 'web'],
      ['db', 'other'],
      ['plain'],
    ]);
  });

  test('take what -e says above all else', () => {
    const options = compileOptions(
      { tags: ['mail'] },
      { extraVars: [layer('extra-vars', { mine: 'mail' })] },
    );
    expect(planOf(book, one, options).steps.map(({ id }) => id)).toEqual(['a']);
  });

  test('that read what only a run can tell are refused', () => {
    const wrong = playbook({ plays: [play({ steps: [step({ tags: ['{{ nope }}'] })] })] });
    expect(problemsOf(wrong)).toEqual([
      expect.stringMatching(/^RB323 error: the template in tags cannot be used: /),
    ]);
  });
});
