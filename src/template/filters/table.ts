import type { EngineServices } from '../engine-types.ts';
import type { Native } from '../native.ts';
import { selectFilters } from './select-filters.ts';
import { sequenceFilters } from './sequence-filters.ts';
import { textFilters } from './text-filters.ts';
import { valueFilters } from './value-filters.ts';

/** Other names of filters. */
const aliases: Readonly<Record<string, string>> = { d: 'default', e: 'escape', count: 'length' };

/** All filters by their names; Ansible's hide Jinja2's of the same name. */
export function filterTable(_services: EngineServices): ReadonlyMap<string, Native> {
  const table = new Map(
    Object.entries({ ...valueFilters, ...textFilters, ...sequenceFilters, ...selectFilters }),
  );
  for (const [alias, name] of Object.entries(aliases)) {
    const filter = table.get(name);
    if (filter !== undefined) table.set(alias, filter);
  }
  return table;
}
