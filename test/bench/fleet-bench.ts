import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Fleet, fleetAvailable, startFleet } from '../support/fleet.ts';
import { median, row, timed } from './measure.ts';
import { handWrittenScript, writePlaybook } from './workload.ts';

const runbook = fileURLToPath(new URL('../../bin/runbook.js', import.meta.url));
const rounds = 5;

const sshOptions = (fleet: Fleet) => [
  '-F',
  'none',
  '-o',
  'BatchMode=yes',
  '-o',
  `UserKnownHostsFile=${fleet.knownHostsFile}`,
  '-o',
  'StrictHostKeyChecking=yes',
  '-i',
  fleet.identityFile,
  '-o',
  'IdentitiesOnly=yes',
];

/** The hand-written script on every host at once, by the OpenSSH client. */
async function byHand(fleet: Fleet): Promise<number> {
  const startedAtMs = performance.now();
  const ends = await Promise.all(
    fleet.hosts.map((host) =>
      timed('ssh', [...sshOptions(fleet), '-p', String(host.port), `${host.user}@${host.address}`, 'sh -s'], {
        input: handWrittenScript(host.name),
      }),
    ),
  );
  const bad = ends.find((end) => end.code !== 0);
  if (bad !== undefined) throw new Error(`the hand-written script failed: ${bad.stderr}`);
  return performance.now() - startedAtMs;
}

async function byRunbook(
  fleet: Fleet,
  playbook: string,
  inventory: string,
): Promise<{ readonly wallMs: number; readonly changed: number }> {
  const end = await timed(
    process.execPath,
    [runbook, 'apply', playbook, '-i', inventory, '--output', 'plain'],
    { env: { ...process.env, HOME: fleet.controllerHome } },
  );
  if (end.code !== 0) throw new Error(`runbook failed: ${end.stdout}${end.stderr}`);
  const changed = [...end.stdout.matchAll(/ changed=(\d+)/g)].map((match) => Number(match[1]));
  return { wallMs: end.wallMs, changed: Math.max(...changed) };
}

/** The time of ansible-playbook, or why there is none. */
async function byAnsible(fleet: Fleet, folder: string, playbook: string): Promise<number | string> {
  if (!existsSync('/usr/bin/ansible-playbook')) return 'is not installed';
  const lines = fleet.hosts.map(
    (host) =>
      `${host.name} ansible_host=${host.address} ansible_port=${host.port} ansible_user=${host.user} ansible_ssh_private_key_file=${fleet.identityFile}`,
  );
  const inventory = join(folder, 'hosts.ini');
  await writeFile(
    inventory,
    `${lines.join('\n')}\n[all:vars]\nansible_ssh_common_args=-F none -o UserKnownHostsFile=${fleet.knownHostsFile}\nansible_python_interpreter=/usr/bin/python3\n`,
  );
  const config = join(folder, 'ansible.cfg');
  await writeFile(config, '[defaults]\n');
  const end = await timed('ansible-playbook', ['-i', inventory, '-f', '20', playbook], {
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ANSIBLE_PIPELINING: '1', ANSIBLE_CONFIG: config },
  });
  return end.code === 0 ? end.wallMs : `failed: ${end.stderr.trim() || end.stdout.trim().slice(-500)}`;
}

async function clean(fleet: Fleet): Promise<void> {
  await Promise.all(fleet.hosts.map((host) => rm(join(host.home, 'app'), { recursive: true, force: true })));
}

/** 20 hosts x 10 steps: first and second run, against the hand-written script. */
export async function fleetBench(): Promise<readonly string[]> {
  const reason = fleetAvailable();
  if (reason !== undefined) return [`left out: ${reason}`];
  const folder = await mkdtemp(join(tmpdir(), 'runbook-bench-'));
  const fleet = await startFleet({ count: 20, separateUsers: true });
  try {
    const playbook = await writePlaybook(folder);
    const inventory = join(folder, 'inventory.yml');
    await writeFile(inventory, fleet.inventoryYaml());
    const times = {
      handFirst: [] as number[],
      handSecond: [] as number[],
      first: [] as number[],
      second: [] as number[],
    };
    // Alternating, so that whatever else the machine does falls on both alike.
    for (let round = 0; round < rounds; round++) {
      await clean(fleet);
      times.handFirst.push(await byHand(fleet));
      times.handSecond.push(await byHand(fleet));
      await clean(fleet);
      times.first.push((await byRunbook(fleet, playbook, inventory)).wallMs);
      const again = await byRunbook(fleet, playbook, inventory);
      if (again.changed !== 0) throw new Error(`the second run changed ${again.changed}`);
      times.second.push(again.wallMs);
    }
    const first = median(times.handFirst);
    const second = median(times.handSecond);
    const lines = [
      `20 hosts x 10 steps, one sshd on loopback, medians of ${rounds} rounds`,
      row('hand-written script, first run', first, first),
      row('runbook apply, first run', median(times.first), first, 'figure: 1.0x, later 0.8x'),
      row('hand-written script, second run', second, second),
      row('runbook apply, second run', median(times.second), second, 'figure: 1.0x, later 0.8x'),
    ];
    await clean(fleet);
    const ansible = await byAnsible(fleet, folder, await writeAnsiblePlaybook(folder, playbook));
    lines.push(
      typeof ansible === 'string'
        ? `ansible-playbook ${ansible}`
        : row('ansible-playbook with pipelining, first run', ansible, first),
    );
    return lines;
  } finally {
    await fleet.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same playbook as a list of plays with Ansible's words. */
async function writeAnsiblePlaybook(folder: string, playbook: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(playbook, 'utf8');
  const [, ...lines] = text.replace('steps:', 'tasks:').trimEnd().split('\n');
  const file = join(folder, 'ansible.yml');
  await writeFile(file, `- ${lines.join('\n  ')}\n`);
  return file;
}
