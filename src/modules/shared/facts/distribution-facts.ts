import type { ResultFields } from '../../../model/module.ts';
import type { Value } from '../../../model/value.ts';
import type { Sections } from './sections.ts';

/** Ansible's names for the `ID` of os-release(5), where they are not the capitalised id. */
const distributionNames: Readonly<Record<string, string>> = {
  centos: 'CentOS',
  rhel: 'RedHat',
  almalinux: 'AlmaLinux',
  ol: 'OracleLinux',
  amzn: 'Amazon',
  openeuler: 'openEuler',
  virtuozzo: 'Virtuozzo',
  arch: 'Archlinux',
  archarm: 'Archlinux',
  sles: 'SLES',
  sled: 'SLED',
  sles_sap: 'SLES_SAP',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
  'opensuse-microos': 'openSUSE MicroOS',
  nixos: 'NixOS',
  linuxmint: 'Linux Mint',
  raspbian: 'Debian',
  pop: 'Pop!_OS',
  'cumulus-linux': 'Cumulus Linux',
  openwrt: 'OpenWrt',
};

/** The family of a distribution, as Ansible groups them. */
const families: Readonly<Record<string, readonly string[]>> = {
  Debian: ['Debian', 'Ubuntu', 'Linux Mint', 'Kali', 'Devuan', 'Pop!_OS', 'Parrot', 'Deepin', 'Neon'],
  RedHat: ['RedHat', 'CentOS', 'Fedora', 'Rocky', 'AlmaLinux', 'OracleLinux', 'Amazon', 'openEuler'],
  Suse: ['SLES', 'SLED', 'SLES_SAP', 'openSUSE Leap', 'openSUSE Tumbleweed', 'openSUSE MicroOS'],
  Archlinux: ['Archlinux', 'Manjaro', 'Antergos'],
  Alpine: ['Alpine'],
  Gentoo: ['Gentoo', 'Funtoo'],
};

/** Reads `KEY=value` lines with optional quotes: os-release(5), lsb-release. */
export function parseKeyValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Z_a-z0-9]+)=(.*)$/.exec(line);
    if (match === null) continue;
    const value = (match[2] ?? '').trim().replace(/^(["'])(.*)\1$/, '$2');
    values.set(match[1] ?? '', value.replace(/\\(["$`\\])/g, '$1'));
  }
  return values;
}

/** What a distribution says of itself. */
export interface Distribution {
  readonly name: string;
  readonly family: string;
  readonly version: string;
  readonly major: string;
  readonly release: string;
  readonly osRelease: ReadonlyMap<string, string>;
}

/** Reads the release files of a host. */
export function readDistribution(sections: Sections): Distribution {
  const text = sections.file('/etc/os-release') || sections.file('/usr/lib/os-release');
  const osRelease = parseKeyValues(text);
  const name = nameOf(osRelease, sections);
  const family = familyOf(name, osRelease.get('ID_LIKE') ?? '');
  const version = versionOf(name, osRelease, sections);
  const [major = 'NA'] = version.split('.');
  return {
    name,
    family,
    version,
    major,
    release: releaseOf(name, family, version, osRelease, sections),
    osRelease,
  };
}

function nameOf(osRelease: ReadonlyMap<string, string>, sections: Sections): string {
  const id = osRelease.get('ID') ?? '';
  if (id !== '') return distributionNames[id] ?? id.charAt(0).toUpperCase() + id.slice(1);
  const redhat = sections.file('/etc/redhat-release');
  if (redhat.startsWith('CentOS')) return 'CentOS';
  if (redhat.startsWith('Red Hat')) return 'RedHat';
  if (sections.file('/etc/alpine-release') !== '') return 'Alpine';
  return sections.file('/etc/debian_version') === '' ? 'NA' : 'Debian';
}

function familyOf(name: string, idLike: string): string {
  for (const [family, members] of Object.entries(families)) if (members.includes(name)) return family;
  if (/\b(rhel|fedora|centos)\b/.test(idLike)) return 'RedHat';
  if (/\b(debian|ubuntu)\b/.test(idLike)) return 'Debian';
  if (/\bsuse\b/.test(idLike)) return 'Suse';
  if (/\barch\b/.test(idLike)) return 'Archlinux';
  return name;
}

/** The release of Debian, Alpine and CentOS is told in full only by files of their own. */
function versionOf(name: string, osRelease: ReadonlyMap<string, string>, sections: Sections): string {
  const debian = sections.file('/etc/debian_version');
  if (name === 'Debian' && /^\d+(\.\d+)*$/.test(debian)) return debian;
  const alpine = sections.file('/etc/alpine-release');
  if (name === 'Alpine' && alpine !== '') return alpine;
  const redhat = /release (\d+(?:\.\d+)?)/.exec(sections.file('/etc/redhat-release'))?.[1];
  const id = osRelease.get('VERSION_ID') ?? '';
  if (redhat !== undefined && (name === 'CentOS' || id === '')) return redhat;
  // Images of Arch leave the template's own text there.
  if (id !== '' && /\d/.test(id)) return id;
  return osRelease.get('BUILD_ID') === 'rolling' ? 'rolling' : 'NA';
}

function releaseOf(
  name: string,
  family: string,
  version: string,
  osRelease: ReadonlyMap<string, string>,
  sections: Sections,
): string {
  if (family === 'Suse') return version.split('.')[1] ?? '';
  if (version === 'rolling') return version;
  if (name === 'CentOS' && /stream/i.test(osRelease.get('NAME') ?? '')) return 'Stream';
  const codename = osRelease.get('VERSION_CODENAME');
  if (codename !== undefined) return codename;
  const inBrackets = /\(([^)]+)\)/;
  const written =
    inBrackets.exec(osRelease.get('VERSION') ?? '') ?? inBrackets.exec(sections.file('/etc/redhat-release'));
  if (written?.[1] !== undefined) return written[1];
  const testing = /^([a-z]+)\/sid$/.exec(sections.file('/etc/debian_version'));
  return testing?.[1] ?? 'NA';
}

/** `distribution*`, `os_family` and `lsb`. */
export function distributionFacts(sections: Sections): ResultFields {
  const distribution = readDistribution(sections);
  const { name, family, version, major, release, osRelease } = distribution;
  const [, minor] = version.split('.');
  return {
    distribution: name,
    distribution_version: version,
    distribution_major_version: major,
    ...(minor === undefined ? {} : { distribution_minor_version: minor }),
    distribution_release: release,
    distribution_file_path: '/etc/os-release',
    distribution_file_variety: family === 'Suse' ? 'SUSE' : family,
    distribution_file_parsed: osRelease.size > 0,
    os_family: family,
    lsb: lsbFacts(distribution, sections),
  };
}

/** `/etc/lsb-release` where a distribution still has it, else the same said by os-release. */
function lsbFacts(
  { name, version, release, osRelease }: Distribution,
  sections: Sections,
): Record<string, Value> {
  const lsb = parseKeyValues(sections.file('/etc/lsb-release'));
  const number = lsb.get('DISTRIB_RELEASE') ?? version;
  return {
    id: lsb.get('DISTRIB_ID') ?? name,
    release: number,
    codename: lsb.get('DISTRIB_CODENAME') ?? release,
    description: lsb.get('DISTRIB_DESCRIPTION') ?? osRelease.get('PRETTY_NAME') ?? '',
    major_release: number.split('.')[0] ?? number,
  };
}
