import type { Inventory } from './inventory.ts';
import { inventoryLayers } from './inventory-graph.ts';
import { formatPlace } from './place.ts';
import { type Plan, stepTitle } from './plan.ts';
import type { Value } from './value.ts';
import { precedence, type VariableLayer, type VariableSource } from './variables.ts';

/** One definition of a variable. */
export interface Definition {
  readonly source: VariableSource;
  readonly value: Value;
  /** `file:line:column`, else what the layer is called. */
  readonly origin: string;
  /** For whom it holds beside the host: `play "Web"`, `step "Copy"`; undefined where it holds for every play. */
  readonly within?: string | undefined;
}

/** Layers that hold in a part of a playbook. */
export interface LayersWithin {
  readonly within?: string | undefined;
  readonly layers: readonly VariableLayer[];
}

/** What of a plan a host may see: layers of the playbook, and of the plays, blocks and steps that it takes part in. */
export function planLayers(plan: Plan, host: string): readonly LayersWithin[] {
  const index = plan.hosts.indexOf(host);
  const takesPart = (play: number) =>
    plan.plays[play]?.batches.some((batch) => batch.includes(index)) === true;
  const plays = plan.plays.flatMap((play) =>
    takesPart(play.index) ? [{ within: `play "${play.name}"`, layers: play.layers }] : [],
  );
  const steps = plan.steps.flatMap((step) =>
    step.layers.length > 0 && takesPart(step.play)
      ? [{ within: `step "${stepTitle(step)}"`, layers: step.layers }]
      : [],
  );
  return [{ layers: plan.layers }, ...plays, ...steps];
}

/** Every definition of a variable that a host has, the one that wins first. What is learned in a run is not among them. */
export function definitionsOf(
  name: string,
  inventory: Inventory,
  host: string,
  further: readonly LayersWithin[] = [],
): readonly Definition[] {
  const all = [{ layers: inventoryLayers(inventory, host) }, ...further];
  const found = all.flatMap(({ layers, within }: LayersWithin) =>
    layers.filter((layer) => Object.hasOwn(layer.values, name)).map((layer) => ({ layer, within })),
  );
  const ordered = found
    .map((one, index) => ({ ...one, index }))
    .sort((a, b) => rankOf(b.layer) - rankOf(a.layer) || b.index - a.index);
  return ordered.map(({ layer, within }) => {
    const at = layer.places?.[name];
    const origin = at === undefined ? layer.label : formatPlace(at);
    return { source: layer.source, value: layer.values[name] ?? null, origin, within };
  });
}

function rankOf(layer: VariableLayer): number {
  return precedence.indexOf(layer.source) * 2 + (layer.beside === 'playbook' ? 1 : 0);
}

/** Every variable name that a host has. */
export function variableNamesOf(
  inventory: Inventory,
  host: string,
  further: readonly LayersWithin[] = [],
): ReadonlySet<string> {
  const all = [...inventoryLayers(inventory, host), ...further.flatMap(({ layers }) => layers)];
  return new Set(all.flatMap((layer) => Object.keys(layer.values)));
}
