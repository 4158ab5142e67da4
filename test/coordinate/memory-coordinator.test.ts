import { describe, expect, it } from 'vitest';
import { replay } from '../../src/coordinate/apply.ts';
import { createMemoryCoordinator } from '../../src/coordinate/memory-coordinator.ts';
import type { Operation } from '../../src/coordinate/operation.ts';
import { describeWaitGraph } from '../../src/coordinate/wait-graph.ts';
import { settle, virtualClock } from '../support/virtual-clock.ts';
import { coordinatorContract } from './contract.ts';

coordinatorContract('memory', (clock) => createMemoryCoordinator({ clock }));

describe('memory coordinator', () => {
  it('records operations from which its state can be made again, also after cancelled waits', async () => {
    const operations: Operation[] = [];
    const clock = virtualClock();
    const coordinator = createMemoryCoordinator({ clock, record: (operation) => operations.push(operation) });
    const giving = new AbortController();
    const holder = { id: 'a', label: 'a' };
    const request = { limit: 'lock "l"', capacity: 1, permits: 1 };
    const grant = await coordinator.acquire(request, { holder }, giving.signal);
    const failed = coordinator.acquire(request, { holder, deadlineMs: 5 }, giving.signal).catch(() => 'over');
    const given = coordinator.waitEvent('e', { holder }, giving.signal).catch(() => 'given up');
    await clock.advance(5);
    giving.abort();
    expect([await failed, await given]).toEqual(['over', 'given up']);
    await coordinator.release(grant);
    await settle();
    expect(replay(operations)).toEqual(coordinator.state);
    expect(coordinator.state.waiting.size + coordinator.state.holding.size).toBe(0);
  });

  it('puts the wait-for graph into words', async () => {
    const coordinator = createMemoryCoordinator({ clock: virtualClock() });
    const never = new AbortController().signal;
    const as = (label: string) => ({ holder: { id: label, label } });
    const request = { limit: 'lock "rack"', capacity: 1, permits: 1 };
    await coordinator.acquire(request, as('step "a" on h1'), never);
    void coordinator.acquire(request, as('step "b" on h2'), never);
    void coordinator.waitEvent('ready', as('step "c" on h3'), never);
    await coordinator.openBarrier('barrier "meet"', ['h4', 'h5']);
    void coordinator.arrive('barrier "meet"', 'h4', as('step "d" on h4'), never);
    expect(describeWaitGraph(coordinator.graph())).toEqual([
      'step "c" on h3 waits for event "ready"',
      'step "b" on h2 waits for lock "rack", held by step "a" on h1',
      'step "d" on h4 waits for the others at barrier "meet"',
    ]);
  });
});
