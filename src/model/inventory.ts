import type { Place } from './place.ts';
import type { Value } from './value.ts';
import type { VariableLayer } from './variables.ts';

/**
 * How to reach a host, as written: values may be templates. The native names; Ansible's (`ansible_host`, …) stay
 * variables and are read as the same settings when a connection is made.
 */
export interface ConnectionSettings {
  readonly connection?: Value;
  readonly address?: Value;
  readonly port?: Value;
  readonly user?: Value;
  readonly password?: Value;
  readonly identity_file?: Value;
  readonly passphrase?: Value;
  readonly agent?: Value;
  readonly proxy_jump?: Value;
  readonly host_key_policy?: Value;
  readonly connect_timeout?: Value;
  readonly become?: Value;
  readonly become_method?: Value;
  readonly become_user?: Value;
  readonly become_password?: Value;
}

/** A host of the inventory. */
export interface Host {
  readonly name: string;
  readonly settings: ConnectionSettings;
  /** Variables of the host itself, lowest precedence first. */
  readonly layers: readonly VariableLayer[];
  /** Names of the groups that list it, `all` and parents not included. */
  readonly groups: readonly string[];
  readonly at?: Place | undefined;
  /** True for the localhost that exists without being written down; `all` does not hold it. */
  readonly implicit?: boolean | undefined;
}

/** A group of hosts. `all` and `ungrouped` always exist. */
export interface Group {
  readonly name: string;
  /** Hosts listed by the group itself, in order. */
  readonly hosts: readonly string[];
  readonly children: readonly string[];
  readonly settings: ConnectionSettings;
  readonly layers: readonly VariableLayer[];
  /** Ansible's `ansible_group_priority`: a higher one wins among groups of the same depth. Default 1. */
  readonly priority: number;
  readonly at?: Place | undefined;
}

/** All hosts and groups, in the order of their definition. */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly groups: ReadonlyMap<string, Group>;
  /** Connection settings for every host (`defaults:`). */
  readonly defaults: ConnectionSettings;
  /** What it was read from, for messages; empty when nothing was found. */
  readonly sources: readonly string[];
}
