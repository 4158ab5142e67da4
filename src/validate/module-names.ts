import type { ModuleSpec } from '../model/module.ts';

const collections = /^(?:ansible\.(?:builtin|legacy|posix)|community\.general)\.(?=[a-z0-9_]+$)/;

/** A module's name without a collection whose modules this program has under their short names. */
export function bareModuleName(name: string): string {
  return name.replace(collections, '');
}

/**
 * The module of a name as written, in a playbook: short, with its collection, or one of its aliases.
 *
 * @param collections Where a short name is looked for first.
 */
export function findModule(
  written: string,
  modules: ReadonlyMap<string, ModuleSpec>,
  collections: readonly string[] = [],
): ModuleSpec | undefined {
  for (const collection of written.includes('.') ? [] : collections) {
    const spec = modules.get(`${collection}.${written}`);
    if (spec !== undefined) return spec;
  }
  const whole = modules.get(written);
  if (whole !== undefined) return whole;
  const name = bareModuleName(written);
  const direct = modules.get(name);
  if (direct !== undefined) return direct;
  for (const spec of modules.values()) if (spec.aliases?.includes(name)) return spec;
  return undefined;
}
