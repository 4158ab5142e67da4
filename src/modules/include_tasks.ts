import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';

/** Reads a file of steps when it is reached, and runs them. */
export default defineActionModule({
  name: 'include_tasks',
  summary: 'Run the steps of another file, which is read when the step is reached.',
  description:
    'The name may be a template, and the step may have `when` and a loop: the file is then run once for each item, which its steps see. ' +
    'A relative name is looked for beside the file that includes it, then in `tasks/` of its role, then beside the playbook. ' +
    '`vars` of the step are seen by all included steps. Tags, `become` and other keywords hold for the step itself alone; those under `apply` hold for the included steps. ' +
    'Hosts that include the same file under the same variables go through it together where the play is linear; those that include something else go beside them.',
  params: () =>
    z.strictObject({
      file: z.string().describe('The file.'),
      apply: z.unknown().optional().describe('Keywords that hold for the included steps, as on a block.'),
    }),
  freeForm: 'file',
  rawParams: ['apply'],
  where: 'controller',
  checkMode: 'run',
  returns: { include: 'The name of the file.' },
  examples: [
    {
      title: 'What differs from system to system',
      yaml: 'include_tasks: "setup-{{ ansible_os_family }}.yml"',
    },
    {
      title: 'Once for each site, as another user',
      yaml: 'include_tasks:\n  file: site.yml\n  apply: {become: true}\nloop: [blog, shop]',
    },
  ],
  async run({ file }) {
    if (file.trim() === '') throw new Error('the name of the file is empty');
    return { changed: false, fields: { include: file }, include: { kind: 'tasks', name: file } };
  },
});
