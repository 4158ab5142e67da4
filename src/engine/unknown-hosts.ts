import type { Diagnostic } from '../model/diagnostic.ts';
import type { DocumentPath, LoadedPlaybook } from '../model/document.ts';
import { selectHosts, unknownHostDiagnostic } from '../model/host-pattern.ts';
import type { Inventory } from '../model/inventory.ts';
import { isValueMap, type Value } from '../model/value.ts';

/** What may bring hosts that the inventory does not have yet: modules, and steps that stand in other files. */
const bringers = /add_host|group_by|refresh_inventory|include|import|role/;

/**
 * RB301 for the names in `hosts:` that no host and no group has, of a native playbook that has other mistakes, and so
 * is not compiled: all are told at once. Only what is certain without compiling it.
 */
export function unknownHosts({ main, imports }: LoadedPlaybook, inventory: Inventory): readonly Diagnostic[] {
  if (main === undefined || main.dialect !== 'native' || imports.length > 0) return [];
  const patterns = patternsOf(main.value);
  const certain = bringers.test(main.file.text) ? patterns.slice(0, 1) : patterns;
  return certain.flatMap(({ path, pattern }) => {
    if (/\{[{%]|@/.test(pattern)) return [];
    const at = main.locate(path, 'value');
    return selectHosts(inventory, pattern).unknown.map((one) => unknownHostDiagnostic(one, at));
  });
}

function patternsOf(root: Value | undefined): { readonly path: DocumentPath; readonly pattern: string }[] {
  if (!isValueMap(root)) return [];
  const plays = root['plays'];
  const places: readonly (readonly [DocumentPath, Value | undefined])[] = Array.isArray(plays)
    ? plays.map((play: Value, index) => [['plays', index], play] as const)
    : [[[], root]];
  return places.flatMap(([path, play]) => {
    const hosts = isValueMap(play) ? play['hosts'] : undefined;
    return typeof hosts === 'string' ? [{ path: [...path, 'hosts'], pattern: hosts }] : [];
  });
}
