import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';

/** The old name of `include_tasks`. */
export default defineActionModule({
  name: 'include',
  summary: 'Run the steps of another file: the old name of include_tasks.',
  description:
    'Kept for playbooks that have not moved on; new ones say `include_tasks`, or `import_tasks` where the file is to be read before the run. ' +
    'Words `name=value` behind the name are variables of the included steps.',
  params: () =>
    z.object({ file: z.string().describe('The file.'), apply: z.unknown().optional() }).catchall(z.unknown()),
  freeForm: 'file',
  rawParams: ['apply'],
  where: 'controller',
  checkMode: 'run',
  returns: { include: 'The name of the file.' },
  examples: [{ title: 'A file of steps', yaml: 'include: setup.yml' }],
  async run({ file, apply: _, ...variables }) {
    if (file.trim() === '') throw new Error('the name of the file is empty');
    return {
      changed: false,
      fields: { include: file },
      // Rendered parameters hold values of the template language only.
      include: { kind: 'tasks', name: file, variables: variables as Readonly<Record<string, never>> },
    };
  },
});
