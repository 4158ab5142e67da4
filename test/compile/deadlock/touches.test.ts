import { describe, expect, test } from 'vitest';
import { one, problemsOf, two } from '../../support/compile-plan.ts';
import { layer, play, playbook, step } from '../../support/playbook-builder.ts';

const file = (path: string, more: object = {}) =>
  step({ id: 'f', module: 'file', params: { path }, ...more });
const copy = (dest: string, more: object = {}) =>
  step({ id: 'c', module: 'copy', params: { dest }, ...more });

function problems(first: ReturnType<typeof step>, second: ReturnType<typeof step>): string[] {
  const layers = [layer('playbook', { root: '/srv' })];
  return problemsOf(playbook({ locks: ['l'], layers, plays: [play({ steps: [first, second] })] }), one);
}

const beside = { needs: [] };

describe('two steps that change one thing on one host', () => {
  test('are warned of when nothing orders them', () => {
    expect(problems(file('/srv/a'), copy('{{ root }}/a', beside))).toEqual([
      'RB320 warning: "f" and "c" both change the path /srv/a on one host, and nothing orders them',
    ]);
  });

  test('are fine in order, under one lock, and on two paths', () => {
    expect(problems(file('/srv/a'), copy('/srv/a'))).toEqual([]);
    expect(problems(file('/srv/a', { lock: 'l' }), copy('/srv/a', { ...beside, lock: 'l' }))).toEqual([]);
    expect(problems(file('/srv/a'), copy('/srv/b', beside))).toEqual([]);
  });

  test('may be services, and the package database of a host', () => {
    const service = (more = {}) => step({ module: 'service', params: { name: 'app' }, ...more });
    expect(problems(service(), service(beside))[0]).toContain('the service app');
    const apt = step({ module: 'apt', params: { name: 'a' } });
    const dnf = step({ module: 'package', params: { name: 'b' }, needs: [] });
    expect(problems(apt, dnf)[0]).toContain('the package database');
  });

  test('are fine on different hosts', () => {
    const plays = ['web', 'db'].map((hosts) => play({ hosts, needs: [], steps: [file('/srv/a')] }));
    expect(problemsOf(playbook({ plays }), two)).toEqual([]);
  });
});
