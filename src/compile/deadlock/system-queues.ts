import type { PlanNode } from '../../model/plan.ts';
import type { Draft } from '../draft.ts';
import { bringsSteps } from '../runtime-names.ts';
import { blocksAround, isDaemon } from './actor-owner.ts';
import type { Actor, HoldWaitSystem, Operation, SystemQueue } from './operations.ts';
import { capacityOf, queueUseOf, scaleQueue } from './queue-uses.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What queues are found from. */
export interface QueueContext {
  readonly draft: Draft;
  readonly actors: readonly Mutable<Actor>[];
  /** By actor: the node that it is about. */
  readonly nodes: readonly PlanNode[];
  /** The actor of a node's consumer where it works on an item, else the node's own. */
  readonly lastingActor: (actor: Actor) => number;
}

/**
 * The queues of a system. Waits at a queue about which nothing can be proved are taken away: one that a daemon, a
 * callback or an include may fill, that gets dead letters, or one side of which runs on no host that is looked at.
 */
export function systemQueues(context: QueueContext): HoldWaitSystem['queues'] {
  const { draft, actors } = context;
  const names = Object.keys(draft.playbook.declarations.queues);
  return names.map((name, queue): SystemQueue => {
    const concerns = (operation: Operation): boolean => 'queue' in operation && operation.queue === queue;
    const putters = actors.filter(({ operations }) =>
      operations.some((one) => one.kind === 'put' && one.queue === queue),
    );
    const getters = actors.filter(({ operations }) =>
      operations.some((one) => one.kind === 'get' && one.queue === queue),
    );
    if (putters.length === 0 || getters.length === 0 || isOpen(draft, name)) {
      for (const actor of actors)
        if (actor.operations.some(concerns))
          actor.operations = actor.operations.filter((one) => !concerns(one));
      return { name, capacity: 1, putters: [] };
    }
    const scaled = scaleQueue(
      capacityOf(draft.playbook.declarations, name),
      putters.map((actor) => itemsOf(actor, queue)),
    );
    for (const [index, actor] of putters.entries())
      actor.operations = actor.operations.map((one) =>
        one.kind === 'put' && one.queue === queue ? { ...one, items: scaled.items[index] ?? 1 } : one,
      );
    return {
      name,
      capacity: scaled.capacity,
      putters: [...new Set(putters.map((actor) => context.lastingActor(actor)))],
    };
  });
}

function itemsOf({ operations }: Actor, queue: number): number {
  const put = operations.find((one) => one.kind === 'put' && one.queue === queue);
  return put?.kind === 'put' ? put.items : 0;
}

function isOpen({ playbook, tables }: Draft, name: string): boolean {
  if (tables.steps.some(bringsSteps)) return true;
  if (Object.values(playbook.declarations.queues).some(({ deadLetter }) => deadLetter === name)) return true;
  const callbacks = new Set(
    tables.steps.flatMap((step) => [...(step.callbacks?.success ?? []), ...(step.callbacks?.failure ?? [])]),
  );
  return tables.steps.some((step) => {
    const use = queueUseOf(step);
    if (use?.does !== 'put' || use.queue !== name) return false;
    return callbacks.has(step.index) || isDaemon(step, blocksAround(tables, step));
  });
}
