import type { ResultFields } from '../../../model/module.ts';
import { type Distribution, parseKeyValues, readDistribution } from './distribution-facts.ts';
import type { Sections } from './sections.ts';

/** Programs and the package manager that they are, by Ansible's names, in the order in which they count. */
const packageManagers: readonly (readonly [RegExp, string])[] = [
  [/\/apt-get$/, 'apt'],
  [/\/(dnf|dnf-3|dnf5|microdnf)$/, 'dnf'],
  [/\/yum$/, 'yum'],
  [/\/zypper$/, 'zypper'],
  [/\/apk$/, 'apk'],
  [/\/pacman$/, 'pacman'],
  [/\/emerge$/, 'portage'],
  [/\/xbps-install$/, 'xbps'],
  [/\/opkg$/, 'opkg'],
  [/\/pkg$/, 'pkgng'],
];

/** The manager that a family is built on; others may be installed beside it. */
const familyManagers: Readonly<Record<string, readonly string[]>> = {
  Debian: ['apt'],
  RedHat: ['dnf', 'yum'],
  Suse: ['zypper'],
  Archlinux: ['pacman'],
  Alpine: ['apk'],
  Gentoo: ['portage'],
};

function packageManager(distribution: Distribution, sections: Sections): string {
  if (sections.lines('init').includes('/run/ostree-booted')) return 'atomic_container';
  const programs = sections.lines('pkg');
  const found = packageManagers
    .filter(([pattern]) => programs.some((program) => pattern.test(program)))
    .map(([, name]) => name);
  const own = familyManagers[distribution.family]?.find((name) => found.includes(name));
  const name = own ?? found[0] ?? 'unknown';
  const isFedora5 = distribution.name === 'Fedora' && Number(distribution.major) >= 41;
  return name === 'dnf' && isFedora5 && programs.includes('/usr/bin/dnf5') ? 'dnf5' : name;
}

/** Names of process 1 and the service manager that it is. */
const initNames: Readonly<Record<string, string>> = {
  systemd: 'systemd',
  procd: 'openwrt_init',
  runit: 'runit',
  'runit-init': 'runit',
  'openrc-init': 'openrc',
  upstart: 'upstart',
  dinit: 'dinit',
  's6-svscan': 's6',
  svscan: 'svc',
};

function serviceManager(sections: Sections): string {
  const has = (...paths: readonly string[]) => paths.some((path) => sections.lines('init').includes(path));
  if (has('/run/systemd/system')) return 'systemd';
  const named = initNames[sections.file('/proc/1/comm')];
  if (named !== undefined) return named;
  if (has('/sbin/procd')) return 'openwrt_init';
  if (has('/run/openrc', '/sbin/openrc', '/sbin/openrc-run')) return 'openrc';
  return has('/etc/init.d') ? 'sysvinit' : 'service';
}

function selinuxFacts(sections: Sections): ResultFields {
  const enforce = sections.file('/sys/fs/selinux/enforce');
  const config = parseKeyValues(sections.file('/etc/selinux/config'));
  if (enforce === '') return { status: 'disabled' };
  return {
    status: 'enabled',
    mode: enforce === '1' ? 'enforcing' : 'permissive',
    config_mode: config.get('SELINUX') ?? 'unknown',
    type: config.get('SELINUXTYPE') ?? 'unknown',
    policyvers: sections.file('/sys/fs/selinux/policyvers') || 'unknown',
  };
}

/** Package and service manager, SELinux, AppArmor. */
export function managerFacts(sections: Sections): ResultFields {
  return {
    pkg_mgr: packageManager(readDistribution(sections), sections),
    service_mgr: serviceManager(sections),
    selinux: selinuxFacts(sections),
    selinux_python_present: true,
    apparmor: { status: sections.text('apparmor') === 'enabled' ? 'enabled' : 'disabled' },
    fips: sections.file('/proc/sys/crypto/fips_enabled') === '1',
  };
}
