import type { ResultFields } from '../../../model/module.ts';
import type { Value } from '../../../model/value.ts';
import type { Sections } from './sections.ts';

function megabytes(sections: Sections): (name: string) => number {
  const kilobytes = new Map<string, number>();
  for (const line of sections.lines('meminfo')) {
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

function processorFacts(sections: Sections): ResultFields {
  const processor: string[] = [];
  const sockets = new Set<string>();
  const first: Record<string, string> = {};
  for (const line of sections.lines('cpuinfo')) {
    const [, key = '', value = ''] = /^([^:]*?)\s*:\s*(.*)$/.exec(line) ?? [];
    if (['processor', 'vendor_id', 'model name', 'Model', 'CPU implementer'].includes(key))
      processor.push(value);
    if (key === 'physical id') sockets.add(value);
    first[key] ??= value;
  }
  const cpus = sections.lines('cpuinfo').filter((line) => /^processor\s*:/.test(line)).length;
  const count = Math.max(1, sockets.size);
  const cores = Number(first['cpu cores'] ?? 1);
  const perSocket = Number(first['siblings'] ?? cpus / count);
  return {
    processor,
    processor_count: sockets.size === 0 ? cpus : count,
    processor_cores: cores,
    processor_threads_per_core: Math.max(1, Math.round(perSocket / cores)),
    processor_vcpus: cpus,
    processor_nproc: cpus,
  };
}

function sizesOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const sizes = new Map<string, readonly number[]>();
  for (const line of lines.slice(1)) {
    const match = /\s(\d+|-)\s+(\d+|-)\s+(\d+|-)\s+\S+\s+(\/.*)$/.exec(line);
    if (match !== null)
      sizes.set(match[4] ?? '', [Number(match[1]) || 0, Number(match[2]) || 0, Number(match[3]) || 0]);
  }
  return sizes;
}

/** Mounts of block devices and network shares, as Ansible lists them, with sizes in bytes. */
function mountFacts(sections: Sections): Value[] {
  const blocks = sizesOf(sections.lines('df'));
  const inodes = sizesOf(sections.lines('dfi'));
  const mounts: Value[] = [];
  for (const line of sections.lines('mounts')) {
    const [device = '', mount = '', fstype = '', options = ''] = line.split(' ');
    if (!device.startsWith('/') && !device.includes(':/')) continue;
    const path = mount.replace(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const [total = 0, used = 0, available = 0] = blocks.get(path) ?? [];
    const [inodeTotal = 0, inodeUsed = 0, inodeAvailable = 0] = inodes.get(path) ?? [];
    mounts.push({
      device,
      mount: path,
      fstype,
      options,
      size_total: total * 1024,
      size_used: used * 1024,
      size_available: available * 1024,
      inode_total: inodeTotal,
      inode_used: inodeUsed,
      inode_available: inodeAvailable,
    });
  }
  return mounts;
}

/** Memory, processors, mounts, DMI. */
export function hardwareFacts(sections: Sections): ResultFields {
  return {
    ...memoryFacts(sections),
    ...processorFacts(sections),
    mounts: mountFacts(sections),
    uptime_seconds: Math.floor(Number(sections.text('uptime').split(' ')[0] ?? 0)),
    product_name: sections.text('dmi_product') || 'NA',
    system_vendor: sections.text('dmi_vendor') || 'NA',
    bios_vendor: sections.text('dmi_bios_vendor') || 'NA',
    bios_version: sections.text('dmi_bios_version') || 'NA',
    bios_date: sections.text('dmi_bios_date') || 'NA',
    form_factor: sections.text('dmi_chassis') || 'NA',
  };
}
