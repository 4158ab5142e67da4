import { describe, expect, it } from 'vitest';
import { settleError } from '../../src/execute/failures.ts';
import { TemplateError, type TemplateErrorKind } from '../../src/template/errors.ts';

function settled(kind: TemplateErrorKind, dialect: 'native' | 'ansible') {
  const position = { template: 'msg', line: 2, column: 5 };
  const error = new TemplateError('"x" is undefined', { kind, position });
  return settleError(error, new AbortController().signal, dialect);
}

describe('the message of a template that fails', () => {
  it('has the place of the mistake', () => {
    expect(settled('runtime', 'native')).toMatchObject({
      outcome: 'failed',
      msg: '"x" is undefined (msg:2:5)',
      hint: undefined,
    });
  });

  it('is in the dialect of Ansible what playbooks test for, with the place in the hint', () => {
    expect(settled('runtime', 'ansible')).toMatchObject({
      msg: '"x" is undefined',
      hint: 'The place is msg:2:5.',
    });
    expect(settled('undefined', 'ansible').msg).toMatch(
      /^The task includes an option with an undefined variable.*: "x" is undefined$/,
    );
  });
});
