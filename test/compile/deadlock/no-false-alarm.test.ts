import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepare } from '../../../src/engine.ts';
import { folderOf } from '../../load/temporary-folder.ts';

const root = new URL('../../..', import.meta.url).pathname;
const playbooks = readdirSync(join(root, 'playbooks')).filter((name) => name.endsWith('.yml'));

const inventory = `
vars: {demo_root: /tmp/demo}
hosts: {"web[1:4]": {}, "db[1:2]": {}}
groups: {web: {hosts: ["web*"]}, db: {hosts: ["db*"]}}
`;

test.each(playbooks)('nothing is refused or warned of in playbooks/%s', async (name) => {
  const folder = folderOf({ 'inventory.yml': inventory });
  const { warnings } = await prepare(join(root, 'playbooks', name), {
    cwd: folder,
    env: {},
    inventory: [join(folder, 'inventory.yml')],
    selection: { tags: [], skipTags: [], assumeSet: [] },
    extraVars: ['version=1.2.3', 'report=/tmp/report'],
  });
  expect(warnings.filter(({ code }) => /^RB3(1[4-9]|2)/.test(code))).toEqual([]);
});
