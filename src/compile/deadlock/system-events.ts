import type { NodeId } from '../../model/plan.ts';
import type { Draft } from '../draft.ts';
import type { Setter } from '../event-graph.ts';
import { blocksAround, isDaemon, isRescue, ownerOf } from './actor-owner.ts';
import type { EventSetter, SystemEvent } from './operations.ts';

/** What events are found from. */
export interface EventContext {
  readonly draft: Draft;
  readonly failing: boolean;
  readonly mayBringSetters: boolean;
  readonly actorOf: ReadonlyMap<NodeId, number>;
  /** Ends of blocks that set nothing. */
  readonly idle: ReadonlySet<number>;
}

/** The events of a system, in the order of their declarations, with who sets them where all goes well. */
export function systemEvents(context: EventContext): SystemEvent[] {
  const { draft, mayBringSetters } = context;
  const { events } = draft.playbook.declarations;
  const byEvent = new Map<string, Setter[]>();
  for (const setter of draft.uses.setters) {
    const list = byEvent.get(setter.event) ?? [];
    byEvent.set(setter.event, list);
    list.push(setter);
  }
  return Object.entries(events).map(([name, { external }]) => {
    const setters = (byEvent.get(name) ?? []).map((setter) => settersOf(context, setter));
    const known = setters.filter((setter) => typeof setter === 'object');
    // What nothing sets where all goes well is lost, not waited for.
    const open =
      known.length === 0 || external || draft.preset.has(name) || mayBringSetters || setters.includes('open');
    return { name, open, setters: known };
  });
}

/** `open`: a daemon, or a step of hosts that are not looked at. Undefined: it sets nothing where all goes well. */
function settersOf(context: EventContext, { nodes, set }: Setter): EventSetter | 'open' | undefined {
  const { draft, failing } = context;
  const node = draft.nodes[nodes[0] ?? -1];
  // In the work on an item, or in a repeated block, it is set at each pass, and nobody knows how many there are.
  if (node !== undefined && node.kind !== 'block' && 'block' in node) return 'open';
  const owner = node === undefined ? undefined : ownerOf(draft.tables, node);
  if (owner === undefined) return undefined;
  const around = blocksAround(draft.tables, owner);
  if (isDaemon(owner, around)) return 'open';
  if (!failing && isRescue(around)) return undefined;
  const actors = kept(context, nodes).filter((id) => !context.idle.has(id));
  if (actors.length === 0) return kept(context, nodes).length > 0 ? undefined : 'open';
  return { actors, needs: set.after === 'first' ? 'one' : 'all' };
}

function kept({ actorOf }: EventContext, nodes: readonly NodeId[]): number[] {
  return nodes.flatMap((node) => actorOf.get(node) ?? []);
}
