import type { Place } from './place.ts';
import type { Value } from './value.ts';

/**
 * The precedence of variable sources, lowest first: a later source hides an earlier one. This list is the only place
 * that knows the order. It follows Ansible's, less its command-line connection options.
 */
export const precedence = [
  'role-defaults',
  'inventory-all',
  'group-vars-all',
  'inventory-group',
  'group-vars',
  'inventory-host',
  'host-vars',
  'facts',
  'playbook',
  'play',
  'vars-prompt',
  'vars-files',
  'role-vars',
  'block',
  'step',
  'include-vars',
  'registered',
  'role-params',
  'include-params',
  'extra-vars',
  'magic',
] as const;

/** One source of variables in the order of `precedence`. */
export type VariableSource = (typeof precedence)[number];

/** Variables that come from one place. */
export interface VariableLayer {
  readonly source: VariableSource;
  /** For people: `group_vars/web.yml`, `play "Web"`, `-e`. */
  readonly label: string;
  readonly values: Readonly<Record<string, Value>>;
  /** Where each name is defined, where a file says so. */
  readonly places?: Readonly<Record<string, Place>> | undefined;
  /** Set for `group_vars` and `host_vars` beside the playbook: they win over those beside the inventory. */
  readonly beside?: 'playbook' | undefined;
  /** Whether strings in the layer are templates. Data from hosts never are. Default true. */
  readonly templated?: boolean | undefined;
}
