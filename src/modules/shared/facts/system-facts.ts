import type { ResultFields } from '../../../model/module.ts';
import type { Value } from '../../../model/value.ts';
import { parseKeyValues } from './distribution-facts.ts';
import type { Sections } from './sections.ts';

/** Program to package manager, by Ansible's names, in the order in which they count. */
const packageManagers: readonly (readonly [string, string])[] = [
  ['/usr/bin/apt-get', 'apt'],
  ['/usr/bin/dnf5', 'dnf5'],
  ['/usr/bin/dnf', 'dnf'],
  ['/usr/bin/yum', 'yum'],
  ['/usr/bin/zypper', 'zypper'],
  ['/sbin/apk', 'apk'],
  ['/usr/bin/pacman', 'pacman'],
  ['/usr/bin/emerge', 'portage'],
  ['/usr/bin/xbps-install', 'xbps'],
  ['/usr/bin/opkg', 'opkg'],
  ['/usr/sbin/pkg', 'pkgng'],
];

function serviceManager(sections: Sections): string {
  const lines = sections.lines('init');
  if (lines.includes('/run/systemd/system')) return 'systemd';
  if (lines.includes('/run/openrc') || lines.includes('/sbin/openrc-run')) return 'openrc';
  const [init = ''] = lines;
  if (init === 'systemd') return 'systemd';
  if (init === 'runit' || init === 'upstart') return init;
  return init === '' || init === 'init' ? 'sysvinit' : 'service';
}

function selinuxFacts(sections: Sections): Record<string, Value> {
  const enforce = sections.text('selinux');
  const config = parseKeyValues(sections.text('selinux_config'));
  if (enforce === '') return { status: 'disabled' };
  const mode = enforce.startsWith('1') ? 'enforcing' : 'permissive';
  return {
    status: 'enabled',
    mode,
    config_mode: config.get('SELINUX') ?? 'unknown',
    type: config.get('SELINUXTYPE') ?? 'unknown',
    policyvers: enforce.slice(1).trim(),
  };
}

/** systemd-detect-virt's names to Ansible's, where they differ. */
const virtualizationNames: Readonly<Record<string, string>> = {
  docker: 'docker',
  oracle: 'virtualbox',
  microsoft: 'VirtualPC',
  'systemd-nspawn': 'systemd-nspawn',
  amazon: 'kvm',
  qemu: 'kvm',
};

function guestOf(sections: Sections): string | undefined {
  const lines = sections.lines('virt');
  if (lines.includes('/.dockerenv')) return 'docker';
  if (lines.includes('/run/.containerenv')) return 'podman';
  const [detected = ''] = lines.filter((line) => !line.startsWith('/'));
  if (detected !== '' && detected !== 'none') return virtualizationNames[detected] ?? detected;
  const product = `${sections.text('dmi_product')} ${sections.text('dmi_vendor')}`;
  if (/KVM|QEMU|Google Compute|OpenStack|Amazon EC2/.test(product)) return 'kvm';
  if (/VMware/.test(product)) return 'VMware';
  if (/VirtualBox/.test(product)) return 'virtualbox';
  if (/\bhypervisor\b/.test(sections.text('cpuinfo'))) return 'kvm';
  return undefined;
}

function virtualizationFacts(sections: Sections): ResultFields {
  const guest = guestOf(sections);
  if (guest !== undefined)
    return {
      virtualization_type: guest,
      virtualization_role: 'guest',
      virtualization_tech_guest: [guest],
      virtualization_tech_host: [],
    };
  const host = sections.lines('virt').includes('/dev/kvm');
  return {
    virtualization_type: host ? 'kvm' : 'NA',
    virtualization_role: host ? 'host' : 'NA',
    virtualization_tech_guest: [],
    virtualization_tech_host: host ? ['kvm'] : [],
  };
}

function dateFacts(sections: Sections): Record<string, Value> {
  const [
    year = '',
    month = '',
    day = '',
    hour = '',
    minute = '',
    second = '',
    epoch = '',
    tz = '',
    offset = '',
    weekdayNumber = '',
    weekday = '',
    weeknumber = '',
  ] = sections.text('date').split(' ');
  const utc = sections.text('dateutc');
  return {
    year,
    month,
    day,
    hour,
    minute,
    second,
    weekday,
    weekday_number: weekdayNumber === '7' ? '0' : weekdayNumber,
    weeknumber,
    epoch,
    epoch_int: epoch,
    date: `${year}-${month}-${day}`,
    time: `${hour}:${minute}:${second}`,
    iso8601: utc,
    iso8601_micro: utc.replace('Z', '.000000Z'),
    iso8601_basic: `${year}${month}${day}T${hour}${minute}${second}000000`,
    iso8601_basic_short: `${year}${month}${day}T${hour}${minute}${second}`,
    tz,
    tz_dst: tz,
    tz_offset: offset,
  };
}

function userFacts(sections: Sections): ResultFields {
  const [name = '', uid = '', gid = '', home = ''] = sections.lines('user');
  const [, , , , gecos = '', directory = home, shell = ''] = sections.text('passwd').split(':');
  return {
    user_id: name,
    user_uid: Number(uid),
    user_gid: Number(gid),
    user_gecos: gecos,
    user_dir: directory,
    user_shell: shell,
    effective_user_id: Number(uid),
    real_user_id: Number(uid),
    effective_group_id: Number(gid),
    real_group_id: Number(gid),
  };
}

function environmentOf(sections: Sections): Record<string, Value> {
  const env: Record<string, Value> = {};
  let last: string | undefined;
  for (const line of sections.text('env').split('\n')) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match !== null) {
      last = match[1] ?? '';
      env[last] = match[2] ?? '';
    } else if (last !== undefined) env[last] = `${String(env[last])}\n${line}`;
  }
  return env;
}

function pythonFacts(sections: Sections): ResultFields {
  const [executable, version] = sections.lines('python');
  if (executable === undefined || version === undefined) return {};
  const [major = 0, minor = 0, micro = 0] = version.split('.').map(Number);
  return {
    python_version: version,
    python: {
      executable,
      version: { major, minor, micro, releaselevel: 'final', serial: 0 },
      version_info: [major, minor, micro, 'final', 0],
      type: 'cpython',
      has_sslcontext: true,
    },
  };
}

function cmdlineOf(text: string): Record<string, Value> {
  return Object.fromEntries(
    text
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => {
        const at = word.indexOf('=');
        return at < 0 ? [word, true] : [word.slice(0, at), word.slice(at + 1)];
      }),
  );
}

/** Kernel, names, managers, virtualisation, time, user, environment, Python. */
export function systemFacts(sections: Sections): ResultFields {
  const nodename = sections.text('nodename');
  const fqdn = sections.text('fqdn') || nodename;
  const machine = sections.text('machine');
  const programs = sections.lines('pkg');
  return {
    system: sections.text('system') || 'Linux',
    kernel: sections.text('kernel'),
    kernel_version: sections.text('kernel_version'),
    machine,
    architecture: machine,
    userspace_bits: /64|s390x/.test(machine) ? '64' : '32',
    nodename,
    hostname: nodename.split('.')[0] ?? nodename,
    fqdn,
    domain: fqdn.includes('.') ? fqdn.slice(fqdn.indexOf('.') + 1) : '',
    machine_id: sections.text('machine_id'),
    boot_id: sections.text('boot_id'),
    pkg_mgr: packageManagers.find(([program]) => programs.includes(program))?.[1] ?? 'unknown',
    service_mgr: serviceManager(sections),
    selinux: selinuxFacts(sections),
    selinux_python_present: true,
    apparmor: { status: sections.text('apparmor') === 'enabled' ? 'enabled' : 'disabled' },
    ...virtualizationFacts(sections),
    ...userFacts(sections),
    ...pythonFacts(sections),
    date_time: dateFacts(sections),
    env: environmentOf(sections),
    cmdline: cmdlineOf(sections.text('cmdline')),
    local: localFacts(sections),
  };
}

/** `ansible_local`: JSON, else INI with sections, else the error's text, as Ansible has it. */
function localFacts(sections: Sections): Record<string, Value> {
  return Object.fromEntries(
    sections.named('local:').map((name) => [name, localFact(sections.text(`local:${name}`))]),
  );
}

function localFact(text: string): Value {
  try {
    // JSON.parse gives nothing but values of the template language.
    return JSON.parse(text) as Value;
  } catch {
    return iniSections(text) ?? 'error loading fact - please check content';
  }
}

function iniSections(text: string): Record<string, Value> | undefined {
  const result: Record<string, Record<string, Value>> = {};
  let section: Record<string, Value> | undefined;
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue;
    const head = /^\[([^\]]+)\]$/.exec(trimmed)?.[1];
    const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(trimmed);
    if (head !== undefined) section = result[head] = {};
    else if (pair !== null && section !== undefined) section[(pair[1] ?? '').toLowerCase()] = pair[2] ?? '';
    else return undefined;
  }
  return result;
}
