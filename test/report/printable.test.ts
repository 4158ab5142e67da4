import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableLine, withoutWorkflowCommands } from '../../src/report/printable.ts';
import { seeded } from '../support/seeds.ts';

/** What must never reach a terminal: C0 but tab and newline, DEL, C1, bidirectional controls. */
const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

describe('text from hosts', () => {
  it('never reaches the terminal with control characters, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(printable(text)).not.toMatch(forbidden);
        expect(printableLine(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
      seeded(5_000),
    );
  });

  it.each([
    ['a window title', '\u001b]0;owned\u0007'],
    ['a clipboard write', '\u001b]52;c;aGk=\u0007'],
    ['a cursor move that repaints the line above', 'ok\u001b[1A\u001b[2Kchanged'],
    ['a C1 control sequence introducer', '\u009b2J'],
    ['a right-to-left override', 'abc\u202efdp.exe'],
    ['a lone carriage return', 'failed\rok'],
  ])('shows %s as what it is', (_what, text) => {
    expect(printable(text)).not.toMatch(forbidden);
    expect(printable(text)).toContain('\\');
  });

  it('keeps newlines and tabs, and reads CR LF as a newline', () => {
    expect(printable('a\r\n\tb\n')).toBe('a\n\tb\n');
    expect(printableLine('a\n\tb')).toBe('a\\n\\tb');
  });

  it('cannot give commands to GitHub Actions, indented or not', () => {
    const text = withoutWorkflowCommands('::error::x\n   ::set-output name=a::b\n##[group]x\nfine :: here');

    expect(text).not.toMatch(/^\s*(::|##\[)/m);
    expect(text).toContain('fine :: here');
  });
});
