import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, startFleetProject } from '../support/fleet-project.ts';

let project: FleetProject;

describe.skipIf(fleetAvailable() !== undefined)('a repeated block on real hosts', () => {
  beforeAll(async () => {
    project = await startFleetProject({ count: 3 });
  });
  afterAll(() => project?.fleet.stop());

  it('meets in each pass those that still repeat, under a lock for each host over all of its passes', async () => {
    const { code, events } = await project.apply(`
locks: [own]
state: {count: 0}
plays:
  - hosts: all
    gather_facts: false
    steps:
      - name: again
        lock: {name: own, key: "{{ inventory_hostname }}"}
        repeat: {max: 2, while: "state.count < 3 or inventory_hostname != 'h1'"}
        block:
          - {id: beside, command: "true", background: true, changed_when: false}
          - {id: add, state: {increment: {count: 1}}, lock: {name: own, key: "{{ inventory_hostname }}"}}
          - {id: met, barrier: all, debug: {msg: "{{ state.count }}"}}
          - {id: joined, join: {steps: [beside]}}
`);
    expect(code).toBe(0);
    const met = events.filter((event) => event.type === 'step-finished' && event.id === 'met');
    const counts = (host: string) => met.filter((event) => event.host === host).map(({ msg }) => msg);
    expect(counts('h1')).toEqual(['3']);
    expect([counts('h2'), counts('h3')]).toEqual([
      ['3', '5'],
      ['3', '5'],
    ]);
  });
});
