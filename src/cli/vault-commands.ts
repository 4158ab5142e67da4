import { type Command, Option } from 'commander';
import type { RekeyFlags, SealFlags } from './commands/vault.ts';
import type { VaultFlags } from './vault-sources.ts';

type Run = <Args extends unknown[]>(
  action: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Where vault passwords come from: `--vault-id`, `--vault-password-file`, `-J`. */
export function addVaultFlags(command: Command): Command {
  const file = new Option(
    '--vault-password-file <file>',
    'a file with a vault password or age keys, or a program that prints one (repeatable)',
  ).argParser(collect);
  const shorter = new Option('--vault-pass-file <file>').argParser(collect).hideHelp();
  shorter.attributeName = () => 'vaultPasswordFile';
  const longer = new Option('--ask-vault-password').hideHelp();
  longer.attributeName = () => 'askVaultPass';
  return command
    .option(
      '--vault-id <label@source>',
      'a vault password by its label: dev@FILE, dev@prompt (repeatable)',
      collect,
    )
    .addOption(file)
    .addOption(shorter)
    .option('-J, --ask-vault-pass', 'ask for the vault password')
    .addOption(longer);
}

function addSealFlags(command: Command): Command {
  return addVaultFlags(command)
    .addOption(
      new Option(
        '--format <format>',
        'age, or ansible for files that ansible-vault shall read (default: age)',
      ).choices(['age', 'ansible']),
    )
    .option(
      '-r, --recipient <key>',
      'a public key of age that shall be able to read it (repeatable)',
      collect,
    )
    .option('--encrypt-vault-id <label>', 'which of several vault passwords encrypts');
}

const examples = `
Examples:
  runbook vault keygen -o ~/.config/runbook/key.txt    a private key of your own
  runbook vault encrypt --vault-password-file ~/.config/runbook/key.txt group_vars/all/secrets.yml
  runbook vault edit --vault-password-file ~/.config/runbook/key.txt group_vars/all/secrets.yml
  printf %s "$PW" | runbook vault encrypt-string --name db_password --vault-id prod@prod.pass --format ansible
  runbook apply site.yml --vault-password-file ~/.config/runbook/key.txt

Passwords also come from RUNBOOK_VAULT_PASSWORD_FILE, ANSIBLE_VAULT_PASSWORD_FILE and the settings file.`;

/** Adds `runbook vault` with its actions. */
export function addVaultCommands(program: Command, run: Run): void {
  const commands = () => import('./commands/vault.ts');
  const vault = program
    .command('vault')
    .description('encrypt, decrypt and edit files and values that hold secrets')
    .addHelpText('after', examples);
  addSealFlags(vault.command('encrypt [files...]').description('encrypt files in place, or standard input'))
    .option('--output <file>', 'write there; - is standard output')
    .action(run(async (files: string[], flags: SealFlags) => (await commands()).encrypt(files, flags)));
  addVaultFlags(vault.command('decrypt [files...]').description('decrypt files in place, or standard input'))
    .option('--output <file>', 'write there; - is standard output')
    .action(run(async (files: string[], flags: SealFlags) => (await commands()).decrypt(files, flags)));
  addVaultFlags(vault.command('view <files...>').description('print what encrypted files hold')).action(
    run(async (files: string[], flags: VaultFlags) => (await commands()).view(files, flags)),
  );
  addSealFlags(vault.command('edit <file>').description('edit an encrypted file with $EDITOR')).action(
    run(async (file: string, flags: SealFlags) => (await commands()).edit(file, flags)),
  );
  addSealFlags(vault.command('create <file>').description('write a new encrypted file with $EDITOR')).action(
    run(async (file: string, flags: SealFlags) => (await commands()).create(file, flags)),
  );
  addSealFlags(
    vault.command('rekey <files...>').description('encrypt files anew, for another password or key'),
  )
    .option('--new-vault-id <label@source>', 'the new vault password by its label (repeatable)', collect)
    .option('--new-vault-password-file <file>', 'a file with the new vault password or age keys', collect)
    .action(run(async (files: string[], flags: RekeyFlags) => (await commands()).rekey(files, flags)));
  addSealFlags(
    vault
      .command('encrypt-string [words...]')
      .alias('encrypt_string')
      .description('encrypt a value for a variables file, asked for or read'),
  )
    .option('-n, --name <variable>', 'the name of the variable')
    .action(
      run(async (words: string[], flags: SealFlags & { name?: string }) =>
        (await commands()).encryptString(words, flags),
      ),
    );
  vault
    .command('keygen')
    .description('make a private key of age')
    .option('-o, --output <file>', 'a new file for the key (default: standard output)')
    .action(run(async (flags: { output?: string }) => (await commands()).keygen(flags)));
}
