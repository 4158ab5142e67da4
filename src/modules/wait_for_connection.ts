import { z } from 'zod';
import { HostError } from '../model/host.ts';
import { defineActionModule } from '../model/module.ts';
import { numberParam } from './shared/param-types.ts';

/** Waits until a host can be reached and answers. */
export default defineActionModule({
  name: 'wait_for_connection',
  summary: 'Wait until a host can be reached, logged in to and answers.',
  params: z.strictObject({
    delay: numberParam.default(0).describe('Seconds before the first try.'),
    timeout: numberParam.default(600).describe('Seconds in all.'),
    sleep: numberParam.default(1).describe('Seconds between tries.'),
    connect_timeout: numberParam.default(5).describe('Accepted; a try has the deadline of the connection.'),
  }),
  where: 'remote',
  checkMode: 'run',
  returns: { elapsed: 'Seconds waited.' },
  examples: [{ title: 'After a reboot', yaml: 'wait_for_connection: {delay: 10, timeout: 300}' }],
  async run(given, context) {
    const startedAtMs = Date.now();
    const elapsed = () => Math.floor((Date.now() - startedAtMs) / 1_000);
    if (given.delay > 0) await context.sleep(given.delay * 1_000);
    for (;;) {
      try {
        await context.send({ type: 'call', code: 'true', readOnly: true });
        return { changed: false, fields: { elapsed: elapsed() } };
      } catch (error) {
        // Only a host that is away is worth another try; a refused login stays refused.
        if (
          !(error instanceof HostError) ||
          error.kind === 'cancelled' ||
          error.kind === 'become' ||
          error.code === 'RB508'
        )
          throw error;
        if (Date.now() - startedAtMs + given.sleep * 1_000 > given.timeout * 1_000) {
          return {
            changed: false,
            failed: true,
            msg: `timed out waiting for the connection: ${error.message}`,
            fields: { elapsed: elapsed() },
          };
        }
      }
      await context.sleep(given.sleep * 1_000);
    }
  },
});
