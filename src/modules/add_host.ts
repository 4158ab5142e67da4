import { z } from 'zod';
import { defineActionModule } from '../model/module.ts';
import type { Value } from '../model/value.ts';

const names = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value),
  z.array(z.string()),
);

/** Adds a host to the inventory of the run. */
export default defineActionModule({
  name: 'add_host',
  summary: 'Add a host to the inventory of this run, for the plays behind.',
  description:
    'It is run once for all hosts of the play, on the first of them. Every other parameter is a variable of the new host, such as `ansible_host`. ' +
    'A host that is there already gets the groups and variables. A play whose `hosts` may name it is given its hosts when it is reached.',
  params: () =>
    z
      .object({
        name: z.string().min(1).describe('The host: its name, or `name:port`.'),
        groups: names.default([]).describe('Groups that it is put into; those that are not there are made.'),
      })
      .catchall(z.unknown()),
  paramAliases: { host: 'name', hostname: 'name', group: 'groups', groupname: 'groups' },
  where: 'controller',
  checkMode: 'run',
  returns: { add_host: 'The host: `host_name`, `groups`, `host_vars`.' },
  examples: [
    {
      title: 'A machine that was just made',
      yaml: 'add_host:\n  name: "{{ new.name }}"\n  groups: fresh\n  ansible_host: "{{ new.address }}"',
    },
  ],
  async run({ name, groups, ...given }, context) {
    if (context.inventory === undefined) throw new Error('there is no inventory to add a host to');
    const { host, port } = hostPort(name);
    // Rendered parameters hold values of the template language only.
    const variables = { ...given, ...(port !== undefined && { ansible_ssh_port: port }) } as Record<
      string,
      Value
    >;
    const wanted = groups.filter((group) => group !== '');
    const changed = context.inventory.addHost(host, wanted, variables);
    return { changed, fields: { add_host: { host_name: host, groups: wanted, host_vars: variables } } };
  },
});

function hostPort(name: string): { readonly host: string; readonly port?: number | undefined } {
  const match = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(name.trim());
  if (match === null) return { host: name.trim() };
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(match[2]) };
}
