import type { ModuleSpec } from '../model/module.ts';
import { modules } from '../modules/index.ts';

/** Every module by its name and its further names. */
export function moduleCatalogue(): ReadonlyMap<string, ModuleSpec> {
  return new Map(
    modules.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])].map((name) => [name, spec] as const)),
  );
}
