import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Fleet, type FleetOptions, startFleet } from './fleet.ts';
import { type CliOptions, type CliResult, type RunningCli, runCli, startCli } from './run-cli.ts';

/** A fleet, and a folder with its inventory where the program is run as a user would run it. */
export interface FleetProject {
  readonly fleet: Fleet;
  readonly folder: string;
  /** Writes a file of the project. Gives its name back. */
  write(name: string, text: string): Promise<string>;
  run(args: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>;
  start(args: readonly string[], options?: Partial<CliOptions>): Promise<RunningCli>;
  /** Applies the text of a playbook, and reads the events of the run. */
  apply(
    playbook: string,
    args?: readonly string[],
    options?: Partial<CliOptions>,
  ): Promise<CliResult & { readonly events: readonly RunLine[] }>;
}

/** A line of `--output jsonl`. */
export interface RunLine {
  readonly type: string;
  readonly step?: string;
  readonly id?: string;
  readonly host?: string;
  readonly outcome?: string;
  readonly msg?: string;
  readonly [key: string]: unknown;
}

/** Starts a fleet with a project. Its `fleet.stop` takes both away. */
export async function startFleetProject(
  options: FleetOptions,
  inventory: (fleet: Fleet) => string = (fleet) => fleet.inventoryYaml(),
): Promise<FleetProject> {
  const fleet = await startFleet(options);
  const folder = join(fleet.root, 'project');
  await mkdir(folder);
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
    return name;
  };
  await write('inventory.yml', inventory(fleet));
  const base = { cwd: folder, home: fleet.controllerHome };
  const run: FleetProject['run'] = (args, more) => runCli(args, { ...base, ...more });
  return {
    fleet,
    folder,
    write,
    run,
    start: (args, more) => startCli(args, { ...base, ...more }),
    async apply(playbook, args = [], more = {}) {
      // A folder of its own: playbooks that run at the same time do not meet.
      const file = join(await mkdtemp(join(folder, 'play-')), 'playbook.yml');
      await writeFile(file, playbook);
      const words = ['apply', file, '-i', 'inventory.yml', '--output', 'jsonl', ...args];
      const result = await run(words, more);
      return { ...result, events: readRunLines(result.stdout) };
    },
  };
}

/** The lines of `--output jsonl`. @throws SyntaxError for a line that is no JSON object. */
export function readRunLines(stdout: string): readonly RunLine[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunLine);
}

/** The outcomes of a step (by id, else by title), in the order of hosts. */
export function outcomesOf(events: readonly RunLine[], step: string): Readonly<Record<string, string>> {
  const finished = events.filter(
    (event) => event.type === 'step-finished' && (event.id === step || event.step === step),
  );
  return Object.fromEntries(finished.map((event) => [event.host ?? '', event.outcome ?? '']));
}
