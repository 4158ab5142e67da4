import { Command, CommanderError, Option } from 'commander';
import { failure } from '../../model/diagnostic.ts';
import type { SharedFlags } from '../flags.ts';
import { version } from '../version.ts';

/** A command line of ansible-playbook, in this program's flags. */
export interface AnsibleArguments {
  readonly playbooks: readonly string[];
  readonly flags: SharedFlags;
  readonly syntaxCheck: boolean;
  readonly forceHandlers: boolean;
  /** Folders of modules, as given. */
  readonly modulePath: readonly string[];
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
const words = (value: string): readonly string[] =>
  value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
const collectWords = (value: string, before: readonly string[] = []) => [...before, ...words(value)];

interface Parsed {
  readonly inventory?: readonly string[];
  readonly limit?: readonly string[];
  readonly extraVars?: readonly string[];
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly become?: boolean;
  readonly becomeMethod?: string;
  readonly becomeUser?: string;
  readonly becomePasswordFile?: string;
  readonly askBecomePass?: boolean;
  readonly askPass?: boolean;
  readonly connectionPasswordFile?: string;
  readonly verbose: number;
  readonly forks?: string;
  readonly user?: string;
  readonly connection?: string;
  readonly timeout?: string;
  readonly privateKey?: string;
  readonly sshCommonArgs?: string;
  readonly sshExtraArgs?: string;
  readonly listHosts?: boolean;
  readonly listTasks?: boolean;
  readonly listTags?: boolean;
  readonly syntaxCheck?: boolean;
  readonly startAtTask?: string;
  readonly step?: boolean;
  readonly forceHandlers?: boolean;
  readonly flushCache?: boolean;
  readonly askVaultPass?: boolean;
  readonly vaultId?: readonly string[];
  readonly vaultPasswordFile?: readonly string[];
  readonly modulePath?: readonly string[];
}

/**
 * Reads the words of a call of ansible-playbook.
 *
 * @returns undefined where help or the version was asked for, and shown.
 * @throws CommanderError for words that ansible-playbook does not know; RunbookError RB701 for one that has no meaning here.
 */
export function readAnsibleArguments(argv: readonly string[]): AnsibleArguments | undefined {
  const command = ansibleCommand();
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    throw error;
  }
  const parsed = command.opts<Parsed>();
  return {
    playbooks: command.args,
    flags: flagsOf(parsed),
    syntaxCheck: parsed.syntaxCheck === true,
    forceHandlers: parsed.forceHandlers === true,
    modulePath: parsed.modulePath ?? [],
  };
}

function flagsOf(parsed: Parsed): SharedFlags {
  const { startAtTask, listTasks, forks, timeout, connection, sshCommonArgs, sshExtraArgs, ...same } = parsed;
  const sshArguments = [sshCommonArgs, sshExtraArgs].filter((one) => one !== undefined).join(' ');
  const flags: SharedFlags = {
    ...same,
    extraVars: [
      ...(sshArguments === '' ? [] : [JSON.stringify({ ansible_ssh_common_args: sshArguments })]),
      ...(parsed.extraVars ?? []),
    ],
    output: 'plain',
  };
  return {
    ...flags,
    ...(startAtTask === undefined ? {} : { startAt: startAtTask }),
    ...(listTasks === undefined ? {} : { listSteps: listTasks }),
    ...(forks === undefined ? {} : { forks: count(forks, '--forks') }),
    ...(timeout === undefined ? {} : { timeout: count(timeout, '--timeout') }),
    ...(connection === undefined ? {} : { connection: connectionOf(connection) }),
  };
}

function count(text: string, flag: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw failure('RB701', `${flag} ${text}: expected a whole number from 1 on`);
}

function connectionOf(name: string): 'ssh' | 'local' {
  if (name === 'local') return 'local';
  if (['ssh', 'smart', 'paramiko', 'paramiko_ssh'].includes(name)) return 'ssh';
  throw failure('RB701', `--connection ${name}: expected ssh or local`);
}

function ansibleCommand(): Command {
  const command = new Command('runbook-ansible-playbook')
    .description('Takes the words of ansible-playbook, and carries the playbooks out.')
    .argument('<playbook...>')
    .version(`runbook-ansible-playbook (runbook ${version})`, '--version', 'show the version')
    .exitOverride()
    .option('-i, --inventory <source>', 'inventory path or host list (repeatable)', collect)
    .addOption(new Option('--inventory-file <source>').argParser(collect).hideHelp())
    .option('-l, --limit <pattern>', 'only hosts that match', collect)
    .option('-e, --extra-vars <vars>', 'variables: k=v, JSON, YAML or @file (repeatable)', collect)
    .option('-t, --tags <tags>', 'only tasks with one of these tags', collectWords)
    .option('--skip-tags <tags>', 'leave out tasks with one of these tags', collectWords)
    .option('-C, --check', 'change nothing, show what would change')
    .option('-D, --diff', 'show differences')
    .option('-v, --verbose', 'more detail (-vvv for more)', (_value, before: number) => before + 1, 0)
    .option('-f, --forks <n>', 'parallel work')
    .option('--syntax-check', 'check the syntax, run nothing')
    .option('--list-hosts', 'list hosts, run nothing')
    .option('--list-tasks', 'list tasks, run nothing')
    .option('--list-tags', 'list tags, run nothing')
    .option('--start-at-task <name>', 'begin at the task of this name')
    .option('--step', 'ask before each task')
    .option('--force-handlers', 'run handlers even where a task failed')
    .option('--flush-cache', 'forget the facts that earlier runs kept')
    .option('-M, --module-path <path>', 'folders of modules (repeatable)', collect);
  return addConnectionOptions(command);
}

function addConnectionOptions(command: Command): Command {
  return command
    .option('-b, --become', 'become another user')
    .option('--become-method <method>', 'sudo, su or doas')
    .option('--become-user <name>', 'whom to become')
    .option('-K, --ask-become-pass', 'ask for the password to become')
    .option('-k, --ask-pass', 'ask for the login password')
    .option('-u, --user <name>', 'log in as this user')
    .option('-c, --connection <type>', 'ssh or local')
    .option('-T, --timeout <seconds>', 'deadline of a connection')
    .option('--private-key <file>', 'key to log in with')
    .addOption(new Option('--key-file <file>').hideHelp())
    .option('--ssh-common-args <args>', 'arguments of ssh')
    .option('--ssh-extra-args <args>', 'arguments of ssh')
    .addOption(new Option('--scp-extra-args <args>').hideHelp())
    .addOption(new Option('--sftp-extra-args <args>').hideHelp())
    .option('-J, --ask-vault-pass', 'ask for the vault password')
    .option('--vault-id <id>', 'vault identity, label@source (repeatable)', collect)
    .option('--vault-password-file <file>', 'file that holds the vault password (repeatable)', collect);
}
