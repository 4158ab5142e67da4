import { z } from 'zod';
import { duration, mapping, name, oneOrMany, template, text } from './scalars.ts';

const orTemplate = <Type extends z.ZodType>(type: Type) => z.union([type, template('a template')]);
const flag = orTemplate(z.boolean());

const settings = {
  connection: orTemplate(z.enum(['ssh', 'local'])).describe('How to reach the host: ssh or local.'),
  address: name.describe('Host name or address to dial; default the name in the inventory.'),
  port: z
    .union([z.int().min(1).max(65_535), z.string().regex(/^\d+$|\{\{|\{%/)])
    .describe('The port of the SSH server; default 22.'),
  user: name.describe('The user to log in as.'),
  password: name.describe('The password of that user. Keep it in a vault.'),
  identity_file: oneOrMany(text, 'a path or a list of paths').describe(
    'Private keys to offer; ~ is your home.',
  ),
  passphrase: name.describe('The passphrase of the private key. Keep it in a vault.'),
  agent: flag.describe('Whether to ask an ssh-agent.'),
  proxy_jump: text.describe('A host to go through: [user@]host[:port].'),
  host_key_policy: orTemplate(z.enum(['strict', 'accept-new', 'off'])).describe(
    'strict: only known host keys. accept-new: remember new ones. off: no check.',
  ),
  connect_timeout: duration.describe('How long a connection may take to open.'),
  become: flag.describe('Become another user.'),
  become_method: orTemplate(z.enum(['sudo', 'su', 'doas'])).describe('How to become another user.'),
  become_user: name.describe('The user to become; default root.'),
  become_password: name.describe('The password that becoming needs. Keep it in a vault.'),
} as const;

const optionalSettings = Object.fromEntries(
  Object.entries(settings).map(([key, schema]) => [key, schema.optional()]),
);
const vars = mapping('a mapping of variables').nullable().optional().describe('Variables.');
const names = oneOrMany(name, 'a list of names').nullable().optional();

/** Beside the keys of a shape, an entry may have settings by Ansible's names: `ansible_host`, `ansible_user`. */
function entryOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .looseObject(shape)
    .superRefine((entry, context) => {
      const unknown = Object.keys(entry).filter(
        (key) => !Object.hasOwn(shape, key) && !/^ansible_\w+$/.test(key),
      );
      if (unknown.length > 0)
        context.addIssue({ code: 'unrecognized_keys', keys: unknown, input: entry, path: [] });
    })
    .meta({ patternProperties: { '^ansible_\\w+$': {} }, additionalProperties: false })
    .nullable();
}

/** A native inventory: `defaults`, `vars`, `hosts` and `groups`. What is read by it is checked by the loader. */
export const inventorySchema = z.strictObject({
  defaults: z
    .strictObject(optionalSettings)
    .nullable()
    .optional()
    .describe('Connection settings for every host.'),
  vars: vars.describe('Variables of every host.'),
  hosts: z
    .union([oneOrMany(name, 'a list of names'), z.record(z.string(), entryOf({ ...optionalSettings, vars }))])
    .nullable()
    .optional()
    .describe('Hosts by name; web[01:03] stands for several.'),
  groups: z
    .record(
      z.string(),
      entryOf({
        ...optionalSettings,
        vars,
        hosts: names.describe('Hosts of the group: names or globs.'),
        children: names.describe('Groups that belong to the group.'),
        priority: z.int().optional().describe('A higher one wins among groups of the same depth.'),
      }),
    )
    .nullable()
    .optional()
    .describe('Groups of hosts.'),
});
