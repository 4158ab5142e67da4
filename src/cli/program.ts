import { Command, CommanderError } from 'commander';
import type { DemoFlags } from './commands/demo.ts';
import type { ExecFlags } from './commands/exec.ts';
import type { ImportFlags } from './commands/import.ts';
import type { InventoryFlags } from './commands/inventory.ts';
import { addControlCommands } from './control-commands.ts';
import {
  addConnectionFlags,
  addInventoryFlags,
  addOutputFlags,
  addSelectionFlags,
  type SharedFlags,
  twoNames,
} from './flags.ts';
import { showFailure } from './show-failure.ts';
import { addVaultCommands } from './vault-commands.ts';
import { version } from './version.ts';

/** Makes an action for commander of a function that gives the exit code of the process. */
type Run = <Args extends unknown[]>(
  action: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;

const exitCodes = `
Exit codes:
  0  ok                         64  wrong usage
  2  a step failed              65  wrong playbook, inventory or parameters
  3  changes pending (check --exit-code)
  4  a host was unreachable     70  a bug in runbook
  5  an outcome is unknown      75  another run holds a lock
                             130  interrupted`;

/**
 * Reads the command line and carries it out.
 *
 * @returns the exit code; 64 where the command line is wrong, 65 for mistakes in files, 70 for a bug.
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  // Whatever escapes is a bug; it must not look like a result.
  const escaped = (error: unknown) => process.exit(showFailure(error));
  process.on('uncaughtException', escaped).on('unhandledRejection', escaped);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  // What `runbook-ansible-playbook` puts before its own words.
  if (argv[0] === 'ansible-playbook')
    return (await import('./ansible/playbook.ts')).ansiblePlaybook(argv.slice(1));
  const dashes = argv.indexOf('--');
  const program = createProgram({
    wordsAfterDashes: dashes < 0 ? 0 : argv.length - dashes - 1,
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 64;
    return showFailure(error);
  }
}

/** A reader that goes away (`| head`) ends the output, not the command. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

interface ProgramContext {
  /** How many words stand behind `--`: commander does not tell. */
  readonly wordsAfterDashes: number;
  setExitCode(code: number): void;
}

function createProgram(context: ProgramContext): Command {
  const run: Run =
    (action) =>
    async (...args) =>
      context.setExitCode(await action(...args));
  const program = new Command('runbook')
    .description('Carries out playbooks on many hosts over SSH, as a DAG of steps.')
    .version(`runbook ${version}`, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showHelpAfterError('(runbook --help shows how)')
    .addHelpText(
      'after',
      `
Examples:
  runbook apply deploy.yml                 apply a playbook to its hosts
  runbook apply deploy.yml -l web -C -D    show what would change on web, change nothing
  runbook exec -g web --cmd uptime         run a command on a group
  runbook doc copy                         read about a module
${exitCodes}`,
    )
    .exitOverride();
  // Sub-commands made later inherit these settings.
  addRunCommands(program, run, context);
  addControlCommands(program, run);
  addReadCommands(program, run);
  addVaultCommands(program, run);
  return program;
}

function addRunCommands(program: Command, run: Run, context: ProgramContext): void {
  const apply = program.command('apply <playbook>').description('apply a playbook to its hosts');
  addListFlags(addRunFlags(apply))
    .option('-C, --check', 'look only: show what would change, change nothing')
    .option('--exit-code', 'with --check: exit 3 when something would change')
    .action(
      run(async (playbook: string, flags: SharedFlags) =>
        (await import('./commands/apply.ts')).apply(playbook, flags),
      ),
    );

  const check = program
    .command('check <playbook>')
    .description('show what apply would change, with differences; the same as apply --check --diff');
  addListFlags(addRunFlags(check))
    .option('--exit-code', 'exit 3 when something would change')
    .action(
      run(async (playbook: string, flags: SharedFlags) =>
        (await import('./commands/apply.ts')).check(playbook, flags),
      ),
    );

  const exec = program
    .command('exec [pattern] [command...]')
    .description('run a command, or one module, on hosts');
  exec.showHelpAfterError(
    '(a command with flags of its own stands behind --: runbook exec web -- uptime -p; runbook exec --help shows how)',
  );
  addOutputFlags(addConnectionFlags(addInventoryFlags(exec)))
    .option('-H, --host <host>', 'a host (repeatable)', (value: string, before: readonly string[] = []) => [
      ...before,
      value,
    ])
    .option(
      '-g, --group <group>',
      'all hosts of a group (repeatable)',
      (value: string, before: readonly string[] = []) => [...before, value],
    )
    .option('--cmd <command>', "the command, run by the host's sh")
    .option('-m, --module-name <module>', 'a module in place of a command')
    .option('-a, --args <args>', "the module's parameters: k=v words or JSON")
    .option('-C, --check', 'look only, change nothing')
    .option('-D, --diff', 'show differences')
    .addHelpText(
      'after',
      `
Examples:
  runbook exec -H web1 -g db --cmd 'uptime'
  runbook exec 'web:!web3' -- df -h /
  runbook exec all -m copy -a 'src=motd dest=/etc/motd' -b`,
    )
    .action(
      run(async (pattern: string | undefined, words: string[], flags: ExecFlags) =>
        (await import('./commands/exec.ts')).exec(
          { pattern, words, wordsAfterDashes: context.wordsAfterDashes },
          flags,
        ),
      ),
    );

  program
    .command('demo')
    .argument(
      '[playbook]',
      'a playbook for the hosts web[1-3] and db1, applied once in place of that of the demo',
    )
    .description('apply a playbook to an embedded fleet on this machine: needs nothing but Node')
    .option('--hosts <n>', 'how many hosts', '3')
    .option('-v, --verbose', 'more detail', (_value, before: number) => before + 1, 0)
    .option('--keep', 'keep the files of the demo hosts, and say where they are')
    .action(
      run(async (playbook: string | undefined, flags: DemoFlags) =>
        (await import('./commands/demo.ts')).demo(playbook, flags),
      ),
    );
}

function addRunFlags(command: Command): Command {
  return addOutputFlags(addConnectionFlags(addSelectionFlags(addInventoryFlags(command))))
    .option('--step', 'ask before each step whether it shall run')
    .option('-D, --diff', 'show differences of files')
    .option('--flush-cache', 'forget the facts that earlier runs kept, where the settings have them kept');
}

function addListFlags(command: Command): Command {
  return command
    .option('--list-hosts', 'list the hosts of each play, and end')
    .addOption(twoNames('--list-steps, --list-tasks', 'listSteps', 'list the steps of each play, and end'))
    .option('--list-tags', 'list the tags of each play, and end');
}

function addReadCommands(program: Command, run: Run): void {
  addSelectionFlags(
    addInventoryFlags(
      program
        .command('validate <playbook>')
        .description('check a playbook and its inventory; touches no host'),
    ),
  ).action(
    run(async (playbook: string, flags: SharedFlags) =>
      (await import('./commands/validate.ts')).validate(playbook, flags),
    ),
  );

  addSelectionFlags(
    addInventoryFlags(
      program.command('graph <playbook>').description('print the DAG of a playbook; touches no host'),
    ),
  )
    .option('--format <format>', 'text, mermaid, dot or json', 'text')
    .action(
      run(async (playbook: string, flags: SharedFlags & { format: string }) =>
        (await import('./commands/graph.ts')).graph(playbook, flags),
      ),
    );

  addInventoryFlags(
    program
      .command('inventory [pattern]')
      .description('list hosts and groups, or show the variables of one host'),
  )
    .option('--host <host>', 'show the settings and variables of a host')
    .option('--explain <variable>', 'with --host: every definition of a variable, and which one wins')
    .option('--playbook <file>', 'with --explain: those of a playbook as well')
    .option('--graph', 'show groups as a tree')
    .option('--list', 'print everything as JSON')
    .action(
      run(async (pattern: string | undefined, flags: InventoryFlags) =>
        (await import('./commands/inventory.ts')).inventory(pattern, flags),
      ),
    );

  program
    .command('import <file>')
    .description("write a playbook, or a file of tasks or variables, of Ansible's form in runbook's own")
    .option('-o, --output <path>', 'file or folder to write to; else it is printed')
    .option('--force', 'replace a file that is there')
    .action(
      run(async (file: string, flags: ImportFlags) =>
        (await import('./commands/import.ts')).importCommand(file, flags),
      ),
    );

  program
    .command('doc [module]')
    .description('show the documentation of a module, or list all modules')
    .action(run(async (module: string | undefined) => (await import('./commands/doc.ts')).doc(module)));

  program
    .command('schema <kind>')
    .description('print the JSON Schema of playbooks or inventories, for editors')
    .action(run(async (kind: string) => (await import('./commands/schema.ts')).schema(kind)));

  program
    .command('completion <shell>')
    .description('print the completion script for bash, zsh or fish')
    .action(
      run(async (shell: string) => (await import('./commands/completion.ts')).completion(shell, program)),
    );
}
