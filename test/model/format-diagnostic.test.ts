import { describe, expect, it } from 'vitest';
import { errorDiagnostic, warningDiagnostic } from '../../src/model/diagnostic.ts';
import { formatDiagnostic, plainStyle } from '../../src/model/format-diagnostic.ts';

const source = 'one\n  name: web\n日本: x\nring \u0007 bell\u202e\n';
const read = (file: string) => (file === 'a.yml' ? source : undefined);
const place = (line: number, column: number, length = 1, file = 'a.yml') => ({ file, line, column, length });

describe('a formatted diagnostic', () => {
  it('shows code, place, source line with a caret, further places and the hint', () => {
    const diagnostic = errorDiagnostic('RB104', 'the key name stands twice', {
      at: place(2, 3, 4),
      related: [{ at: place(1, 1, 3), note: 'first here' }],
      hint: 'keep one of the two',
    });
    expect(formatDiagnostic(diagnostic, read)).toBe(
      [
        'error RB104 duplicate key: the key name stands twice',
        '  --> a.yml:2:3',
        '2 |   name: web',
        '  |   ^^^^',
        '  --> a.yml:1:1 first here',
        '1 | one',
        '  | ^^^',
        '  = hint: keep one of the two',
      ].join('\n'),
    );
  });

  it('shows no source line of a file that is not known', () => {
    expect(
      formatDiagnostic(warningDiagnostic('RB120', 'no hosts', { at: place(120, 1, 1, 'b') }), read),
    ).toBe('warning RB120 inventory cannot be read: no hosts\n    --> b:120:1');
    expect(formatDiagnostic(errorDiagnostic('RB701', 'no command'), read)).toBe(
      'error RB701 usage: no command',
    );
  });

  it('stands right below wide characters, and shows no control characters', () => {
    expect(formatDiagnostic(errorDiagnostic('RB103', 'm', { at: place(3, 1, 2) }), read)).toContain(
      '\n  | ^^^^',
    );
    expect(formatDiagnostic(errorDiagnostic('RB103', 'm', { at: place(3, 5) }), read)).toContain(
      '\n  |       ^',
    );
    expect(formatDiagnostic(errorDiagnostic('RB103', 'm', { at: place(4, 6) }), read)).toContain(
      '4 | ring · bell·\n',
    );
  });

  it('cuts a long line around what is meant', () => {
    const line = `${'a'.repeat(300)}HERE${'b'.repeat(300)}`;
    const lines = formatDiagnostic(errorDiagnostic('RB103', 'm', { at: place(1, 301, 4) }), () => line).split(
      '\n',
    );
    const column = lines[3]?.indexOf('^') ?? 0;
    expect(lines[2]?.slice(column, column + 4)).toBe('HERE');
    expect(lines[2]?.length).toBeLessThan(180);
    expect(lines[3]).toMatch(/^ {2}\| +\^{4}$/);
  });

  it('stays inside the line where the place does not', () => {
    expect(formatDiagnostic(errorDiagnostic('RB103', 'm', { at: place(1, 9, 50) }), read)).toContain(
      '1 | one\n  |    ^',
    );
  });

  it('dresses its parts as it is told', () => {
    const style = { ...plainStyle, head: (text: string) => `<${text}>`, hint: (text: string) => `(${text})` };
    expect(formatDiagnostic(errorDiagnostic('RB701', 'm', { hint: 'h' }), read, style)).toBe(
      '<error RB701 usage>: m\n  = (hint: h)',
    );
  });
});
