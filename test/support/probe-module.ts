import { z } from 'zod';
import { defineActionModule, defineProbingModule, type ModuleSpec } from '../../src/model/module.ts';
import type { Value } from '../../src/model/value.ts';

/** A probing module over one line of text: the host prints it, and `apply` sends another. */
export const line: ModuleSpec = defineProbingModule({
  name: 'line',
  summary: 'Keeps a line.',
  params: () =>
    z.strictObject({
      text: z.string(),
      count: z.int().default(1),
      fail: z.string().optional(),
      path: z.string().optional(),
    }),
  paramAliases: { value: 'text' },
  examples: [],
  probe: () => ({
    request: { type: 'call', code: 'read-line', readOnly: true },
    parse: (reply) => {
      if (reply.rc !== 0) throw new Error(`the line cannot be read (rc ${reply.rc})`);
      return reply.stdout.bytes.toString('utf8');
    },
  }),
  plan: ({ text, fail }, state: string) => {
    if (fail !== undefined) return { type: 'failed', msg: fail };
    const result = { diff: { before: state, after: text }, fields: { text } };
    if (state === text) return { type: 'none', reason: 'the line is right' };
    return { type: 'change', change: { text }, result };
  },
  apply: async ({ text }, { send }) => {
    await send({ type: 'call', code: `write-line ${text}`, readOnly: false });
    return { changed: true, fields: { written: true } };
  },
});

/** What a `give` module does when it runs. */
export type Give = (
  params: Readonly<Record<string, Value>>,
  count: number,
) => Readonly<Record<string, Value>>;

/** An action on the controller that returns the fields it is told to, and counts how often it ran. */
export function giving(
  name: string,
  give: Give,
): ModuleSpec & { readonly runs: Readonly<Record<string, Value>>[] } {
  const runs: Readonly<Record<string, Value>>[] = [];
  const spec = defineActionModule({
    name,
    summary: 'Gives what it is told to.',
    params: () => z.record(z.string(), z.unknown()),
    where: 'controller',
    checkMode: 'run',
    examples: [],
    run: async (given) => {
      // Rendered parameters hold values of the template language only.
      const params = given as Record<string, Value>;
      runs.push(params);
      const { changed = false, failed, skipped, msg, rc, ...fields } = give(params, runs.length);
      return {
        changed: changed === true,
        failed: failed === undefined ? undefined : failed === true,
        skipped: skipped === true ? true : undefined,
        msg: msg === undefined ? undefined : String(msg),
        rc: typeof rc === 'number' ? rc : undefined,
        fields,
      };
    },
  });
  return { ...spec, runs };
}
