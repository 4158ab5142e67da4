import type { ResultFields } from '../../../model/module.ts';
import type { Sections } from './sections.ts';

/** Ansible's names for the `ID` of os-release(5), where they are not the capitalised id. */
const distributionNames: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  linuxmint: 'Linux Mint',
  raspbian: 'Debian',
  kali: 'Kali',
  devuan: 'Devuan',
  centos: 'CentOS',
  rhel: 'RedHat',
  fedora: 'Fedora',
  rocky: 'Rocky',
  almalinux: 'AlmaLinux',
  ol: 'OracleLinux',
  amzn: 'Amazon',
  alpine: 'Alpine',
  arch: 'Archlinux',
  manjaro: 'Manjaro',
  gentoo: 'Gentoo',
  sles: 'SLES',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
  void: 'Void',
  nixos: 'NixOS',
  pop: 'Pop!_OS',
  openwrt: 'OpenWrt',
};

/** The family of a distribution, as Ansible groups them. */
const families: Readonly<Record<string, readonly string[]>> = {
  Debian: ['Debian', 'Ubuntu', 'Linux Mint', 'Kali', 'Devuan', 'Pop!_OS', 'Raspbian'],
  RedHat: ['RedHat', 'CentOS', 'Fedora', 'Rocky', 'AlmaLinux', 'OracleLinux', 'Amazon'],
  Suse: ['SLES', 'openSUSE Leap', 'openSUSE Tumbleweed'],
  Archlinux: ['Archlinux', 'Manjaro'],
  Alpine: ['Alpine'],
  Gentoo: ['Gentoo'],
};

/** Reads `KEY=value` lines with optional quotes: os-release(5), lsb-release. */
export function parseKeyValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Z_a-z0-9]+)=(.*)$/.exec(line);
    if (match === null) continue;
    values.set(
      match[1] ?? '',
      (match[2] ?? '')
        .trim()
        .replace(/^(["'])(.*)\1$/, '$2')
        .replace(/\\(["$`\\])/g, '$1'),
    );
  }
  return values;
}

function familyOf(name: string, idLike: string): string {
  for (const [family, members] of Object.entries(families)) if (members.includes(name)) return family;
  if (/\b(rhel|fedora|centos)\b/.test(idLike)) return 'RedHat';
  if (/\b(debian|ubuntu)\b/.test(idLike)) return 'Debian';
  if (/\bsuse\b/.test(idLike)) return 'Suse';
  if (/\barch\b/.test(idLike)) return 'Archlinux';
  return name;
}

/** Debian's point release and Alpine's full version stand in files of their own. */
function versionOf(name: string, versionId: string, sections: Sections): string {
  const debian = sections.text('debian_version');
  if (name === 'Debian' && /^\d+(\.\d+)?$/.test(debian)) return debian;
  const alpine = sections.text('alpine_version');
  if (name === 'Alpine' && alpine !== '') return alpine;
  const centos = /release (\d+(?:\.\d+)*)/.exec(sections.text('redhat_release'))?.[1];
  if (name === 'CentOS' && centos !== undefined) return centos;
  return versionId === '' ? 'NA' : versionId;
}

/** `distribution*`, `os_family` and `lsb`. */
export function distributionFacts(sections: Sections): ResultFields {
  const release = parseKeyValues(sections.text('os_release'));
  const id = release.get('ID') ?? '';
  const name = distributionNames[id] ?? (id === '' ? 'NA' : id.charAt(0).toUpperCase() + id.slice(1));
  const version = versionOf(name, release.get('VERSION_ID') ?? '', sections);
  const codename =
    release.get('VERSION_CODENAME') ?? /\(([^)]+)\)/.exec(release.get('VERSION') ?? '')?.[1] ?? 'NA';
  const major = version.split('.')[0] ?? 'NA';
  const lsb = parseKeyValues(sections.text('lsb_release'));
  return {
    distribution: name,
    distribution_version: version,
    distribution_major_version: major,
    distribution_release: codename,
    distribution_file_path: '/etc/os-release',
    distribution_file_variety: familyOf(name, release.get('ID_LIKE') ?? ''),
    distribution_file_parsed: release.size > 0,
    os_family: familyOf(name, release.get('ID_LIKE') ?? ''),
    lsb: {
      id: lsb.get('DISTRIB_ID') ?? name,
      release: lsb.get('DISTRIB_RELEASE') ?? version,
      codename: lsb.get('DISTRIB_CODENAME') ?? codename,
      description: lsb.get('DISTRIB_DESCRIPTION') ?? release.get('PRETTY_NAME') ?? '',
      major_release: (lsb.get('DISTRIB_RELEASE') ?? major).split('.')[0] ?? major,
    },
  };
}
