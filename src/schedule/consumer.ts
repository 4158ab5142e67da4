import { CoordinationError, type Delivery } from '../coordinate/coordinator.ts';
import { assertNever } from '../lib/assert-never.ts';
import type { ConsumeNode } from '../model/plan.ts';
import type { Consume } from '../model/playbook.ts';
import type { StepOutcome } from '../model/step-run.ts';
import { type Active, type StepAt, stopOf } from './active.ts';
import { type Refusal, refusalOf } from './admission.ts';
import { addFragment, type NodeEnd } from './graph.ts';
import { runRepeater } from './repeater.ts';
import type { RunState } from './run-state.ts';
import { waitFor } from './waiting.ts';
import { noteAct } from './waits.ts';

/** A consumer at work. */
interface Consumer {
  readonly state: RunState;
  readonly active: Active;
  readonly node: ConsumeNode;
  readonly consume: Consume;
  readonly host: string;
  /** Workers that wait for an item. */
  waiting: number;
  /** Workers that have an item, and since when none has. */
  working: number;
  idleSinceMs: number;
  done: number;
  failed: number;
  /** Why it takes no further item. */
  stop?: { readonly refusal: Refusal } | { readonly error: unknown } | undefined;
}

/**
 * Works off a queue on a host, with as many workers as the block says, until the queue is closed and empty or the host
 * can't go on. An item is done when its block has ended; a failed one goes back to the queue. Waiting takes no fork.
 */
export async function runConsumer(state: RunState, active: Active, at: StepAt): Promise<StepOutcome> {
  const { node } = at;
  const repeat = node.kind === 'consume' ? state.plan.blocks[node.block]?.keywords.repeat : undefined;
  if (repeat !== undefined) return runRepeater(state, active, at, repeat);
  const consume = node.kind === 'consume' ? state.plan.blocks[node.block]?.keywords.consume : undefined;
  if (node.kind !== 'consume' || consume === undefined)
    throw new Error('a step that consumes nothing was met');
  const host = state.plan.hosts[at.host] ?? '';
  const idleSinceMs = state.options.clock.nowMs();
  const counts = { waiting: 0, working: 0, idleSinceMs, done: 0, failed: 0 };
  const consumer: Consumer = { state, active, node, consume, host, ...counts };
  // What it does is told by the steps of its block: it runs nothing itself.
  active.phase = 'waiting';
  await Promise.all(Array.from({ length: consume.workers }, () => work(consumer)));
  active.innerWaitMs = (active.innerWaitMs ?? 0) + state.options.clock.nowMs() - consumer.idleSinceMs;
  return outcomeOf(consumer);
}

async function work(consumer: Consumer): Promise<void> {
  const { state, node } = consumer;
  try {
    while (consumer.stop === undefined) {
      const refusal = refusalOf(state, node, node.host);
      if (refusal !== undefined) {
        consumer.stop = { refusal };
        return;
      }
      const delivery = await take(consumer);
      if (delivery === undefined) return;
      const end = await atWork(consumer, () => carryOut(consumer, delivery));
      noteAct(state, 'join', consumer.consume.queue, node.id);
      await answer(consumer, delivery, end);
    }
  } catch (error) {
    consumer.stop ??= { error };
  }
}

/** Counts the time in which no worker has an item as waiting. */
async function atWork<T>(consumer: Consumer, run: () => Promise<T>): Promise<T> {
  const { active, state } = consumer;
  const { clock } = state.options;
  if (consumer.working === 0)
    active.innerWaitMs = (active.innerWaitMs ?? 0) + clock.nowMs() - consumer.idleSinceMs;
  consumer.working += 1;
  try {
    return await run();
  } finally {
    consumer.working -= 1;
    consumer.idleSinceMs = clock.nowMs();
  }
}

/** While it waits it can be cancelled, and counts as somebody who waits. */
async function take(consumer: Consumer): Promise<Delivery | undefined> {
  const { state, active, consume, host } = consumer;
  const { queue } = consume;
  const wait = {
    kind: 'get',
    name: queue,
    what: `an item of queue "${queue}"`,
    host,
    timeout: undefined,
  } as const;
  consumer.waiting += 1;
  state.active.set(active.id, active);
  try {
    noteAct(state, 'put', queue, active.id);
    return await waitFor(state, active, wait, (options) =>
      state.options.coordinator.get(queue, options, stopOf(active)),
    );
  } finally {
    consumer.waiting -= 1;
    if (consumer.waiting === 0) state.active.delete(active.id);
  }
}

/** One pass through the block: its nodes are added to the run, and end it. */
function carryOut({ state, node, consume }: Consumer, { value }: Delivery): Promise<NodeEnd> {
  const { expandPass } = state.options;
  if (expandPass === undefined) throw new Error('a consumer was met, and nothing to expand it with');
  const id = state.graph.nodes.length;
  const { nodes, ends } = expandPass({ node, item: value, firstId: id });
  const end = ends[0] ?? id;
  return new Promise((finish) => {
    state.blocks.passes.set(id, { block: node.block, runs: new Map() });
    const locals = new Map([[consume.as, value]]);
    state.passes.set(id, { id, consumer: node, item: value, number: 0, locals, end, finish });
    state.options.emit({ type: 'nodes-added', parent: node.id, nodes });
    addFragment(state.graph, nodes);
    state.wake();
  });
}

async function answer(consumer: Consumer, delivery: Delivery, end: NodeEnd): Promise<void> {
  const { coordinator } = consumer.state.options;
  const { retries } = consumer.consume;
  switch (end) {
    case 'passed':
    case 'idle':
      consumer.done += 1;
      return coordinator.ack(delivery);
    case 'failed':
    case 'cancelled': {
      // An item whose work was cut short by the end of the run stays in its queue.
      const halted = end === 'cancelled' && consumer.state.halt !== undefined;
      if (!halted && delivery.tries >= retries) consumer.failed += 1;
      return coordinator.nack(delivery, halted ? delivery.tries + 1 : retries);
    }
    default:
      return assertNever(end);
  }
}

function outcomeOf(consumer: Consumer): StepOutcome {
  const { state, node, done, failed, stop, consume } = consumer;
  const result = { done, failed_items: failed };
  const refusal =
    stop === undefined ? undefined : 'refusal' in stop ? stop.refusal : refusalOf(state, node, node.host);
  if (failed === 0 && refusal !== undefined && refusal.end !== 'idle')
    return { outcome: refusal.end, msg: refusal.msg, result, notify: [] };
  if (stop !== undefined && 'error' in stop) {
    if (!(stop.error instanceof CoordinationError)) throw stop.error;
    const outcome = stop.error.failure === 'cancelled' ? 'cancelled' : 'failed';
    return { outcome, msg: stop.error.message, result, notify: [] };
  }
  const count = `${done + failed} ${done + failed === 1 ? 'item' : 'items'} of queue "${consume.queue}"`;
  if (failed > 0) return { outcome: 'failed', msg: `${failed} of ${count} failed`, result, notify: [] };
  return {
    outcome: 'ok',
    msg: done === 0 ? `no item of queue "${consume.queue}"` : count,
    result,
    notify: [],
  };
}
