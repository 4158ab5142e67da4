import type { ResultFields } from '../../../model/module.ts';
import type { Sections } from './sections.ts';

/** Lines of `/proc/cpuinfo` that describe a processor in the list `processor`. */
const shownKeys = new Set(['processor', 'vendor_id', 'model name', 'Processor', 'cpu', 'Vendor']);

/** Processors: sockets, cores of one, threads of a core, and how many run at once. */
export function processorFacts(sections: Sections): ResultFields {
  const processor: string[] = [];
  const sockets = new Set<string>();
  const first = new Map<string, string>();
  let numbered = 0;
  for (const line of sections.lines('cpuinfo')) {
    const [, key = '', value = ''] = /^([^:]*?)\s*:\s*(.*)$/.exec(line) ?? [];
    if (shownKeys.has(key)) processor.push(value);
    if (key === 'physical id') sockets.add(value);
    if (key === 'processor' && /^\d+$/.test(value)) numbered++;
    if (!first.has(key)) first.set(key, value);
  }
  const vcpus = Math.max(1, numbered, Number(first.get('# processors') ?? 0));
  // Where the kernel tells of no sockets (ARM, POWER, s390), every processor counts as one.
  const count = sockets.size === 0 ? vcpus : sockets.size;
  const cores = Number(first.get('cpu cores') ?? 1) || 1;
  const siblings = Number(first.get('siblings') ?? vcpus / count) || 1;
  return {
    processor,
    processor_count: count,
    processor_cores: cores,
    processor_threads_per_core: Math.max(1, Math.round(siblings / cores)),
    processor_vcpus: vcpus,
    processor_nproc: allowedCount(first.get('Cpus_allowed_list') ?? '') ?? vcpus,
  };
}

/** How many numbers a list like `0-3,8` holds. */
function allowedCount(list: string): number | undefined {
  if (!/^\d/.test(list)) return undefined;
  let count = 0;
  for (const range of list.split(',')) {
    const [from = 0, to = from] = range.split('-').map(Number);
    count += to - from + 1;
  }
  return count;
}
