import type { Command } from 'commander';
import { didYouMean } from '../../lib/suggest.ts';
import { failure } from '../../model/diagnostic.ts';

interface Words {
  readonly commands: readonly string[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

function wordsOf(program: Command): Words {
  const flags = new Map<string, readonly string[]>();
  for (const command of program.commands)
    flags.set(
      command.name(),
      command.options.flatMap((option) =>
        [option.short, option.long].filter((name) => name !== undefined && name !== null),
      ),
    );
  return { commands: program.commands.map((command) => command.name()), flags };
}

function bashScript(words: Words): string {
  const cases = [...words.flags]
    .map(([command, flags]) => `    ${command}) flags='${flags.join(' ')}' ;;`)
    .join('\n');
  return `_runbook() {
  local word=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]} flags=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${words.commands.join(' ')} --help --version' -- "$word"))
    return
  fi
  case $command in
${cases}
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$word")); else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _runbook runbook
`;
}

/**
 * Works as a file `_runbook` of `fpath`, which zsh runs at the first completion, and when it is read at the start of the
 * shell, behind `compinit` or before it: then it waits for the first prompt.
 */
function zshScript(words: Words): string {
  const cases = [...words.flags]
    .map(([command, flags]) => `    ${command}) compadd -- ${flags.join(' ')} ;;`)
    .join('\n');
  return `#compdef runbook
_runbook() {
  if (( CURRENT == 2 )); then compadd -- ${words.commands.join(' ')}; return; fi
  if [[ $words[CURRENT] != -* ]]; then _files; return; fi
  case $words[2] in
${cases}
  esac
}
if [[ $funcstack[1] = _runbook ]]; then
  _runbook "$@"
elif (( $+functions[compdef] )); then
  compdef _runbook runbook
else
  _runbook_register() {
    add-zsh-hook -d precmd _runbook_register
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
    compdef _runbook runbook
  }
  autoload -Uz add-zsh-hook && add-zsh-hook precmd _runbook_register
fi
`;
}

function fishScript(program: Command): string {
  const lines = program.commands.flatMap((command) => [
    `complete -c runbook -n __fish_use_subcommand -a ${command.name()} -d '${command.description().replaceAll("'", '’')}'`,
    ...command.options.map((option) => {
      const names = [option.short, option.long]
        .filter((name) => typeof name === 'string')
        .map((name) => name.replace(/^--/, '-l ').replace(/^-(?=\w$)/, '-s '))
        .join(' ');
      return `complete -c runbook -n '__fish_seen_subcommand_from ${command.name()}' ${names} -d '${option.description.replaceAll("'", '’')}'`;
    }),
  ]);
  return `${lines.join('\n')}\n`;
}

/** `runbook completion SHELL`: a script that the shell reads at its start. */
export async function completion(shell: string, program: Command): Promise<number> {
  const shells = ['bash', 'zsh', 'fish'];
  if (shell === 'bash') process.stdout.write(bashScript(wordsOf(program)));
  else if (shell === 'zsh') process.stdout.write(zshScript(wordsOf(program)));
  else if (shell === 'fish') process.stdout.write(fishScript(program));
  else
    throw failure(
      'RB701',
      `there is no completion for "${shell}": expected bash, zsh or fish${didYouMean(shell, shells)}`,
      { hint: 'for bash: runbook completion bash > ~/.local/share/bash-completion/completions/runbook' },
    );
  return 0;
}
