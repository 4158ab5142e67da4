import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Inventory } from '../model/inventory.ts';
import { groupsOfHost } from '../model/inventory-graph.ts';
import { type Plan, type PlanPlay, roleOf, stepTitle } from '../model/plan.ts';
import type { RunMode, Selection } from '../model/run-options.ts';
import type { StepWork } from '../model/step-run.ts';
import type { Value } from '../model/value.ts';

/** The Ansible whose language is followed, as `ansible_version` tells playbooks that ask. */
const languageVersion: Value = { full: '2.17.0', major: 2, minor: 17, revision: 0, string: '2.17.0' };

/** What magic variables of a run are made from. */
export interface MagicSources {
  readonly plan: Plan;
  readonly inventory: Inventory;
  readonly mode: RunMode;
  readonly selection: Selection | undefined;
  /** The directory of the playbook, absolute. */
  readonly projectDir: string;
}

/** A Python of the controller, for playbooks that hand one on; nothing here needs it. */
const python = '/usr/bin/python3';

type Values = Readonly<Record<string, Value>>;

/** The magic variables that are the same everywhere in a run. */
export function runMagic({ inventory, mode, selection, projectDir }: MagicSources): Values {
  const source = inventory.sources.at(-1);
  const path = source === undefined ? undefined : resolve(source);
  const isDirectory = path !== undefined && existsSync(path) && statSync(path).isDirectory();
  return {
    playbook_dir: projectDir,
    inventory_dir: path === undefined ? null : isDirectory ? path : dirname(path),
    inventory_file: path === undefined || isDirectory ? null : path,
    ansible_inventory_sources: inventory.sources.map((one) => resolve(one)),
    ansible_check_mode: mode.check,
    ansible_diff_mode: mode.diff,
    ansible_verbosity: mode.verbosity,
    ansible_forks: mode.forks,
    ansible_version: languageVersion,
    ansible_playbook_python: existsSync(python) ? python : 'python3',
    ansible_run_tags: selection === undefined || selection.tags.length === 0 ? ['all'] : selection.tags,
    ansible_skip_tags: selection?.skipTags ?? [],
    ...(selection?.limit === undefined ? {} : { ansible_limit: selection.limit }),
  };
}

/** The magic variables of a host. */
export function hostMagic(inventory: Inventory, host: string): Values {
  const groups = groupsOfHost(inventory, host).map((group) => group.name);
  return {
    inventory_hostname: host,
    inventory_hostname_short: isAddress(host) ? host : (host.split('.')[0] ?? host),
    group_names: groups.filter((name) => name !== 'all').sort(),
  };
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}

/** The magic variables of a step: who else is in its play, and what failed before a `rescue`. */
export function stepMagic(work: StepWork, play: PlanPlay | undefined): Values {
  const { failure, leases } = work;
  return {
    play_hosts: work.batchHosts,
    ansible_play_batch: work.batchHosts,
    ansible_play_hosts: work.playHosts,
    ansible_play_hosts_all: work.allPlayHosts,
    ansible_play_name: play?.name ?? '',
    ...(leases === undefined ? {} : { pool: leases }),
    ...(failure === undefined
      ? {}
      : {
          ansible_failed_result: failure.result,
          ansible_failed_task: failedTask(failure.step),
        }),
  };
}

function failedTask(step: NonNullable<StepWork['failure']>['step']): Values {
  const title = stepTitle(step);
  const prefix = `${roleOf(step)?.name} : `;
  return {
    name: title.startsWith(prefix) ? title.slice(prefix.length) : title,
    action: step.action.type === 'module' ? step.action.written : step.action.type,
    ...(step.id === undefined ? {} : { id: step.id }),
  };
}

/** Defaults below everything else: what a playbook may read although nobody sets it. */
export function lowestVariables(inventory: Inventory, host: string): Values {
  const found = inventory.hosts.get(host);
  const groups = groupsOfHost(inventory, host).map((group) => group.settings);
  const settings = Object.assign({}, inventory.defaults, ...groups, found?.settings);
  const named: Record<string, Value> = { ansible_host: settings.address ?? host };
  if (settings.port !== undefined) named['ansible_port'] = settings.port;
  if (settings.user !== undefined) named['ansible_user'] = settings.user;
  if (found?.implicit === true) named['ansible_connection'] = 'local';
  return named;
}
