import type { Inventory } from '../model/inventory.ts';
import type { Playbook } from '../model/playbook.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { StepTables } from './folding.ts';
import type { NameReader } from './names-read.ts';

/** Which names are defined before the run, anywhere, and which further names their values read. */
export class VariableIndex {
  readonly #reader: NameReader;
  readonly #reads = new Map<string, Set<string>>();
  readonly #seen = new Set<VariableLayer>();

  constructor(reader: NameReader) {
    this.#reader = reader;
  }

  /** Adds the names of a layer; one that was added before costs nothing. */
  add(layer: VariableLayer): void {
    if (this.#seen.has(layer)) return;
    this.#seen.add(layer);
    for (const [name, value] of Object.entries(layer.values)) {
      const reads = this.#reads.get(name) ?? new Set<string>();
      this.#reads.set(name, reads);
      if (layer.templated !== false) this.#reader.addValue(value, reads);
    }
  }

  /** Whether any layer defines the name. */
  has(name: string): boolean {
    return this.#reads.has(name);
  }

  /** All defined names. */
  names(): Iterable<string> {
    return this.#reads.keys();
  }

  /** The given names and all that their definitions read, wherever they are defined. */
  closure(names: Iterable<string>): Set<string> {
    const found = new Set(names);
    for (const name of found) for (const read of this.#reads.get(name) ?? []) found.add(read);
    return found;
  }
}

/** The index over everything that the inventory, the playbook, its steps and the command line define. */
export function indexVariables(
  reader: NameReader,
  playbook: Playbook,
  inventory: Inventory,
  tables: StepTables,
  fixed: readonly VariableLayer[],
): VariableIndex {
  const index = new VariableIndex(reader);
  const addAll = (layers: readonly VariableLayer[] | undefined): void => {
    for (const layer of layers ?? []) index.add(layer);
  };
  for (const host of inventory.hosts.values()) addAll(host.layers);
  for (const group of inventory.groups.values()) addAll(group.layers);
  addAll(playbook.layers);
  addAll(fixed);
  for (const play of playbook.plays) addAll(play.layers);
  for (const step of tables.steps) addAll(step.layers);
  for (const block of tables.blocks) addAll(block.layers);
  return index;
}
