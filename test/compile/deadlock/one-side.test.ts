import { describe, expect, test } from 'vitest';
import type { Playbook, Step } from '../../../src/model/playbook.ts';
import { one, problemsOf } from '../../support/compile-plan.ts';
import { compileOptions, place, play, playbook, step } from '../../support/playbook-builder.ts';

const put = (items: number) =>
  step({
    module: 'queue',
    params: { put: '{{ item }}', to: 'q' },
    loop: { form: 'loop', value: Array.from({ length: items }, (_, index) => index), at: place() },
  });

const consumer = (more: Parameters<typeof step>[0] & object = {}) =>
  step({
    name: 'worker',
    ...more,
    body: [step('work')],
    consume: { queue: 'q', as: 'job', workers: 2, retries: 0, at: place() },
  });

const drain = step({ module: 'queue', params: { join: 'q' } });

function book(...lists: readonly Step[][]): Playbook {
  const whole = playbook({ plays: lists.map((steps) => play({ needs: [], steps })) });
  return { ...whole, declarations: { ...whole.declarations, queues: { q: { capacity: 10, at: place() } } } };
}

describe('a queue', () => {
  test('that one play fills and another empties beside it is fine, however many items there are', () => {
    expect(problemsOf(book([put(500), drain], [consumer()]), one)).toEqual([]);
  });

  test('that is filled above its capacity before anybody may empty it is refused', () => {
    expect(problemsOf(book([put(11), consumer()]), one)[0]).toMatch(
      /^RB318 error: this deadlocks when .*waits for room in the queue "q"/,
    );
    expect(problemsOf(book([put(10), consumer()]), one)).toEqual([]);
  });

  test('that is waited for before anybody may empty it is refused', () => {
    expect(problemsOf(book([put(1), drain, consumer()]), one)[0]).toContain('RB318');
  });

  test('that is emptied before it is filled is refused', () => {
    expect(problemsOf(book([consumer(), put(1)]), one)[0]).toContain('RB318');
  });

  test('of which one side is missing is refused', () => {
    expect(problemsOf(book([put(1)]), one)).toEqual([
      'RB322 error: the queue "q" is filled, and nothing consumes it',
    ]);
    expect(problemsOf(book([consumer()]), one)).toEqual([
      'RB322 error: the queue "q" is consumed, and nothing fills it',
    ]);
  });

  test('of which the selection removed a side is refused as such', () => {
    const options = compileOptions({ skipTags: ['slow'] });
    expect(problemsOf(book([put(1)], [consumer({ tags: ['slow'] })]), one, options)).toEqual([
      'RB312 error: the queue "q" is filled, and what consumes it is not selected',
    ]);
  });
});
