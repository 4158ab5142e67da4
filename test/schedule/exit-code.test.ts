import { expect, it } from 'vitest';
import { exitCode } from '../../src/schedule/exit-code.ts';

const sound = {
  changed: false,
  failed: false,
  unreachable: false,
  unknown: false,
  heldElsewhere: false,
  internalErrors: [],
  interrupted: false,
};
const all = {
  changed: true,
  failed: true,
  unreachable: true,
  unknown: true,
  heldElsewhere: true,
  internalErrors: ['bug'],
  interrupted: true,
};

it('is the first that applies of 70, 130, 5, 75, 2, 4, 3 and 0', () => {
  const checkExitCode = true;
  const steps: readonly (readonly [Partial<typeof all>, number])[] = [
    [{}, 70],
    [{ internalErrors: [] }, 130],
    [{ interrupted: false }, 5],
    [{ unknown: false }, 75],
    [{ heldElsewhere: false }, 2],
    [{ failed: false }, 4],
    [{ unreachable: false }, 3],
    [{ changed: false }, 0],
  ];
  let result: typeof all = all;
  for (const [without, code] of steps) {
    result = { ...result, ...without };
    expect(exitCode(result, { checkExitCode })).toBe(code);
  }
});

it('does not tell pending changes unless asked to', () => {
  expect(exitCode({ ...sound, changed: true }, { checkExitCode: false })).toBe(0);
});
