/** Words that a shell carries out itself, or reads as grammar: POSIX.1-2017 2.4, 2.14 and 2.9.1, and what bash, ksh, mksh and zsh add. */
const shellsOwn = new Set(
  (
    'if then else elif fi do done case esac while until for in function select time coproc ' +
    'break continue . eval exec exit export readonly return set shift times trap unset ' +
    'alias bg cd command false fc fg getopts hash jobs kill newgrp pwd read true type ulimit umask unalias wait ' +
    'echo printf test source local declare typeset let enable builtin shopt bind complete compgen compopt dirs ' +
    'disown help history hist logout login mapfile readarray popd pushd suspend caller chdir print whence autoload ' +
    'float integer nameref redirect r global rename functions stop which where'
  ).split(' '),
);

/**
 * The words of a script that is nothing but the name of a program and arguments that mean themselves, so that `exec` of
 * them does what a shell of its own would; undefined for every other script.
 */
export function plainCommand(script: string): readonly string[] | undefined {
  const text = script.replace(/^ +| +$/g, '');
  if (!/^[\w./][\w./:@%+,-]*(?: +[\w./:@%+,=-]+)*$/.test(text)) return undefined;
  const words = text.split(/ +/);
  return shellsOwn.has(words[0] ?? '') ? undefined : words;
}
