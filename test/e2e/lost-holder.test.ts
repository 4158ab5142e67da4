import { execFileSync } from 'node:child_process';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, outcomesOf, readRunLines, startFleetProject } from '../support/fleet-project.ts';

let project: FleetProject;
let proxy: FaultProxy;

/** The holder of the lock is behind the proxy; the other host waits for it when it has begun. Both have one home. */
const playbook = (name: string, declared: string) => `
locks: {l: {${declared}}}
plays:
  - hosts: lost
    gather_facts: false
    steps:
      - {id: hold, lock: l, shell: "touch held-${name}; until [ -e go-${name} ]; do sleep 0.05; done"}
  - hosts: h2
    needs: []
    gather_facts: false
    steps:
      - {id: before, shell: "until [ -e held-${name} ]; do sleep 0.05; done"}
      - {id: want, lock: l, command: echo mine}
`;

/** Starts a run, and does harm to the holder's connection as soon as the other host waits; the holder then ends, or not. */
async function lose(name: string, declared: string, goesOn: boolean, harm: () => void) {
  await project.write(`${name}.yml`, playbook(name, declared));
  const run = await project.start([
    'apply',
    `${name}.yml`,
    '-i',
    'lost.yml',
    '-i',
    'inventory.yml',
    '--output',
    'jsonl',
  ]);
  await run.untilPrinted(/step-waiting/);
  harm();
  if (goesOn) await writeFile(join(project.fleet.home(), `go-${name}`), '');
  const { code, stdout } = await run.ended;
  return { code, events: readRunLines(stdout) };
}

describe.skipIf(fleetAvailable() !== undefined)('a lock whose holder’s host is lost', () => {
  beforeAll(async () => {
    project = await startFleetProject({ count: 2 });
    const [host] = project.fleet.hosts;
    if (host === undefined) throw new RangeError('the fleet is empty');
    proxy = await startFaultProxy({ host: host.address, port: host.port });
    const key = execFileSync('ssh-keygen', ['-y', '-f', join(project.fleet.root, 'host_key')]);
    await appendFile(
      project.fleet.knownHostsFile,
      `[${proxy.address}]:${proxy.port} ${String(key).trim()}\n`,
    );
    await project.write(
      'lost.yml',
      `hosts: {lost: {address: 127.0.0.1, port: ${proxy.port}, user: ${host.user}, identity_file: ${project.fleet.identityFile}, connect_timeout: 15}}\n`,
    );
  });
  afterAll(async () => {
    await proxy?.stop();
    await project?.fleet.stop();
  });

  it('is handed on when the engine came back and saw the holder end', async () => {
    const { code, events } = await lose('back', 'lost_after: 60s', true, () => proxy.cutNow('rst'));
    expect(outcomesOf(events, 'hold')).toEqual({ lost: 'changed' });
    expect(outcomesOf(events, 'want')).toEqual({ h2: 'changed' });
    expect(code).toBe(0);
  });

  it('is poisoned when it stays away: who waits fails at once with the holder’s name, exit 5', async () => {
    const { code, events } = await lose('away', 'lost_after: 1s', false, () => {
      Object.assign(proxy.faults, { silent: true });
      proxy.cutNow('rst');
    });
    Object.assign(proxy.faults, { silent: false });
    expect(outcomesOf(events, 'hold')).toEqual({ lost: 'unknown' });
    const failed = events.find(({ id, outcome }) => id === 'want' && outcome === 'failed');
    expect(failed?.msg).toContain('lock "l" can\'t be given back by step "hold" on lost');
    expect(failed?.msg).toContain('(RB404)');
    expect(code).toBe(5);
  });

  it('goes on to the next one where the declaration chooses so', async () => {
    const { code, events } = await lose('release', 'lost_after: 1s, on_lost: release', false, () => {
      Object.assign(proxy.faults, { silent: true });
      proxy.cutNow('rst');
    });
    Object.assign(proxy.faults, { silent: false });
    expect(outcomesOf(events, 'hold')).toEqual({ lost: 'unknown' });
    expect(outcomesOf(events, 'want')).toEqual({ h2: 'changed' });
    expect(code).toBe(5);
  });
});
