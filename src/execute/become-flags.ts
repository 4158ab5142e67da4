import type { BecomeTarget } from '../model/host.ts';

type Method = BecomeTarget['method'];

/** Flags of one program: those without a value, those with one, and those that say what is done anyway. */
interface Known {
  readonly plain: string;
  readonly valued: string;
  /** Short names of long flags. */
  readonly long: Readonly<Record<string, string>>;
  /** Left out of the call, with their values: the call has them, or does without them. */
  readonly idle: string;
}

const known: Readonly<Record<Method, Known>> = {
  sudo: {
    plain: 'HSnEPkBN',
    valued: 'grtCTDR',
    long: {
      'set-home': 'H',
      stdin: 'S',
      'non-interactive': 'n',
      'preserve-env': 'E',
      'preserve-groups': 'P',
      'reset-timestamp': 'k',
      bell: 'B',
      'no-update': 'N',
      group: 'g',
      role: 'r',
      type: 't',
      'close-from': 'C',
      'command-timeout': 'T',
      chdir: 'D',
      chroot: 'R',
    },
    idle: 'SnB',
  },
  su: {
    plain: 'lmp',
    valued: 'gGsw',
    long: {
      login: 'l',
      'preserve-environment': 'p',
      group: 'g',
      'supp-group': 'G',
      shell: 's',
      'whitelist-environment': 'w',
    },
    idle: 's',
  },
  doas: { plain: 'n', valued: 'a', long: {}, idle: 'n' },
};

const safeWord = /^[A-Za-z0-9_./-][A-Za-z0-9_./+@:=,-]*$/;

/** The words that a program is started with, or what is wrong with them. */
export type BecomeWords = { readonly words: readonly string[] } | { readonly wrong: string };

/** The letters of a word of flags; undefined where it is none. `value` stands behind `=`. */
interface Letters {
  readonly letters: readonly string[];
  readonly value?: string | undefined;
}

/**
 * Reads `become_flags`. Flags that the call has anyway, or that would ask for a password in another way (`sudo -n`), are
 * left out; one that takes the shell or its input away (`sudo -i`, `-A`, `su -c`) is wrong. No word may need quotes.
 */
export function readBecomeFlags(method: Method, text: string): BecomeWords {
  const words: string[] = [];
  const rest = splitWords(text);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const read = safeWord.test(word) ? readFlag(word, rest, known[method]) : undefined;
    if (read === undefined) return { wrong: word };
    words.push(...read);
  }
  return { words };
}

/** What stands for a word in the call; undefined where the word is no flag that can. Takes a value from `rest`. */
function readFlag(word: string, rest: string[], { plain, valued, long, idle }: Known): string[] | undefined {
  const found = lettersOf(word, long);
  if (found === undefined) return undefined;
  const { letters, value: given } = found;
  const at = letters.findIndex((letter) => !plain.includes(letter));
  if (at === -1 && given !== undefined) return [word];
  const before = letters.slice(0, at === -1 ? undefined : at).filter((letter) => !idle.includes(letter));
  const kept = before.length === 0 ? [] : [`-${before.join('')}`];
  const letter = letters[at];
  if (letter === undefined) return kept;
  if (!valued.includes(letter)) return undefined;
  const behind = letters.slice(at + 1).join('');
  const value = given ?? (behind === '' ? rest.shift() : behind);
  if (value === undefined || value.startsWith('-') || !safeWord.test(value)) return undefined;
  return idle.includes(letter) ? kept : [...kept, `-${letter}`, value];
}

function lettersOf(word: string, long: Known['long']): Letters | undefined {
  if (word === '-' && long['login'] !== undefined) return { letters: [long['login']] };
  if (!word.startsWith('--')) return /^-./.test(word) ? { letters: [...word.slice(1)] } : undefined;
  const [name = '', value] = word.slice(2).split(/=(.*)/);
  const letter = long[name];
  return letter === undefined ? undefined : { letters: [letter], value };
}

/** Reads `become_exe`: a program, or one that is started by others (`sudo su`). */
export function readBecomeProgram(text: string): BecomeWords {
  const words = splitWords(text);
  const wrong = words.find((word, index) => !safeWord.test(word) || (index === 0 && word.startsWith('-')));
  return words.length === 0 || wrong !== undefined ? { wrong: wrong ?? text } : { words };
}

function splitWords(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
