import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, watch } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type FleetHost, fleetAvailable } from '../support/fleet.ts';
import { type FleetProject, outcomesOf, startFleetProject } from '../support/fleet-project.ts';
import { endProcessesOf } from '../support/process-table.ts';

const playbook = `
name: Release
hosts: all
gather_facts: false
steps:
  - {id: quick, command: echo here}
  - {id: slow, shell: "touch started; until [ -e go ]; do sleep 0.05; done; echo done | tee finished"}
  - {id: last, command: echo there}
`;

let project: FleetProject;
const proxies: FaultProxy[] = [];

async function proxyFor(host: FleetHost): Promise<FaultProxy> {
  const proxy = await startFaultProxy({ host: host.address, port: host.port });
  proxies.push(proxy);
  return proxy;
}

/** Resolves when a host's step has begun. */
async function untilStarted(host: FleetHost): Promise<void> {
  const home = project.fleet.home(host.name);
  await new Promise<void>((resolve) => {
    const watcher = watch(home, () => look());
    const look = () => {
      if (!existsSync(join(home, 'started'))) return;
      watcher.close();
      resolve();
    };
    look();
  });
}

/** Lets the slow steps of hosts go on, also those that begin later. */
async function letGo(...names: readonly string[]): Promise<void> {
  for (const name of names) await writeFile(join(hostNamed(name).home, 'go'), '');
}

function hostNamed(name: string): FleetHost {
  const host = project.fleet.hosts.find((one) => one.name === name);
  if (host === undefined) throw new Error(`no host ${name}`);
  return host;
}

/** A key file that no host knows, with its public half. */
function makeKey(name: string): { readonly file: string; readonly publicKey: string } {
  const file = join(project.fleet.root, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
}

async function trust(address: string, port: number, key?: string): Promise<void> {
  const hostKey = key ?? execFileSync('ssh-keygen', ['-y', '-f', join(project.fleet.root, 'host_key')]);
  await appendFile(project.fleet.knownHostsFile, `[${address}]:${port} ${String(hostKey).trim()}\n`);
}

describe.skipIf(fleetAvailable() !== undefined)('failures beside healthy hosts', () => {
  beforeAll(async () => {
    project = await startFleetProject({ count: 6, separateUsers: true, namePrefix: 'n' });
  });
  afterAll(async () => {
    for (const proxy of proxies) await proxy.stop();
    await project?.fleet.stop();
  });

  it('are told as what they are, each with its cause and what to do, and stop nobody else', async () => {
    const [n1, n2] = [hostNamed('n1'), hostNamed('n2')];
    const changed = await proxyFor(n1);
    await trust(changed.address, changed.port, makeKey('other_host_key').publicKey);
    const unknown = await proxyFor(n1);
    const hole = await proxyFor(n1);
    hole.faults.blackhole = true;
    await trust(hole.address, hole.port);
    const stranger = makeKey('stranger_key').file;
    const key = project.fleet.identityFile;
    await writeFile(
      join(project.folder, 'failures.yml'),
      `defaults: {identity_file: ${key}, user: ${n1.user}}
hosts:
  good1: {address: ${n1.address}, port: ${n1.port}}
  changed: {address: 127.0.0.1, port: ${changed.port}}
  stranger: {address: 127.0.0.1, port: ${unknown.port}}
  closed: {address: 127.0.0.1, port: 1}
  hole: {address: 127.0.0.1, port: ${hole.port}, connect_timeout: 4}
  denied: {address: ${n2.address}, port: ${n2.port}, user: ${n2.user}, identity_file: ${stranger}}
  unnamed: {address: no-such-host.invalid}
  good2: {address: ${n2.address}, port: ${n2.port}, user: ${n2.user}}
`,
    );
    const quick = playbook.replace('until [ -e go ]; do sleep 0.05; done', 'sleep 0.1');
    const result = await project.apply(quick, ['-i', 'failures.yml', '--limit', 'all:!n*']);
    expect(result.code).toBe(4);
    expect(outcomesOf(result.events, 'last')).toMatchObject({ good1: 'changed', good2: 'changed' });
    const reasons = Object.fromEntries(
      result.events
        .filter((event) => event.type === 'step-finished' && event.outcome === 'unreachable')
        .map((event) => [event.host, `${event.msg}`]),
    );
    expect(Object.keys(reasons).sort()).toEqual([
      'changed',
      'closed',
      'denied',
      'hole',
      'stranger',
      'unnamed',
    ]);
    expect(reasons['closed']).toMatch(/refused/);
    expect(reasons['changed']).toMatch(/changed|differs|does not match/);
    expect(reasons['stranger']).toMatch(/SHA256:/);
    expect(reasons['hole']).toMatch(/4 s|timed out|no answer/);
    expect(reasons['denied']).toMatch(/stranger_key|auth|refused/i);
    expect(reasons['unnamed']).toMatch(/no-such-host\.invalid/);

    const text = await project.run(['exec', '-i', 'failures.yml', 'stranger:denied:changed', '--', 'true']);
    expect(text.code).toBe(4);
    expect(text.stdout).toMatch(/ssh-keyscan .*127\.0\.0\.1.* >> .*known_hosts|ssh -p \d+|ssh-keyscan/);
    expect(text.stdout).toMatch(/hint: /);
    expect(text.stdout).toContain('ssh-keygen -R');
  });

  it('settle a command that went on while its connection was cut, by its receipt', async () => {
    const host = hostNamed('n3');
    const proxy = await proxyFor(host);
    await trust(proxy.address, proxy.port);
    await project.write(
      'cut.yml',
      `hosts: {cut: {address: 127.0.0.1, port: ${proxy.port}, user: ${host.user}, identity_file: ${project.fleet.identityFile}}}\n`,
    );
    const running = project.apply(playbook, ['-i', 'cut.yml', '--limit', 'cut:n4']);
    await untilStarted(host);
    proxy.cutNow('rst');
    await letGo('n3', 'n4');
    const result = await running;
    expect(outcomesOf(result.events, 'slow')).toEqual({ cut: 'changed', n4: 'changed' });
    expect(outcomesOf(result.events, 'last')).toEqual({ cut: 'changed', n4: 'changed' });
    expect(result.code).toBe(0);
    expect(proxy.accepted).toBeGreaterThan(1);
  });

  it('say unknown, and exit 5, where nobody can tell how a command ended', async () => {
    const [lost, killed] = [hostNamed('n5'), hostNamed('n6')];
    const proxy = await startFaultProxy({ host: lost.address, port: lost.port });
    await trust(proxy.address, proxy.port);
    await project.write(
      'lost.yml',
      `hosts: {lost: {address: 127.0.0.1, port: ${proxy.port}, user: ${lost.user}, identity_file: ${project.fleet.identityFile}}}\n`,
    );
    const failing = playbook.replace('command: echo there', 'shell: "test -e finished"');
    await letGo('n2');
    const running = project.apply(failing, ['-i', 'lost.yml', '--limit', 'lost:n6:n2']);
    await Promise.all([
      untilStarted(lost).then(() => proxy.stop()),
      untilStarted(killed).then(() =>
        endProcessesOf(
          new Set(project.fleet.users.filter((user) => user.name === killed.user).map((user) => user.uid)),
        ),
      ),
    ]);
    const result = await running;
    expect(result.code, result.stderr).toBe(5);
    expect(outcomesOf(result.events, 'slow')).toEqual({ lost: 'unknown', n6: 'unknown', n2: 'changed' });
    expect(outcomesOf(result.events, 'last')).toEqual({ lost: 'cancelled', n6: 'cancelled', n2: 'changed' });
  });
});
