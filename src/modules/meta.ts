import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';

const actions = [
  'flush_handlers',
  'noop',
  'end_host',
  'end_play',
  'end_batch',
  'clear_facts',
  'clear_host_errors',
  'reset_connection',
  'refresh_inventory',
] as const;

/** Acts on the run itself. */
export default defineActionModule({
  name: 'meta',
  summary: 'Act on the run itself: run the notified handlers now, end a host or the play, forget facts.',
  params: () =>
    z.strictObject({
      action: z
        .enum(actions)
        .describe(
          'What to do. `flush_handlers` runs the handlers notified so far; `end_host` ends the play for this host, without a failure; `end_play` for all. `clear_host_errors` clears what has failed on the hosts of the play: the blocks around the step, in whose `always` it stands, end well, so that their hosts go on behind them; plays behind have all hosts again, and the run does not count as failed for it. `refresh_inventory` reads the sources of the inventory again, once for all hosts: plays behind get the hosts that are there then; hosts and groups that steps have added stay.',
        ),
    }),
  freeForm: 'action',
  where: 'controller',
  checkMode: 'run',
  examples: [{ title: 'Restart what needs it before going on', yaml: 'meta: flush_handlers' }],
  async run({ action }, { inventory }) {
    if (action === 'refresh_inventory') {
      if (inventory === undefined) throw new Error('there is no inventory to read again');
      await inventory.refresh();
      return { changed: false };
    }
    return action === 'flush_handlers' ? { changed: false } : { changed: false, meta: action };
  },
});
