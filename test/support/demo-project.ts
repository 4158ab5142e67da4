import { mkdirSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DemoFleet, startDemoFleet } from '../../src/demo/fleet.ts';
import { type RunLine, readRunLines } from './fleet-project.ts';
import { type CliOptions, type CliResult, type RunningCli, runCli, startCli } from './run-cli.ts';

/** The fleet of `runbook demo`, and the program run against it as a user would run it. */
export interface DemoProject {
  readonly fleet: DemoFleet;
  /** The folder of a host that playbooks know as `demo_root`. */
  rootOf(host: string): string;
  /** A file that a playbook left below a host's `demo_root`, as lines. */
  linesOf(host: string, file: string): readonly string[];
  run(args: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>;
  start(args: readonly string[], options?: Partial<CliOptions>): Promise<RunningCli>;
  /** Applies one of the project's own playbooks, by its name. */
  play(
    name: string,
    args?: readonly string[],
  ): Promise<CliResult & { readonly events: readonly RunLine[]; readonly failures: readonly RunLine[] }>;
}

/** The path of one of the project's own playbooks. */
export function ownPlaybook(name: string): string {
  return fileURLToPath(new URL(`../../playbooks/${name}.yml`, import.meta.url));
}

/** Starts the fleet: hosts `web1 … webN` and `db1`. Its `fleet.close` takes all away. */
export async function startDemoProject(webHosts: number): Promise<DemoProject> {
  const fleet = await startDemoFleet({ webHosts });
  mkdirSync(join(fleet.root, '.ssh'), { mode: 0o700 });
  await copyFile(fleet.knownHostsFile, join(fleet.root, '.ssh', 'known_hosts'));
  const base = { cwd: fleet.root };
  const rootOf = (host: string) => join(fleet.root, host, 'root');
  const run: DemoProject['run'] = (args, more) => runCli(args, { ...base, ...more });
  return {
    fleet,
    rootOf,
    linesOf: (host, file) =>
      readFileSync(join(rootOf(host), file), 'utf8')
        .trimEnd()
        .split('\n'),
    run,
    start: (args, more) => startCli(args, { ...base, ...more }),
    async play(name, args = []) {
      const words = ['apply', ownPlaybook(name), '-i', fleet.inventoryFile, '--output', 'jsonl', ...args];
      const result = await run(words);
      const events = readRunLines(result.stdout);
      const failures = events.filter(({ outcome, type }) => type === 'step-finished' && outcome === 'failed');
      return { ...result, events, failures };
    },
  };
}
