import type { ResultFields } from '../../../model/module.ts';
import { distributionFacts } from './distribution-facts.ts';
import type { GatherParts } from './gather-script.ts';
import { hardwareFacts } from './hardware-facts.ts';
import { localFacts } from './local-facts.ts';
import { managerFacts } from './manager-facts.ts';
import { dnsFacts, networkFacts } from './network-facts.ts';
import type { Sections } from './sections.ts';
import { systemFacts } from './system-facts.ts';
import { virtualFacts } from './virtual-facts.ts';

/** The collections of facts that a host is asked for. */
export type Collection = 'min' | 'hardware' | 'network' | 'virtual' | 'local';

const collections: Readonly<Record<Collection, (sections: Sections) => ResultFields>> = {
  min: (sections) => ({
    ...systemFacts(sections),
    ...distributionFacts(sections),
    ...managerFacts(sections),
    ...dnsFacts(sections),
  }),
  hardware: hardwareFacts,
  network: networkFacts,
  virtual: virtualFacts,
  local: localFacts,
};

/** Every name that Ansible's `gather_subset` takes for a system with Linux, and the collection that answers it. */
const subsetNames: Readonly<Record<Collection, string>> = {
  min: 'min apparmor architecture caps chroot cmdline date_time distribution distribution_major_version distribution_release distribution_version dns effective_group_ids effective_user_id env fibre_channel_wwn fips hostname iscsi is_chroot kernel kernel_version loadavg lsb machine machine_id nvme os_family pkg_mgr platform processor_arch python python_version real_user_id selinux service_mgr ssh_host_key_dsa_public ssh_host_key_ecdsa_public ssh_host_key_ed25519_public ssh_host_key_rsa_public ssh_host_pub_keys ssh_pub_keys system system_capabilities system_capabilities_enforced systemd user user_dir user_gecos user_gid user_id user_shell user_uid',
  hardware: 'hardware devices mounts processor processor_cores processor_count dmi',
  network: 'network all_ipv4_addresses all_ipv6_addresses default_ipv4 default_ipv6 interfaces',
  virtual:
    'virtual virtualization_role virtualization_tech_guest virtualization_tech_host virtualization_type',
  local: 'local',
};

/** Programs of other projects whose facts Ansible can add; they are taken as not installed. */
const foreignSubsets = ['facter', 'ohai'];

const collectionOf: ReadonlyMap<string, Collection> = new Map(
  everyCollection().flatMap((name) => subsetNames[name].split(' ').map((subset) => [subset, name] as const)),
);

function everyCollection(): readonly Collection[] {
  return ['min', 'local', 'hardware', 'network', 'virtual'];
}

/** Every word that `gather_subset` takes, without the `!`. */
export const subsetWords: readonly string[] = ['all', ...collectionOf.keys(), ...foreignSubsets];

/**
 * The collections that `gather_subset` asks for, as Ansible reads it: without a name to include, all; `min` (with
 * `local`) always, unless `!min` is given; `!all` leaves out what is not named itself.
 */
export function wantedCollections(given: readonly string[]): ReadonlySet<Collection> {
  const named = given.filter((word) => !word.startsWith('!'));
  const excluded = new Set(given.filter((word) => word.startsWith('!')).map((word) => word.slice(1)));
  const included = new Set(named.map((word) => collectionOf.get(word)));
  const takesAll = (named.includes('all') || named.length === 0) && !excluded.has('all');
  // `!mounts` leaves out one fact, not all of its collection.
  const isWanted = (one: Collection) =>
    included.has(one) || (!excluded.has(one) && (takesAll || isMinimal(one, excluded)));
  return new Set(everyCollection().filter(isWanted));
}

function isMinimal(one: Collection, excluded: ReadonlySet<string>): boolean {
  return (one === 'min' || one === 'local') && !excluded.has('min');
}

/** What the host's script has to gather for some collections. */
export function partsOf(wanted: ReadonlySet<Collection>): GatherParts {
  return {
    hardware: wanted.has('hardware'),
    network: wanted.has('network'),
    virtual: wanted.has('virtual'),
    local: wanted.has('local'),
  };
}

/** The facts of some collections, read from what the host sent. An interface cannot take the name of another fact. */
export function collectFacts(wanted: ReadonlySet<Collection>, sections: Sections): ResultFields {
  let facts: ResultFields = {};
  for (const name of wanted) facts = { ...collections[name](sections), ...facts };
  return facts;
}
