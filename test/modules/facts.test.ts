import { describe, expect, it } from 'vitest';
import type { ResultFields } from '../../src/model/module.ts';
import { distributionFacts } from '../../src/modules/shared/facts/distribution-facts.ts';
import { hardwareFacts } from '../../src/modules/shared/facts/hardware-facts.ts';
import { managerFacts } from '../../src/modules/shared/facts/manager-facts.ts';
import { dnsFacts, networkFacts } from '../../src/modules/shared/facts/network-facts.ts';
import { processorFacts } from '../../src/modules/shared/facts/processor-facts.ts';
import { readSections } from '../../src/modules/shared/facts/sections.ts';
import { wantedCollections } from '../../src/modules/shared/facts/subsets.ts';
import { systemFacts } from '../../src/modules/shared/facts/system-facts.ts';
import { virtualFacts } from '../../src/modules/shared/facts/virtual-facts.ts';

interface Host {
  readonly files?: Readonly<Record<string, string>>;
  readonly sections?: Readonly<Record<string, string>>;
}

/** What a host would have sent. */
function sent({ files = {}, sections = {} }: Host) {
  const lines = Object.entries(files).flatMap(([path, text]) =>
    text.split('\n').map((line) => `${path}:${line}`),
  );
  const all = { files: lines.join('\n'), ...sections };
  return readSections(
    Object.entries(all)
      .map(([name, text]) => `\u001e${name}\n${text}\n`)
      .join(''),
  );
}

const release = (text: string, more: Readonly<Record<string, string>> = {}) =>
  sent({ files: { '/etc/os-release': text, ...more } });

describe('the facts of a distribution', () => {
  it.each<[string, ReturnType<typeof release>, ResultFields]>([
    [
      'Ubuntu',
      release(
        'NAME="Ubuntu"\nVERSION_ID="22.04"\nVERSION="22.04.3 LTS (Jammy Jellyfish)"\nVERSION_CODENAME=jammy\nID=ubuntu\nID_LIKE=debian',
        {
          '/etc/debian_version': 'bookworm/sid',
          '/etc/lsb-release':
            'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\nDISTRIB_DESCRIPTION="Ubuntu 22.04.3 LTS"',
        },
      ),
      {
        distribution: 'Ubuntu',
        distribution_version: '22.04',
        distribution_major_version: '22',
        distribution_release: 'jammy',
        os_family: 'Debian',
        lsb: {
          id: 'Ubuntu',
          codename: 'jammy',
          release: '22.04',
          major_release: '22',
          description: 'Ubuntu 22.04.3 LTS',
        },
      },
    ],
    [
      'Debian',
      release('VERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian', {
        '/etc/debian_version': '12.5',
      }),
      {
        distribution: 'Debian',
        distribution_version: '12.5',
        distribution_release: 'bookworm',
        distribution_minor_version: '5',
      },
    ],
    [
      'RedHat',
      release(
        'NAME="Red Hat Enterprise Linux"\nVERSION="8.9 (Ootpa)"\nID="rhel"\nID_LIKE="fedora"\nVERSION_ID="8.9"',
      ),
      {
        distribution: 'RedHat',
        distribution_version: '8.9',
        distribution_major_version: '8',
        distribution_release: 'Ootpa',
        os_family: 'RedHat',
      },
    ],
    [
      'Rocky',
      release(
        'NAME="Rocky Linux"\nVERSION="9.3 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"',
      ),
      {
        distribution: 'Rocky',
        distribution_version: '9.3',
        distribution_release: 'Blue Onyx',
        os_family: 'RedHat',
      },
    ],
    [
      'CentOS 7',
      release('NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nVERSION_ID="7"', {
        '/etc/redhat-release': 'CentOS Linux release 7.9.2009 (Core)',
      }),
      {
        distribution: 'CentOS',
        distribution_version: '7.9',
        distribution_major_version: '7',
        distribution_release: 'Core',
      },
    ],
    [
      'CentOS Stream',
      release('NAME="CentOS Stream"\nVERSION="9"\nID="centos"\nVERSION_ID="9"', {
        '/etc/redhat-release': 'CentOS Stream release 9',
      }),
      {
        distribution: 'CentOS',
        distribution_version: '9',
        distribution_release: 'Stream',
        os_family: 'RedHat',
      },
    ],
    [
      'CentOS 6, which has no os-release',
      sent({ files: { '/etc/redhat-release': 'CentOS release 6.10 (Final)' } }),
      {
        distribution: 'CentOS',
        distribution_version: '6.10',
        distribution_release: 'Final',
        os_family: 'RedHat',
      },
    ],
    [
      'Amazon',
      release('NAME="Amazon Linux"\nVERSION="2"\nID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"'),
      { distribution: 'Amazon', distribution_version: '2', distribution_release: 'NA', os_family: 'RedHat' },
    ],
    [
      'Alpine',
      release('NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.1', { '/etc/alpine-release': '3.19.1' }),
      {
        distribution: 'Alpine',
        distribution_version: '3.19.1',
        distribution_major_version: '3',
        distribution_release: 'NA',
        os_family: 'Alpine',
      },
    ],
    [
      'Arch',
      release('NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\nVERSION_ID=TEMPLATE_VERSION_ID'),
      { distribution: 'Archlinux', distribution_version: 'rolling', os_family: 'Archlinux' },
    ],
    [
      'openSUSE Leap',
      release(
        'NAME="openSUSE Leap"\nVERSION="15.5"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.5"',
      ),
      {
        distribution: 'openSUSE Leap',
        distribution_version: '15.5',
        distribution_release: '5',
        os_family: 'Suse',
        distribution_file_variety: 'SUSE',
      },
    ],
    [
      'one that is not known, by its kin',
      release('NAME="Some"\nID=some\nID_LIKE="ubuntu debian"\nVERSION_ID="1"'),
      { distribution: 'Some', os_family: 'Debian' },
    ],
    ['nothing', sent({}), { distribution: 'NA', distribution_version: 'NA', os_family: 'NA' }],
  ])('%s', (_, sections, expected) => {
    expect(distributionFacts(sections)).toMatchObject(expected);
  });
});

describe('the managers of a host', () => {
  const host = (id: string, version: string, pkg: string, init = '', comm = '') =>
    managerFacts(
      sent({
        files: { '/etc/os-release': `ID=${id}\nVERSION_ID="${version}"`, '/proc/1/comm': comm },
        sections: { pkg, init },
      }),
    );

  it.each([
    ['debian', '12', '/usr/bin/apt-get\n/usr/bin/dnf', 'apt'],
    ['rocky', '9.3', '/usr/bin/apt-get\n/usr/bin/dnf\n/usr/bin/yum', 'dnf'],
    ['centos', '7', '/usr/bin/yum', 'yum'],
    ['fedora', '40', '/usr/bin/dnf5\n/usr/bin/dnf', 'dnf'],
    ['fedora', '41', '/usr/bin/dnf5\n/usr/bin/dnf', 'dnf5'],
    ['alpine', '3.19', '/sbin/apk', 'apk'],
    ['arch', '', '/usr/bin/pacman', 'pacman'],
    ['void', '', '', 'unknown'],
  ])('packages of %s %s', (id, version, programs, expected) => {
    expect(host(id, version, programs)['pkg_mgr']).toBe(expected);
  });

  it.each([
    ['/run/systemd/system\n/etc/init.d', 'systemd', 'systemd'],
    ['/etc/init.d\n/sbin/openrc', 'init', 'openrc'],
    ['/etc/init.d', 'init', 'sysvinit'],
    ['', 'runit', 'runit'],
    ['', 'bash', 'service'],
  ])('services with %j and process 1 %s', (init, comm, expected) => {
    expect(host('x', '1', '', init, comm)['service_mgr']).toBe(expected);
  });

  it('SELinux is enforcing, and as its settings say', () => {
    const files = {
      '/sys/fs/selinux/enforce': '1',
      '/sys/fs/selinux/policyvers': '33',
      '/etc/selinux/config': '# x\nSELINUX=permissive\nSELINUXTYPE=targeted',
    };
    expect(managerFacts(sent({ files }))['selinux']).toEqual({
      status: 'enabled',
      mode: 'enforcing',
      config_mode: 'permissive',
      type: 'targeted',
      policyvers: '33',
    });
  });
});

const ip = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0.5@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 10.1.2.3/20 brd 10.1.15.255 scope global eth0.5
       valid_lft forever preferred_lft forever
    inet 10.1.2.4/32 scope global secondary eth0.5
    inet6 2001:db8::5/64 scope global dynamic mngtmpaddr
    inet6 fe80::1/64 scope link
3: wg0: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1420 qdisc noqueue state UNKNOWN
    link/none
    inet 10.9.0.2 peer 10.9.0.1/32 scope global wg0
4: br0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN
    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff
8.8.8.8 via 10.1.0.1 dev eth0.5  src 10.1.2.3 uid 0
    cache
2404:6800:400a:800::1012 from :: via fe80::9 dev eth0.5 src 2001:db8::5 metric 1024 pref medium`;

describe('the network of a host', () => {
  const facts = networkFacts(sent({ sections: { ip, kinds: '/sys/class/net/br0/bridge' } }));

  it('has interfaces with their addresses', () => {
    expect(facts['interfaces']).toEqual(['lo', 'eth0.5', 'wg0', 'br0']);
    expect(facts['eth0_5']).toEqual({
      device: 'eth0.5',
      active: true,
      mtu: 1500,
      type: 'ether',
      macaddress: '02:00:00:00:00:01',
      ipv4: {
        address: '10.1.2.3',
        netmask: '255.255.240.0',
        network: '10.1.0.0',
        prefix: '20',
        broadcast: '10.1.15.255',
      },
      ipv4_secondaries: [
        { address: '10.1.2.4', netmask: '255.255.255.255', network: '10.1.2.4', prefix: '32', broadcast: '' },
      ],
      ipv6: [
        { address: '2001:db8::5', prefix: '64', scope: 'global' },
        { address: 'fe80::1', prefix: '64', scope: 'link' },
      ],
    });
    expect(facts['wg0']).toMatchObject({ type: 'unknown', ipv4: { address: '10.9.0.2', prefix: '32' } });
    expect(facts['br0']).toMatchObject({ type: 'bridge', active: false });
  });

  it('has the addresses by which far ones are reached', () => {
    expect(facts['default_ipv4']).toMatchObject({
      address: '10.1.2.3',
      gateway: '10.1.0.1',
      interface: 'eth0.5',
      alias: 'eth0.5',
      type: 'ether',
    });
    expect(facts['default_ipv6']).toMatchObject({
      address: '2001:db8::5',
      gateway: 'fe80::9',
      scope: 'global',
    });
    expect(facts['all_ipv4_addresses']).toEqual(['10.1.2.3', '10.1.2.4', '10.9.0.2']);
    expect(networkFacts(sent({}))).toMatchObject({ default_ipv4: {}, default_ipv6: {}, interfaces: [] });
  });

  it('has name servers and options', () => {
    const text =
      '# x\nnameserver 1.1.1.1\nnameserver ::1\nsearch a.example b.example\noptions ndots:2 rotate';
    expect(dnsFacts(sent({ files: { '/etc/resolv.conf': text } }))).toEqual({
      dns: {
        nameservers: ['1.1.1.1', '::1'],
        search: ['a.example', 'b.example'],
        options: { ndots: '2', rotate: true },
      },
    });
  });
});

describe('the processors of a machine', () => {
  const x86 = (sockets: number, cores: number, threads: number) =>
    Array.from({ length: sockets * cores * threads }, (_, at) =>
      [
        `processor\t: ${at}`,
        'vendor_id\t: GenuineIntel',
        'model name\t: Xeon',
        `physical id\t: ${Math.floor(at / (cores * threads))}`,
        `siblings\t: ${cores * threads}`,
        `cpu cores\t: ${cores}`,
      ].join('\n'),
    ).join('\n');
  const counts = (cpuinfo: string) => {
    const facts = processorFacts(sent({ sections: { cpuinfo } }));
    return ['count', 'cores', 'threads_per_core', 'vcpus', 'nproc'].map((name) => facts[`processor_${name}`]);
  };

  it.each([
    ['two sockets with threads', x86(2, 8, 2), [2, 8, 2, 32, 32]],
    ['one core', x86(1, 1, 1), [1, 1, 1, 1, 1]],
    [
      'ARM, which tells of no sockets',
      'processor\t: 0\nprocessor\t: 1\nprocessor\t: 2\nprocessor\t: 3',
      [4, 1, 1, 4, 4],
    ],
    ['s390', 'vendor_id       : IBM/S390\n# processors    : 2', [2, 1, 1, 2, 2]],
    ['some of them allowed', `${x86(1, 4, 1)}\nCpus_allowed_list:\t0,2-3`, [1, 4, 1, 4, 3]],
    ['nothing', '', [1, 1, 1, 1, 1]],
  ])('%s', (_, cpuinfo, expected) => {
    expect(counts(cpuinfo)).toEqual(expected);
  });
});

it('mounts have their sizes, spaces in their paths too', () => {
  const sections = {
    mounts: '/dev/sda1 / ext4 rw,relatime 0 1\nnas:/x\\040y /mnt/a\\040b nfs4 rw 0 0',
    sizes: '4096 4096 100 50 40 10 4 /\n1024 1048576 8 8 8 0 0 /mnt/a b',
  };
  expect(hardwareFacts(sent({ sections }))['mounts']).toEqual([
    {
      device: '/dev/sda1',
      mount: '/',
      fstype: 'ext4',
      options: 'rw,relatime',
      dump: 0,
      passno: 1,
      uuid: 'N/A',
      size_total: 409_600,
      size_available: 163_840,
      block_size: 4096,
      block_total: 100,
      block_available: 40,
      block_used: 60,
      inode_total: 10,
      inode_available: 4,
      inode_used: 6,
    },
    expect.objectContaining({
      device: 'nas:/x y',
      mount: '/mnt/a b',
      size_total: 8192,
      block_size: 1_048_576,
    }),
  ]);
});

describe('what a machine runs in', () => {
  it.each([
    [
      'a container on a virtual machine',
      { '/sys/class/dmi/id/sys_vendor': 'QEMU' },
      '/.dockerenv',
      'docker',
      'guest',
    ],
    ['VMware', { '/sys/class/dmi/id/product_name': 'VMware Virtual Platform' }, '', 'VMware', 'guest'],
    ['a container of systemd', { '/run/systemd/container': 'systemd-nspawn' }, '', 'systemd-nspawn', 'guest'],
    ['a host of others', {}, '/dev/kvm', 'kvm', 'host'],
    ['nothing', {}, '', 'NA', 'NA'],
  ])('%s', (_, files, virt, type, role) => {
    expect(virtualFacts(sent({ files, sections: { virt } }))).toMatchObject({
      virtualization_type: type,
      virtualization_role: role,
    });
  });
});

it('a host has its names, its time, its user and its Python', () => {
  const facts = systemFacts(
    sent({
      sections: {
        uname: 'Linux web1 6.1.0 i686',
        fqdn: 'web1 web1.example.com alias',
        date: '2024 03 01 00 30 05 1709249405 CET +0100 5 Friday 09 123456789',
        id: 'uid=33(www data) gid=34(g) euid=0(root) groups=34(g)',
        passwd: 'www data:x:33:34:Web,,:/var/www:/bin/false',
        python: '/usr/bin/python3\nPython 3.13.0rc1',
        env: 'A=1\nB\0PATH=/bin\0LC_ALL=C\0',
      },
    }),
  );
  expect(facts).toMatchObject({
    hostname: 'web1',
    fqdn: 'web1.example.com',
    domain: 'example.com',
    architecture: 'i386',
    machine: 'i686',
    userspace_bits: '32',
    user_id: 'www data',
    user_uid: 33,
    user_gid: 34,
    effective_user_id: 0,
    user_dir: '/var/www',
    python_version: '3.13.0',
    python: { version_info: [3, 13, 0, 'candidate', 0] },
    env: { A: '1\nB', PATH: '/bin' },
    date_time: {
      iso8601_micro: '2024-02-29T23:30:05.123456Z',
      iso8601_basic: '20240301T003005123456',
      tz_offset: '+0100',
      weekday_number: '5',
    },
  });
  expect(facts['env']).not.toHaveProperty('LC_ALL');
});

it.each([
  [['all'], 'min local hardware network virtual'],
  [[], 'min local hardware network virtual'],
  [['min'], 'min local'],
  [['!all'], 'min local'],
  [['!all', '!min', 'mounts'], 'hardware'],
  [['!hardware'], 'min local network virtual'],
  [['network', 'virtualization_type'], 'min local network virtual'],
  [['!all', 'network'], 'min local network'],
])('the subset %j asks for %s', (given, expected) => {
  expect([...wantedCollections(given)].join(' ')).toBe(expected);
});
