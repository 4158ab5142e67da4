import type { ResultFields } from '../../../model/module.ts';
import type { Value } from '../../../model/value.ts';
import { processorFacts } from './processor-facts.ts';
import type { Sections } from './sections.ts';

function megabytes(sections: Sections): (name: string) => number {
  const kilobytes = new Map<string, number>();
  for (const line of sections.fileLines('/proc/meminfo')) {
    const match = /^(\w+):\s+(\d+)/.exec(line);
    if (match !== null) kilobytes.set(match[1] ?? '', Number(match[2]));
  }
  return (name) => Math.floor((kilobytes.get(name) ?? 0) / 1024);
}

function memoryFacts(sections: Sections): ResultFields {
  const mb = megabytes(sections);
  const noCacheFree = mb('MemFree') + mb('Buffers') + mb('Cached');
  return {
    memtotal_mb: mb('MemTotal'),
    memfree_mb: mb('MemFree'),
    swaptotal_mb: mb('SwapTotal'),
    swapfree_mb: mb('SwapFree'),
    memory_mb: {
      real: { total: mb('MemTotal'), used: mb('MemTotal') - mb('MemFree'), free: mb('MemFree') },
      nocache: { free: noCacheFree, used: mb('MemTotal') - noCacheFree },
      swap: {
        total: mb('SwapTotal'),
        free: mb('SwapFree'),
        used: mb('SwapTotal') - mb('SwapFree'),
        cached: mb('SwapCached'),
      },
    },
  };
}

/** Sizes of file systems by mount point: the lines of `stat -f`. */
function sizesOf(lines: readonly string[]): ReadonlyMap<string, Record<string, Value>> {
  const sizes = new Map<string, Record<string, Value>>();
  for (const line of lines) {
    const match = /^(\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (.+)$/.exec(line);
    if (match === null) continue;
    const [fragment = 0, block = 0, total = 0, , available = 0, inodes = 0, inodesFree = 0] = match
      .slice(1, 8)
      .map(Number);
    sizes.set(match[8] ?? '', {
      size_total: fragment * total,
      size_available: fragment * available,
      block_size: block,
      block_total: total,
      block_available: available,
      block_used: total - available,
      inode_total: inodes,
      inode_available: inodesFree,
      inode_used: inodes - inodesFree,
    });
  }
  return sizes;
}

/** Spaces and the like in the paths of `/proc/mounts` are written in octal. */
function mountText(written: string): string {
  return written.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Mounts of block devices and network shares, as Ansible lists them, with sizes in bytes. */
function mountFacts(sections: Sections): Value[] {
  const sizes = sizesOf(sections.lines('sizes'));
  return sections.lines('mounts').map((line) => {
    const [device = '', mount = '', fstype = '', options = '', dump, passno] = line.split(' ').map(mountText);
    return {
      device,
      mount,
      fstype,
      options,
      dump: Number(dump ?? 0),
      passno: Number(passno ?? 0),
      uuid: 'N/A',
      ...sizes.get(mount),
    };
  });
}

/** The kinds of chassis of the SMBIOS specification (7.4.1), by number. */
const chassisKinds: readonly string[] = [
  'Unknown,Other,Unknown,Desktop,Low Profile Desktop,Pizza Box,Mini Tower,Tower,Portable,Laptop,Notebook,Hand Held',
  'Docking Station,All In One,Sub Notebook,Space-saving,Lunch Box,Main Server Chassis,Expansion Chassis',
  'Sub Chassis,Bus Expansion Chassis,Peripheral Chassis,RAID Chassis,Rack Mount Chassis,Sealed-case PC',
  'Multi-system,CompactPCI,AdvancedTCA,Blade,Blade Enclosure,Tablet,Convertible,Detachable,IoT Gateway',
  'Embedded PC,Mini PC,Stick PC',
].flatMap((names) => names.split(','));

const dmiNames: Readonly<Record<string, string>> = {
  system_vendor: 'sys_vendor',
  product_name: 'product_name',
  product_version: 'product_version',
  product_serial: 'product_serial',
  product_uuid: 'product_uuid',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  bios_date: 'bios_date',
  board_name: 'board_name',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  board_serial: 'board_serial',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  chassis_serial: 'chassis_serial',
};

/** What firmware tells; some of it only root may read. */
function dmiFacts(sections: Sections): ResultFields {
  const read = (name: string) => sections.file(`/sys/class/dmi/id/${name}`) || 'NA';
  const chassis = read('chassis_type');
  return {
    ...Object.fromEntries(Object.entries(dmiNames).map(([fact, name]) => [fact, read(name)])),
    form_factor: chassisKinds[Number(chassis)] ?? chassis,
  };
}

/** Memory, processors, mounts, firmware. */
export function hardwareFacts(sections: Sections): ResultFields {
  return {
    ...memoryFacts(sections),
    ...processorFacts(sections),
    mounts: mountFacts(sections),
    uptime_seconds: Math.floor(Number(sections.file('/proc/uptime').split(' ')[0] ?? 0)),
    ...dmiFacts(sections),
  };
}
