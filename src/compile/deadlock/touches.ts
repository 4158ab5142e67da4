/** What a module changes on its host that no two may change at a time. */
export interface TouchTraits {
  /** Parameters that name a file or directory which the module writes. */
  readonly paths?: readonly string[] | undefined;
  /** The parameter that names a service. */
  readonly service?: string | undefined;
  /** Whether it changes the database of the package manager, of which a host has one. */
  readonly packages?: boolean | undefined;
}

const packages: TouchTraits = { packages: true };

/** By canonical module name, for modules of this version and for those that playbooks know from elsewhere. */
export const touchTraits: Readonly<Record<string, TouchTraits>> = {
  apt: packages,
  blockinfile: { paths: ['path'] },
  copy: { paths: ['dest'] },
  dnf: packages,
  file: { paths: ['path', 'dest'] },
  lineinfile: { paths: ['path'] },
  package: packages,
  replace: { paths: ['path'] },
  service: { service: 'name' },
  systemd: { service: 'name' },
  systemd_service: { service: 'name' },
  template: { paths: ['dest'] },
  yum: packages,
};
