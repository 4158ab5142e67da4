import type { ResultFields } from '../../../model/module.ts';
import type { Sections } from './sections.ts';

/** Container managers, as they name themselves in `/run/systemd/container`. */
const containerNames: Readonly<Record<string, string>> = {
  'lxc-libvirt': 'lxc',
  oci: 'container',
  'systemd-nspawn': 'systemd-nspawn',
  'proot-distro': 'container',
};

/** What firmware says of the machine, and the virtualisation that it is of, by Ansible's names. */
const firmware: readonly (readonly [RegExp, string])[] = [
  [/VMware/, 'VMware'],
  [/innotek|VirtualBox/, 'virtualbox'],
  [/Microsoft Corporation.*Virtual Machine|Virtual Machine.*Microsoft Corporation/, 'VirtualPC'],
  [/Parallels/, 'parallels'],
  [/oVirt/, 'oVirt'],
  [/RHEV/, 'RHEV'],
  [/KubeVirt/, 'KubeVirt'],
  [/OpenStack/, 'openstack'],
  [/\bXen\b/, 'xen'],
  [/BHYVE/, 'bhyve'],
  [/KVM|QEMU|Bochs|AHV/, 'kvm'],
  [/Amazon EC2|DigitalOcean|Google Compute|Hetzner|Linode|Alibaba|Vultr|Scaleway|UpCloud/, 'kvm'],
];

function containerOf(sections: Sections): string | undefined {
  const lines = sections.lines('virt');
  const told = sections.file('/run/systemd/container');
  const cgroup = sections.file('/proc/1/cgroup');
  if (lines.includes('/run/.containerenv') || told === 'podman') return 'podman';
  if (lines.includes('/.dockerenv') || told === 'docker' || /\/docker(\/|-[0-9a-f]+\.scope)/.test(cgroup))
    return 'docker';
  if (told !== '') return containerNames[told] ?? told;
  if (/\/lxc[./]/.test(cgroup)) return 'lxc';
  return lines.includes('/proc/vz') && !lines.includes('/proc/bc') ? 'openvz' : undefined;
}

function machineOf(sections: Sections): string | undefined {
  const dmi = ['product_name', 'sys_vendor', 'bios_vendor', 'product_family', 'chassis_vendor']
    .map((name) => sections.file(`/sys/class/dmi/id/${name}`))
    .join(' ');
  const found = firmware.find(([pattern]) => pattern.test(dmi))?.[1];
  if (found !== undefined) return found;
  if (
    sections.file('/sys/hypervisor/type') === 'xen' ||
    sections.lines('virt').includes('/proc/xen/capabilities')
  )
    return 'xen';
  return /^ hypervisor/m.test(sections.text('cpuinfo')) ? 'kvm' : undefined;
}

/** `virtualization_*`: the container or virtual machine that the host is, or what it can be the host of. */
export function virtualFacts(sections: Sections): ResultFields {
  const container = containerOf(sections);
  const machine = machineOf(sections);
  const guests = [...new Set([container, container && 'container', machine])].filter(
    (name) => name !== undefined,
  );
  const lines = sections.lines('virt');
  const hosts = [
    ...(lines.includes('/dev/kvm') ? ['kvm'] : []),
    ...(lines.includes('/dev/vboxdrv') ? ['virtualbox'] : []),
  ];
  const [guest] = guests;
  const [host] = hosts;
  return {
    virtualization_type: guest ?? host ?? 'NA',
    virtualization_role: guest !== undefined ? 'guest' : host !== undefined ? 'host' : 'NA',
    virtualization_tech_guest: guests,
    virtualization_tech_host: hosts,
  };
}
