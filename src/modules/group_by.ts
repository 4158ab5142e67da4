import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import { textParam } from './shared/param-types.ts';

const names = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value),
  z.array(z.string()),
);

/** Puts each host into a group that a value of its own names. */
export default defineActionModule({
  name: 'group_by',
  summary: 'Put each host into a group that one of its values names, for the plays behind.',
  description: 'Spaces in names become `-`. Groups that are not there are made.',
  params: () =>
    z.strictObject({
      key: textParam.describe('The name of the group.'),
      parents: names.default(['all']).describe('Groups that the group is put below.'),
    }),
  where: 'controller',
  checkMode: 'run',
  returns: { add_group: 'The group.', parent_groups: 'The groups above it.' },
  examples: [
    { title: 'One group for each system', yaml: 'group_by:\n  key: "os_{{ ansible_distribution }}"' },
  ],
  async run({ key, parents }, context) {
    if (context.inventory === undefined) throw new Error('there is no inventory to group hosts in');
    const group = key.replaceAll(' ', '-');
    if (group === '') throw new Error('the name of the group is empty');
    const above = parents.map((name) => name.replaceAll(' ', '-'));
    const changed = context.inventory.group(context.hostName, group, above);
    return { changed, fields: { add_group: group, parent_groups: above } };
  },
});
