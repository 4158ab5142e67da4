import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fleetAvailable, startFleet } from '../support/fleet.ts';
import { median, row, timed } from './measure.ts';

const runbook = fileURLToPath(new URL('../../bin/runbook.js', import.meta.url));
const rounds = 3;

/** `uptime` on 100 hosts, against `clush -f 64`. */
export async function adhocBench(): Promise<readonly string[]> {
  const reason = fleetAvailable();
  if (reason !== undefined) return [`left out: ${reason}`];
  if (!existsSync('/usr/bin/clush')) return ['left out: clush (package clustershell) is not installed'];
  const folder = await mkdtemp(join(tmpdir(), 'runbook-bench-'));
  const fleet = await startFleet({ count: 100, maxStartups: '200' });
  try {
    const inventory = join(folder, 'inventory.yml');
    await writeFile(inventory, fleet.inventoryYaml());
    const [first] = fleet.hosts;
    if (first === undefined) throw new Error('the fleet has no host');
    const options = `-F none -i ${fleet.identityFile} -o IdentitiesOnly=yes -o UserKnownHostsFile=${fleet.knownHostsFile} -o StrictHostKeyChecking=yes -p ${first.port}`;
    const nodes = fleet.hosts.map((host) => host.address).join(',');
    const times = { clush: [] as number[], runbook: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      const clush = await timed('clush', [
        '-f',
        '64',
        '-l',
        first.user,
        '-o',
        options,
        '-w',
        nodes,
        'uptime',
      ]);
      const answers = clush.stdout.trim().split('\n').length;
      if (answers !== 100)
        throw new Error(`clush: ${answers} of 100 hosts answered\n${clush.stderr.slice(0, 500)}`);
      times.clush.push(clush.wallMs);
      const ours = await timed(
        process.execPath,
        [runbook, 'exec', 'all', '-i', inventory, '--output', 'jsonl', '--cmd', 'uptime'],
        { env: { ...process.env, HOME: fleet.controllerHome } },
      );
      if (ours.code !== 0 || ours.stdout.split('"outcome":"changed"').length < 100)
        throw new Error(`runbook failed: ${ours.stdout.slice(-500)}${ours.stderr}`);
      times.runbook.push(ours.wallMs);
    }
    const base = median(times.clush);
    return [
      `uptime on 100 hosts, medians of ${rounds} rounds`,
      row('clush -f 64', base, base),
      row('runbook exec', median(times.runbook), base, 'figure: 0.6x'),
    ];
  } finally {
    await fleet.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
