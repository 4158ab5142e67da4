import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, startDemo } from '../../engine.ts';
import { failure } from '../../model/diagnostic.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { packageRoot } from '../package-root.ts';
import { projectRequest } from '../project-request.ts';
import { createReporters } from '../reporters.ts';
import { runPlan } from '../run-plan.ts';

/** Flags of `demo`. */
export interface DemoFlags {
  readonly hosts: string;
  readonly verbose: number;
  readonly keep?: boolean;
}

/** A run of the demo: what is said above it, and what it applies. */
interface DemoRun {
  readonly title: string;
  readonly playbook: string;
  /** As a user would write it. */
  readonly shown: string;
}

function runsOf(given: string | undefined): readonly DemoRun[] {
  if (given !== undefined) return [{ title: 'Your playbook.', playbook: given, shown: given }];
  const playbook = join(packageRoot(), 'playbooks', 'demo.yml');
  return ['First run: everything is put in place.', 'Second run: everything is in place already.'].map(
    (title) => ({ title, playbook, shown: 'playbooks/demo.yml' }),
  );
}

/** `runbook demo`: the main job on an embedded fleet, twice: the second run changes nothing. Or once a given playbook. */
export async function demo(given: string | undefined, flags: DemoFlags): Promise<number> {
  const webHosts = Number(flags.hosts);
  if (!Number.isInteger(webHosts) || webHosts < 1 || webHosts > 100)
    throw failure('RB701', `--hosts ${flags.hosts}: expected a number from 1 to 100`);
  // What cannot be read is told before anything is started.
  if (given !== undefined && !existsSync(given)) await prepare(given, await projectRequest(flags));
  // A signal that comes while no run is under way must not leave the fleet's files behind.
  const interrupt = listenForInterrupt(() => undefined);
  const fleet = await startDemo(webHosts);
  try {
    process.stdout.write(
      `A fleet of ${fleet.hosts.length} SSH servers runs on this machine (${fleet.hosts.map((host) => host.name).join(', ')}).\nIt is no sandbox: commands run as you, and write below ${fleet.root} only.\n`,
    );
    for (const { title, playbook, shown } of runsOf(given)) {
      process.stdout.write(`\n── ${title}\n\n$ runbook apply ${shown}\n`);
      const shared = { verbose: flags.verbose, inventory: [fleet.inventoryFile] };
      const reporter = await createReporters({ output: undefined, reports: [], verbosity: flags.verbose });
      const prepared = await prepare(playbook, await projectRequest(shared));
      if (interrupt.signal.aborted) return 130;
      const code = await runPlan(prepared, shared, {
        check: false,
        diff: false,
        reporter,
        knownHostsFiles: [fleet.knownHostsFile],
        runsIn: fleet.root,
      });
      if (code !== 0) return code;
    }
    if (flags.keep === true) process.stdout.write(`\nThe files of the hosts are in ${fleet.root}\n`);
    return 0;
  } finally {
    await fleet.close({ keep: flags.keep === true });
    interrupt.dispose();
  }
}
