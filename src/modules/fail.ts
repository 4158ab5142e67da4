import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import type { Value } from '../model/value.ts';
import { shownText } from './shared/shown-text.ts';

/** Fails with a message. */
export default defineActionModule({
  name: 'fail',
  summary: 'Fail with a message.',
  params: () =>
    z.strictObject({
      msg: z
        .unknown()
        .default('Failed as requested from task')
        .describe('The message; lists and mappings are shown as JSON.'),
    }),
  where: 'controller',
  checkMode: 'run',
  examples: [
    {
      title: 'Refuse an old release',
      yaml: 'fail: {msg: "needs Debian 12"}\nwhen: ansible_distribution_major_version | int < 12',
    },
  ],
  async run({ msg }) {
    // Rendered parameters hold values of the template language only.
    const value = msg as Value;
    return { changed: false, failed: true, msg: shownText(value), fields: { msg: value } };
  },
});
