import { openFactFiles } from '../load/fact-files.ts';
import type { FactStore } from '../model/fact-store.ts';
import type { Project, ProjectRequest } from '../model/project.ts';

/**
 * Where the settings have facts kept from run to run; undefined where nowhere. With `flushFacts` the facts of all hosts of
 * the inventory are thrown away.
 */
export function openFactStore(
  { settings, inventory }: Pick<Project, 'settings' | 'inventory'>,
  { flushFacts }: Pick<ProjectRequest, 'flushFacts'>,
  warn: (message: string) => void,
): FactStore | undefined {
  if (settings.fact_caching !== 'jsonfile') return undefined;
  const folder = settings.fact_caching_connection;
  if (folder === undefined) {
    warn('facts are not kept: fact_caching is jsonfile, but fact_caching_connection names no folder');
    return undefined;
  }
  const store = openFactFiles({
    folder,
    prefix: settings.fact_caching_prefix,
    timeoutS: settings.fact_caching_timeout,
    warn,
  });
  if (flushFacts === true) for (const host of inventory.hosts.keys()) store.forget(host);
  return flushFacts === true ? flushed(store) : store;
}

/** Whether facts of a host are kept, where the settings have them gathered only of hosts of which none are. */
export function keptFacts(
  project: Pick<Project, 'settings' | 'inventory'>,
  { flushFacts }: Pick<ProjectRequest, 'flushFacts'>,
): ((host: string) => boolean) | undefined {
  if (project.settings.gathering !== 'smart' || flushFacts === true) return undefined;
  // What is wrong with the folder is told when the run opens it.
  const store = openFactStore(project, {}, () => undefined);
  return store && ((host) => store.read(host)?.['module_setup'] === true);
}

/** What is kept of before the run is not read, also while its files are still being removed. */
function flushed(store: FactStore): FactStore {
  return { ...store, read: () => undefined };
}
