import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { planOf } from '../support/compile-plan.ts';
import { inventory, play, playbook, step } from '../support/playbook-builder.ts';

/** Five steps, a join of all hosts, a run_once step, a linear play behind: on this many hosts. */
function planFor(hostCount: number): Plan {
  const names = Array.from({ length: hostCount }, (_, i) => `h${i}`);
  const list = [
    step('a'),
    step('b'),
    step({ id: 'c', runOnce: true }),
    step({ id: 'd', needs: [{ step: 'b', hosts: 'all' }] }),
    step({ id: 'e', needs: ['c', 'd'] }),
  ];
  const plays = [
    play({ id: 'p', steps: list }),
    play({ strategy: 'linear', steps: [step('f'), step({ id: 'g', wait: ['late'] })] }),
    play({ needs: [], steps: [step({ id: 'x', needs: [{ step: 'p.e', hosts: 'all' }], set: ['late'] })] }),
  ];
  return planOf(playbook({ plays, events: { late: {} } }), inventory(names));
}

function edgeCount(plan: Plan): number {
  return plan.nodes.reduce((count, node) => count + node.after.length, 0);
}

describe('a plan of many hosts', () => {
  test('grows in nodes and edges as the hosts do, never as their square', () => {
    const [ten, forty, seventy] = [planFor(10), planFor(40), planFor(70)];
    expect(seventy.nodes.length - forty.nodes.length).toBe(forty.nodes.length - ten.nodes.length);
    expect(edgeCount(seventy) - edgeCount(forty)).toBe(edgeCount(forty) - edgeCount(ten));
  });

  test('holds one list of edges for all hosts where these are alike', () => {
    const plan = planFor(10);
    const first = plan.nodes.filter((node) => node.kind === 'instance' && plan.steps[node.step]?.id === 'a');
    expect(new Set(first.map((node) => node.after)).size).toBe(1);
  });
});
