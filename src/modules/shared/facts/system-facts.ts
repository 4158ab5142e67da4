import type { ResultFields } from '../../../model/module.ts';
import type { Value } from '../../../model/value.ts';
import type { Sections } from './sections.ts';

const micros = 1_000;

/** The host's time: local, with the offset of its zone, and in UTC. */
function dateFacts(sections: Sections): Record<string, Value> {
  const [year = '', month = '', day = '', hour = '', minute = '', second = '', epoch = '0', ...zone] =
    sections.text('date').split(' ');
  const [tz = '', offset = '', weekdayNumber = '', weekday = '', weeknumber = '', nanos = ''] = zone;
  // Busybox knows no nanoseconds and prints the letters.
  const fraction = /^\d{9}$/.test(nanos)
    ? String(Math.floor(Number(nanos) / micros)).padStart(6, '0')
    : '000000';
  const utc = new Date(Number(epoch) * 1_000).toISOString().slice(0, 19);
  const basic = `${year}${month}${day}T${hour}${minute}${second}`;
  return {
    year,
    month,
    day,
    hour,
    minute,
    second,
    weekday,
    weekday_number: weekdayNumber,
    weeknumber,
    epoch,
    epoch_int: epoch,
    date: `${year}-${month}-${day}`,
    time: `${hour}:${minute}:${second}`,
    iso8601: `${utc}Z`,
    iso8601_micro: `${utc}.${fraction}Z`,
    iso8601_basic: `${basic}${fraction}`,
    iso8601_basic_short: basic,
    tz,
    tz_dst: tz,
    tz_offset: offset,
  };
}

function userFacts(sections: Sections): ResultFields {
  const id = sections.text('id');
  const number = (name: string) => /=(\d+)/.exec(new RegExp(`\\b${name}=\\d+`).exec(id)?.[0] ?? '')?.[1];
  const uid = Number(number('uid') ?? 0);
  const gid = Number(number('gid') ?? 0);
  const name = /^uid=\d+\(([^)]*)\)/.exec(id)?.[1] ?? '';
  const entry = sections.text('passwd').split(':');
  const [, , , , gecos = '', directory = sections.text('home'), shell = ''] = entry;
  return {
    user_id: name,
    user_uid: uid,
    user_gid: Number(entry[3] || gid),
    user_gecos: gecos,
    user_dir: directory,
    user_shell: shell,
    real_user_id: uid,
    effective_user_id: Number(number('euid') ?? uid),
    real_group_id: gid,
    effective_group_id: Number(number('egid') ?? gid),
  };
}

/** The session's environment, without what the session itself sets. */
function environmentOf(sections: Sections): Record<string, Value> {
  const text = sections.text('env');
  const entries = text.includes('\0') ? text.split('\0') : text.split('\n');
  const env: Record<string, Value> = {};
  for (const entry of entries) {
    const [, name, value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(entry) ?? [];
    if (name !== undefined && name !== '_' && name !== 'LC_ALL') env[name] = value;
  }
  return env;
}

function pythonFacts(sections: Sections): ResultFields {
  const [executable, told = ''] = sections.lines('python');
  const [, version, major, minor, micro] = /^Python ((\d+)\.(\d+)\.(\d+))/.exec(told) ?? [];
  if (executable === undefined || version === undefined) return {};
  const numbers = { major: Number(major), minor: Number(minor), micro: Number(micro) };
  const level = /\d(a|b|rc)\d/.exec(told)?.[1];
  const releaselevel = level === undefined ? 'final' : { a: 'alpha', b: 'beta', rc: 'candidate' }[level];
  return {
    python_version: version,
    python: {
      executable,
      version: { ...numbers, releaselevel: releaselevel ?? 'final', serial: 0 },
      version_info: [numbers.major, numbers.minor, numbers.micro, releaselevel ?? 'final', 0],
      type: 'cpython',
      has_sslcontext: true,
    },
  };
}

function cmdlineOf(text: string): Record<string, Value> {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      return at < 0 ? [word, true] : [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

/** The full name as the resolver has it: the first with a dot among the names of the host. */
function fullName(nodename: string, sections: Sections): string {
  const names = sections.text('fqdn').split(/\s+/);
  return names.find((name) => name.includes('.')) ?? (names[0] || nodename);
}

function platformFacts(sections: Sections): ResultFields {
  const [system = 'Linux', nodename = '', kernel = '', machine = ''] = sections.text('uname').split(' ');
  const fqdn = fullName(nodename, sections);
  const architecture = /^i[3-6]86$/.test(machine) ? 'i386' : machine;
  const bits = /64|s390x|alpha/.test(machine) ? '64' : '32';
  return {
    system,
    kernel,
    kernel_version: sections.file('/proc/sys/kernel/version'),
    machine,
    architecture,
    userspace_architecture: architecture,
    userspace_bits: bits,
    nodename,
    hostname: nodename.split('.')[0] ?? nodename,
    fqdn,
    domain: fqdn.includes('.') ? fqdn.slice(fqdn.indexOf('.') + 1) : '',
    machine_id: sections.file('/etc/machine-id'),
    boot_id: sections.file('/proc/sys/kernel/random/boot_id'),
  };
}

function hostKeyFacts(sections: Sections): ResultFields {
  const facts: Record<string, Value> = {};
  for (const path of sections.files(/^\/etc\/ssh\/ssh_host_\w+_key\.pub$/)) {
    const name = /ssh_host_(\w+)_key/.exec(path)?.[1] ?? '';
    const [type = '', key = ''] = sections.file(path).split(' ');
    facts[`ssh_host_key_${name}_public`] = key;
    facts[`ssh_host_key_${name}_public_keytype`] = type;
  }
  return facts;
}

function loadFacts(sections: Sections): ResultFields {
  const [one, five, fifteen] = sections.file('/proc/loadavg').split(' ').map(Number);
  return fifteen === undefined ? {} : { loadavg: { '1m': one ?? 0, '5m': five ?? 0, '15m': fifteen } };
}

/** Kernel, names, time, user, environment, Python, host keys. */
export function systemFacts(sections: Sections): ResultFields {
  return {
    ...platformFacts(sections),
    ...userFacts(sections),
    ...pythonFacts(sections),
    ...hostKeyFacts(sections),
    ...loadFacts(sections),
    date_time: dateFacts(sections),
    env: environmentOf(sections),
    cmdline: cmdlineOf(sections.file('/proc/cmdline')),
  };
}
