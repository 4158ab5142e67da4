import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoProject, ownPlaybook, startDemoProject } from '../support/demo-project.ts';
import { type RunLine, readRunLines } from '../support/fleet-project.ts';

let demo: DemoProject;
const web = ['web1', 'web2', 'web3'];
beforeAll(async () => {
  // Ten hosts in all: more than the eight workers of the SSH batch.
  demo = await startDemoProject(9);
  const inventory = readFileSync(demo.fleet.inventoryFile, 'utf8');
  const narrowed = inventory.replace('web: {hosts: ["web*"]}', `web: {hosts: [${web.join(', ')}]}`);
  expect(narrowed).not.toBe(inventory);
  writeFileSync(demo.fleet.inventoryFile, narrowed);
});
afterAll(() => demo?.fleet.close({ keep: false }));

/** The places in the log of a run at which instances of a step began or ended. */
function placesOf(events: readonly RunLine[], type: string, step: RegExp): number[] {
  return events.flatMap((event, at) => (event.type === type && step.test(event.step ?? '') ? [at] : []));
}

describe('output-lock', () => {
  it('leaves every line whole that was written under the lock', async () => {
    const { code, failures, stderr } = await demo.play('output-lock');
    expect({ code, failures, stderr }).toEqual({ code: 0, failures: [], stderr: '' });
    for (const host of web) {
      const lines = demo.linesOf(host, 'output/whole').map((line) => line.trim());
      const expected = Array.from({ length: 4 }, (_, index) => `writer ${index} done`);
      expect(lines.sort()).toEqual(expected);
      // The same pieces, in whatever order they came.
      const pieces = (file: string) => demo.linesOf(host, file).join(' ').split(/\s+/).sort();
      expect(pieces('output/mixed')).toEqual(pieces('output/whole'));
    }
  });
});

describe('build-once', () => {
  it('deploys each artefact on exactly one host, and the builder waits until all are', async () => {
    const { code, failures, events } = await demo.play('build-once');
    expect({ code, failures }).toEqual({ code: 0, failures: [] });
    const deployed = web.flatMap((host) => readdirSync(join(demo.rootOf(host), 'release')));
    expect(deployed.sort()).toEqual(['admin.txt', 'api.txt', 'docs.txt', 'shop.txt']);
    const [joined = 0] = placesOf(events, 'step-finished', /^Wait until all/);
    const put = placesOf(events, 'step-finished', /^Put .* in place/);
    expect(put).toHaveLength(4);
    expect(Math.max(...put)).toBeLessThan(joined);
  });
});

describe('processes', () => {
  it('are two on each host, joined only when both have ended, with the status of each', async () => {
    const { code, events } = await demo.play('processes');
    expect(code).toBe(0);
    const ends = (step: RegExp) =>
      events.filter((event) => event.type === 'step-finished' && step.test(event.step ?? ''));
    expect(ends(/ends well/).map(({ rc }) => rc)).toEqual([0, 0, 0]);
    expect(ends(/status 3/).map(({ rc, ignored }) => [rc, ignored])).toEqual(Array(3).fill([3, true]));
    for (const host of web) {
      const at = (step: RegExp) =>
        events.findIndex(
          (event) => event.type === 'step-finished' && event.host === host && step.test(event.step ?? ''),
        );
      expect(at(/Wait for both/)).toBeGreaterThan(Math.max(at(/ends well/), at(/status 3/)));
    }
  });
});

describe('traffic-light', () => {
  it('lets cars pass in several rounds, and none while the light is red', async () => {
    const { code, failures, events } = await demo.play('traffic-light');
    expect({ code, failures }).toEqual({ code: 0, failures: [] });
    const rounds: number[] = [];
    let [isGreen, round] = [false, 0];
    for (const { type, step, outcome } of events) {
      const ended = type === 'step-finished' && (outcome === 'changed' || outcome === 'ok');
      if (ended && step === 'Green') [isGreen, round] = [true, round + 1];
      if (ended && step === 'Red again') isGreen = false;
      if (type !== 'step-started' || step !== 'Pass at green') continue;
      expect(isGreen, `a car passed in round ${round}`).toBe(true);
      rounds.push(round);
    }
    expect(rounds).toHaveLength(4 * web.length);
    expect(new Set(rounds).size).toBeGreaterThanOrEqual(2);
    for (const host of web) expect(demo.linesOf(host, 'car.log')).toHaveLength(4);
  });
});

describe('pipe', () => {
  it('streams ten megabytes to three hosts at a time, byte for byte, with both exit statuses', async () => {
    const { code, failures } = await demo.play('pipe');
    expect({ code, failures }).toEqual({ code: 0, failures: [] });
    const data = readFileSync(join(demo.rootOf('db1'), 'pipe', 'data'));
    for (const host of web)
      expect(readFileSync(join(demo.rootOf(host), 'pipe', 'copy')).equals(data)).toBe(true);
  });
});

describe('ssh-batch', () => {
  const identity = () => ['--private-key', join(demo.fleet.root, 'id_ed25519')];
  const config = () => {
    const hosts = demo.fleet.hosts.map(
      ({ name, port }) => `[${name}]\nip = 127.0.0.1\nport = ${port}\nuser = demo\n`,
    );
    const file = join(demo.fleet.root, 'config.cfg');
    writeFileSync(
      file,
      [...hosts, `[web]\n${web.map((name) => `${name} = ${name}`).join('\n')}\n`].join('\n'),
    );
    return file;
  };

  it('is at work on eight hosts at a time, keeps answers apart, and goes on when a host fails', async () => {
    const folder = join(demo.fleet.root, 'batch');
    mkdirSync(folder);
    // Each waits until eight were inside at once: fewer workers would never let it go on.
    const cmd = `cd ${folder}; exec 9>guard
count() { flock 9; n=$(($(cat now 2>/dev/null || echo 0) + $1)); echo $n > now; echo $n >> seen; flock -u 9; }
count 1; until grep -qx 8 seen; do sleep 0.05; done; sleep 0.2; count -1
echo one; echo two; case $HOME in */web5) exit 1;; esac`;
    const report = join(folder, 'report.txt');
    const vars = ['-e', JSON.stringify({ cmd, report })];
    const { code, failures } = await demo.play('ssh-batch', ['-i', config(), ...identity(), ...vars]);
    expect(code).toBe(2);
    expect(failures.map(({ host }) => host)).toEqual(['web5']);
    const seen = readFileSync(join(folder, 'seen'), 'utf8').trim().split('\n').map(Number);
    expect(Math.max(...seen)).toBe(8);
    const lines = readFileSync(report, 'utf8').trim().split('\n');
    const answered = demo.fleet.hosts.map(({ name }) => name).filter((name) => name !== 'web5');
    const pairs = lines.flatMap((line, index) => (index % 2 === 0 ? [`${line} ${lines[index + 1]}`] : []));
    expect(pairs.sort()).toEqual(answered.map((name) => `${name}: one ${name}: two`).sort());
  });

  it('needs no playbook: exec takes hosts and groups of the same file', async () => {
    copyFileSync(config(), join(demo.fleet.root, 'hosts.cfg'));
    const words = [
      'exec',
      '-i',
      'hosts.cfg',
      ...identity(),
      '-H',
      'db1',
      '-H',
      'web1',
      '-g',
      'web',
      '-f',
      '8',
    ];
    const { code, stdout } = await demo.run([...words, '--output', 'jsonl', '--cmd', 'echo "$HOME"']);
    expect(code).toBe(0);
    const hosts = readRunLines(stdout).flatMap(({ type, host }) => (type === 'step-finished' ? [host] : []));
    expect(hosts.sort()).toEqual(['db1', ...web]);
    const unknown = await demo.run(['exec', '-i', 'hosts.cfg', '-g', 'wbe', '--cmd', 'true']);
    expect(unknown).toMatchObject({ code: 65, stderr: expect.stringContaining('did you mean "web"?') });
  });

  it('has an inventory that is read as it stands', async () => {
    const file = join(ownPlaybook('ssh-batch'), '..', 'ssh-batch', 'config.cfg');
    const { code, stdout } = await demo.run(['inventory', '-i', file, '--host', 'db1']);
    expect(code).toBe(0);
    expect(stdout).toContain('192.0.2.21');
  });
});
