import { communityFilters } from '../ansible/community-filters.ts';
import { dataFilters } from '../ansible/data-filters.ts';
import { dictFilters } from '../ansible/dict-filters.ts';
import { digestFilters } from '../ansible/digest-filters.ts';
import { jsonQuery } from '../ansible/json-query.ts';
import { listFilters } from '../ansible/list-filters.ts';
import { pathFilters } from '../ansible/path-filters.ts';
import { regexFilters } from '../ansible/regex-filters.ts';
import { timeFilters } from '../ansible/time-filters.ts';
import { ansibleValueFilters } from '../ansible/value-filters.ts';
import { vaultFilters } from '../ansible/vault-filters.ts';
import type { EngineServices } from '../engine-types.ts';
import type { Native } from '../native.ts';
import { hardwareFilters } from '../network/hardware-filters.ts';
import { ipFilters } from '../network/ip-filters.ts';
import { subnetFilters } from '../network/subnet-filters.ts';
import { selectFilters } from './select-filters.ts';
import { sequenceFilters } from './sequence-filters.ts';
import { textFilters } from './text-filters.ts';
import { valueFilters } from './value-filters.ts';

/** Other names of filters. */
const aliases: Readonly<Record<string, string>> = { d: 'default', e: 'escape', count: 'length' };

/** All filters by their names; Ansible's hide Jinja2's of the same name. */
export function filterTable(services: EngineServices): ReadonlyMap<string, Native> {
  const table = new Map(
    Object.entries({
      ...valueFilters,
      ...textFilters,
      ...sequenceFilters,
      ...selectFilters,
      ...ansibleValueFilters,
      ...digestFilters,
      ...regexFilters,
      ...dictFilters,
      ...communityFilters,
      ...listFilters,
      ...dataFilters(services),
      ...pathFilters(services),
      ...timeFilters(services),
      ...ipFilters,
      ...subnetFilters,
      ...hardwareFilters,
      ...vaultFilters(services),
      json_query: jsonQuery,
    }),
  );
  for (const [alias, name] of Object.entries(aliases)) {
    const filter = table.get(name);
    if (filter !== undefined) table.set(alias, filter);
  }
  return table;
}
