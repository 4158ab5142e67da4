import { expect, it } from 'vitest';
import pause from '../../src/modules/pause.ts';
import { createHarness, stepOf } from '../support/step-harness.ts';

/** A person who answers when told to. */
function person() {
  const asked: { prompt: string; signal: AbortSignal | undefined; answer: (text: string) => void }[] = [];
  const ask = (prompt: string, options: { readonly signal?: AbortSignal | undefined }) =>
    new Promise<string | undefined>((resolve) => {
      asked.push({ prompt, signal: options.signal, answer: resolve });
      options.signal?.addEventListener('abort', () => resolve(undefined));
    });
  return { asked, ask };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('a step asks once for all hosts, and once more for each further question of a host', async () => {
  const { asked, ask } = person();
  const { run } = createHarness({ modules: [pause], runner: { ask } });
  const draft = { module: 'pause', params: { prompt: 'Go on?' } };
  const step = stepOf(draft, 0);
  const on = (host: string) => run(draft, { host, registerFor: [host], step });
  const outcomes = Promise.all([on('web1'), on('web2')]);
  await settled();

  expect(asked.map(({ prompt }) => prompt)).toEqual(['Go on?']);
  asked[0]?.answer('yes');
  expect((await outcomes).map(({ result }) => result)).toMatchObject([
    { user_input: 'yes' },
    { user_input: 'yes' },
  ]);

  const again = on('web1');
  await settled();
  expect(asked).toHaveLength(2);
  asked[1]?.answer('no');
  expect((await again).result).toMatchObject({ user_input: 'no' });
});

it('a question that nobody waits for any more is withdrawn, and the step is cancelled', async () => {
  const { asked, ask } = person();
  const { run } = createHarness({ modules: [pause], runner: { ask } });
  const ended = new AbortController();
  const outcome = run({ module: 'pause', params: {} }, {}, ended.signal);
  await settled();
  ended.abort();

  expect((await outcome).outcome).toBe('cancelled');
  expect(asked[0]?.signal?.aborted).toBe(true);
});
