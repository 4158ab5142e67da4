import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import { textParam } from './shared/param-types.ts';

/** Fails with a message. */
export default defineActionModule({
  name: 'fail',
  summary: 'Fail with a message.',
  params: z.strictObject({
    msg: textParam.default('Failed as requested from task').describe('The message.'),
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
    return { changed: false, failed: true, msg };
  },
});
