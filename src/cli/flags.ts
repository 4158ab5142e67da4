import { type Command, InvalidArgumentError, Option } from 'commander';
import { addVaultFlags } from './vault-commands.ts';
import type { VaultFlags } from './vault-sources.ts';

/** The values of the flags that several commands share, as commander gives them. */
export interface SharedFlags extends VaultFlags {
  readonly inventory?: readonly string[];
  readonly limit?: readonly string[];
  readonly extraVars?: readonly string[];
  readonly user?: string;
  readonly privateKey?: string;
  readonly connection?: 'ssh' | 'local';
  readonly timeout?: number;
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly becomeMethod?: string;
  readonly askPass?: boolean;
  readonly askBecomePass?: boolean;
  readonly forks?: number;
  readonly verbose: number;
  readonly output?: OutputFormat;
  readonly report?: readonly string[];
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly startAt?: string;
  readonly step?: boolean;
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly exitCode?: boolean;
  readonly listHosts?: boolean;
  readonly listSteps?: boolean;
  readonly listTags?: boolean;
  readonly assumeSet?: readonly string[];
  readonly flushCache?: boolean;
}

/** How a run is shown on standard output. */
export type OutputFormat = 'tty' | 'plain' | 'jsonl' | 'quiet';

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
const collectList = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
];

function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('expected a whole number from 1 on.');
  return number;
}

/**
 * An option with two long names. commander would file its value under the second one; here it is filed under
 * `attribute`.
 */
export function twoNames(flags: string, attribute: keyof SharedFlags, description: string): Option {
  const option = new Option(flags, description);
  option.attributeName = () => attribute;
  return option;
}

/** `-i`, `-e`, `-v` and where vault passwords come from. */
export function addInventoryFlags(command: Command): Command {
  return addVaultFlags(command)
    .option(
      '-i, --inventory <source>',
      'inventory file, directory, program, host list "h1,h2," or ssh_config:PATH (repeatable)',
      collect,
    )
    .option(
      '-e, --extra-vars <vars>',
      'variables above all others: k=v, JSON, or @file (repeatable)',
      collect,
    )
    .option(
      '-v, --verbose',
      'more detail: -v messages and output, -vv places and all output, -vvv whole results',
      (_value, before: number) => before + 1,
      0,
    );
}

/** How hosts are reached. */
export function addConnectionFlags(command: Command): Command {
  return command
    .option('-u, --user <name>', 'log in as this user')
    .addOption(twoNames('--private-key, --key-file <file>', 'privateKey', 'private key to log in with'))
    .addOption(new Option('-c, --connection <type>', 'how to reach hosts').choices(['ssh', 'local']))
    .option('-T, --timeout <seconds>', 'deadline for a connection, in seconds', positiveInteger)
    .option('-k, --ask-pass', 'ask for the login password')
    .option('-b, --become', 'become another user (root) on the hosts')
    .option('--become-user <name>', 'whom to become')
    .addOption(new Option('--become-method <method>', 'how to become').choices(['sudo', 'su', 'doas']))
    .option('-K, --ask-become-pass', 'ask for the password to become')
    .option('-f, --forks <n>', 'requests in flight at most (default: 50)', positiveInteger);
}

/** What of a playbook is selected. */
export function addSelectionFlags(command: Command): Command {
  return command
    .option('-l, --limit <pattern>', 'only hosts that match (repeatable)', collect)
    .option('-t, --tags <tags>', 'only steps with one of these tags', collectList)
    .option('--skip-tags <tags>', 'leave out steps with one of these tags', collectList)
    .addOption(
      twoNames(
        '--start-at, --start-at-task <step>',
        'startAt',
        'leave out what comes before the step with this name or id',
      ),
    )
    .option('--assume-set <event>', 'take an event as set before the run (repeatable)', collect);
}

/** How a run is shown. */
export function addOutputFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--output <format>', 'how to show the run (default: tty on a terminal, else plain)').choices(
        ['tty', 'plain', 'jsonl', 'quiet'],
      ),
    )
    .option(
      '--report <kind=file>',
      'write a report: junit=FILE, json=FILE, html=FILE or trace=FILE (repeatable)',
      collect,
    );
}
