import { z } from 'zod';
import { defineProbingModule } from '../model/module.ts';
import { anySize, fileProbe } from './shared/file-probe.ts';
import { layOver } from './shared/planned-state.ts';
import { readObstacle } from './shared/readable.ts';
import { path } from './shared/text-params.ts';

const params = () => z.strictObject({ src: path().describe('File on the host.') });

/** Fetches the content of a file of the host as a value. */
export default defineProbingModule({
  name: 'slurp',
  summary: 'Read a file of the host into the registered result, as base64.',
  description: 'The content is for `b64decode`. The file is held in memory: use `fetch` for large ones.',
  params,
  paramAliases: { path: 'src' },
  returns: { content: 'The bytes as base64.', encoding: '`base64`.', source: 'Path of the file.' },
  examples: [
    {
      title: 'The public key of the host',
      yaml: 'slurp:\n  src: /etc/ssh/ssh_host_ed25519_key.pub\nregister: key\n# then: "{{ key.content | b64decode }}"',
    },
  ],

  probe: (wish) => fileProbe({ path: wish.src, follow: true, contentLimitBytes: anySize, maker: false }),
  plan(_wish, found, context) {
    const state = layOver(found, context);
    const problem = readObstacle(state);
    if (problem !== undefined || state.content === undefined)
      return { type: 'failed', msg: problem ?? `cannot read ${state.path}` };
    const fields = { content: state.content.toString('base64'), encoding: 'base64', source: state.path };
    return { type: 'none', reason: 'slurp only reads', result: { fields } };
  },
  apply: async () => ({ changed: false }),
});
