import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoFolderPrefix } from '../model/demo-folder.ts';
import { type DemoHost, startDemoHost } from './demo-host.ts';
import { makeDemoKey } from './demo-key.ts';

/**
 * A fleet on this machine, for `runbook demo`. It is no sandbox: commands run as the user who started it. That is why
 * become is off, homes are temporary, and the demo's playbooks write below `{{ demo_root }}` only.
 */
export interface DemoFleet {
  readonly hosts: readonly DemoHost[];
  /** The temporary folder that holds homes, keys and the inventory. */
  readonly root: string;
  readonly inventoryFile: string;
  readonly knownHostsFile: string;
  /** Ends the servers and, unless `keep` is set, removes the folder. */
  close(options: { readonly keep: boolean }): Promise<void>;
}

function inventoryText(hosts: readonly DemoHost[], identityFile: string): string {
  const lines = [
    'defaults:',
    `  {user: demo, address: 127.0.0.1, identity_file: ${JSON.stringify(identityFile)}, agent: false}`,
    'hosts:',
  ];
  for (const host of hosts)
    lines.push(
      `  ${host.name}: {port: ${host.port}, vars: {demo_root: ${JSON.stringify(join(host.home, 'root'))}}}`,
    );
  lines.push('groups:', '  web: {hosts: ["web*"]}', '  db: {hosts: ["db*"]}');
  return `${lines.join('\n')}\n`;
}

/** `web1 … webN` and `db1`, each an SSH server on a port of its own. */
export async function startDemoFleet(options: { readonly webHosts: number }): Promise<DemoFleet> {
  const root = await mkdtemp(join(tmpdir(), demoFolderPrefix));
  const hosts: DemoHost[] = [];
  const close = async ({ keep }: { readonly keep: boolean }) => {
    await Promise.all(hosts.map((host) => host.close()));
    if (!keep) await rm(root, { recursive: true, force: true });
  };
  try {
    const key = makeDemoKey();
    const identityFile = join(root, 'id_ed25519');
    await writeFile(identityFile, key.private, { mode: 0o600 });
    await chmod(identityFile, 0o600);
    const names = [...Array.from({ length: options.webHosts }, (_, index) => `web${index + 1}`), 'db1'];
    for (const name of names)
      hosts.push(await startDemoHost({ name, home: join(root, name), clientPublicKey: key.public }));
    const inventoryFile = join(root, 'inventory.yml');
    const knownHostsFile = join(root, 'known_hosts');
    await writeFile(inventoryFile, inventoryText(hosts, identityFile));
    await writeFile(knownHostsFile, `${hosts.map((host) => host.knownHostsLine).join('\n')}\n`);
    return { hosts, root, inventoryFile, knownHostsFile, close };
  } catch (error) {
    await close({ keep: false });
    throw error;
  }
}
