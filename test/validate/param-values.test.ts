import { describe, expect, test } from 'vitest';
import { Secret, type Value } from '../../src/model/value.ts';
import { playbookOf, shortly, validateText } from '../support/validate-text.ts';

function withParam(schema: string): string {
  return `params: {x: ${schema}}\nhosts: all\nsteps: []\n`;
}

describe('values of params', () => {
  test.each<[string, Value, Value]>([
    ['{type: integer}', '42', 42],
    ['{type: number}', '0.5', 0.5],
    ['{type: boolean}', 'yes', true],
    ['{type: boolean}', 'off', false],
    ['{type: [integer, "null"]}', 'null', null],
    ['{type: array, items: {type: integer}}', '[1, 2]', [1, 2]],
    ['{type: object}', '{"a": 1}', { a: 1 }],
    ['{type: string}', '42', '42'],
    ['{}', '42', '42'],
    ['{type: [string, integer]}', '42', '42'],
  ])('a text for %s is read as its type: %j', async (schema, given, value) => {
    const { params } = await playbookOf(withParam(schema), { extraVars: { x: given } });

    expect(params).toEqual({ x: value });
  });

  test('a value goes before the default, and the default before nothing', async () => {
    const text = withParam('{type: integer, default: 3}');

    expect((await playbookOf(text)).params).toEqual({ x: 3 });
    expect((await playbookOf(text, { extraVars: { x: '4' } })).params).toEqual({ x: 4 });
  });

  test('a value that does not fit is told with the way to give another', async () => {
    const { playbook, diagnostics } = await validateText(withParam('{type: integer, minimum: 3}'), {
      extraVars: { x: 'many' },
    });

    expect(playbook).toBeUndefined();
    expect(diagnostics.map(shortly)).toEqual(['1:10 RB209 the value of param "x" must be integer']);
    expect(diagnostics[0]?.hint).toBe('give another one with -e x=...');
  });

  test('a param without a value names the option that gives one', async () => {
    const { diagnostics } = await validateText(withParam('{type: string}'));

    expect(diagnostics[0]).toMatchObject({ code: 'RB210', hint: expect.stringContaining('-e x=...') });
  });

  test('a secret value is passed on unread', async () => {
    const secret = new Secret('hunter2');
    const { params } = await playbookOf(withParam('{type: string, minLength: 20}'), {
      extraVars: { x: secret },
    });

    expect(params['x']).toBe(secret);
  });

  test.each([
    ['date', '2026-02-28', '2026-02-30'],
    ['date-time', '2026-02-28T10:00:00Z', '2026-02-28'],
    ['email', 'ops@example.com', 'ops'],
    ['hostname', 'web1.example.com', '-web'],
    ['ipv4', '10.0.0.1', '10.0.0.256'],
    ['ipv6', '::1', '10.0.0.1'],
    ['uri', 'https://example.com/a', 'example'],
    ['uuid', '123e4567-e89b-12d3-a456-426614174000', '123'],
    ['regex', '^a+$', '('],
  ])('format %s is checked', async (format, right, wrong) => {
    const text = withParam(`{type: string, format: ${format}}`);

    expect((await playbookOf(text, { extraVars: { x: right } })).params).toEqual({ x: right });
    expect((await validateText(text, { extraVars: { x: wrong } })).diagnostics).toHaveLength(1);
  });
});
