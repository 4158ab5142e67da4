import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import { textParam } from './shared/param-types.ts';

/** Shows that a host can be reached and carries out requests. */
export default defineActionModule({
  name: 'ping',
  summary: 'Show that a host can be reached, logged in to and answers.',
  params: () =>
    z.strictObject({ data: textParam.default('pong').describe('What to answer; `crash` fails.') }),
  where: 'remote',
  checkMode: 'run',
  returns: { ping: 'The value of `data`.' },
  examples: [{ title: 'All hosts', yaml: 'ping:' }],
  async run({ data }, context) {
    await context.send({ type: 'call', code: 'true', readOnly: true });
    if (data === 'crash') return { changed: false, failed: true, msg: 'boom' };
    return { changed: false, fields: { ping: data } };
  },
});
