import { z } from 'zod';
import { HostError } from '../model/host.ts';
import { defineActionModule } from '../model/module.ts';
import { tryUntil } from './shared/deadline-loop.ts';
import { numberParam } from './shared/param-types.ts';

/** Only a host that is away is worth another try; a refused login stays refused. */
function isAway(error: unknown): error is HostError {
  return (
    error instanceof HostError &&
    error.kind !== 'cancelled' &&
    error.kind !== 'become' &&
    error.code !== 'RB508'
  );
}

/** Waits until a host can be reached and answers. */
export default defineActionModule({
  name: 'wait_for_connection',
  summary: 'Wait until a host can be reached, logged in to and answers.',
  description: 'In check mode it tries once, and is skipped when the host does not answer.',
  params: () =>
    z.strictObject({
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
    let reason = '';
    const { found, elapsed } = await tryUntil(given, context, async () => {
      try {
        await context.send({ type: 'call', code: 'true', readOnly: true });
        return true;
      } catch (error) {
        if (!isAway(error)) throw error;
        reason = error.message;
        return undefined;
      }
    });
    if (found === true) return { changed: false, fields: { elapsed } };
    if (context.checkMode) return { changed: false, skipped: true, msg: `would wait: ${reason}` };
    const msg = `timed out waiting for the connection: ${reason}`;
    return { changed: false, failed: true, msg, fields: { elapsed } };
  },
});
