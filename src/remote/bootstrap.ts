import { randomBytes } from 'node:crypto';
import { type BecomeTarget, HostError } from '../model/host.ts';

/** The random words of one shell. Only `prompt` and `token` may stand in an argument; they open nothing. */
export interface ShellKeys {
  /** Begins every request line, and is printed once when the shell can be spoken to. */
  readonly token: string;
  /** Marks the frames of replies. Unknown to everything that runs on the host but the shell itself. */
  readonly frame: string;
  /** Names the session's directory and the environment mark of its steps. */
  readonly id: string;
  /** What sudo is told to print when it wants a password. */
  readonly prompt: string;
}

/** New random keys for a shell. */
export function makeShellKeys(): ShellKeys {
  const word = (bytes: number) => randomBytes(bytes).toString('hex');
  return { token: `rb${word(8)}`, frame: word(16), id: word(8), prompt: `rb${word(8)}:` };
}

/**
 * The line that the login shell is given. It means the same to every shell: one word in single quotes that holds no
 * quote, `!`, backslash or newline.
 */
export function bootLine(keys: ShellKeys, become: BecomeTarget | undefined, terminal: boolean): string {
  const { token } = keys;
  const loop = `echo ${token}; while IFS= read -r L; do case $L in ${token}*) eval "\${L#${token}}";; esac; done`;
  const raw = terminal ? 'stty raw -echo; ' : '';
  return `${raw}exec ${becomeWords(become, keys.prompt)} '${loop}'`;
}

/**
 * The line for a shell that runs one command and ends; as safe for every login shell as the other one. After its token it
 * reads the frame key and the code. A line without its newline, as a cut leaves it, runs nothing.
 *
 * Markers on both streams tell the begin (`S`, with the process id; without one nothing is run, as the streams cannot be
 * opened by name or the shell leads no process group) and the end (`E`, with the status). What the command does to its process group (`kill 0`) must not
 * reach the shell, which lives to tell the end: it ignores those signals, and its child does not. The shell's own words
 * (`Killed`) go to no stream. A marker that a full pipe refuses, which the command left in non-blocking mode, is written
 * again.
 */
export function loneBootLine({ token }: ShellKeys): string {
  const signals = 'HUP INT QUIT TERM';
  const end = (to: string) =>
    `for __i in 1 2 3 4 5 6 7 8 9; do echo "$__K E $__r"${to} && break; sleep 1; done`;
  const steps = [
    `echo ${token}`,
    'IFS= read -r __K && IFS= read -r __C || exit 0',
    'set +e +u +x +f',
    'unset ENV BASH_ENV CDPATH',
    'exec 3>&2 2>/dev/null',
    'cd || cd /',
    'true >/proc/self/fd/1 && true >/proc/self/fd/3 && kill -0 -$$ || { echo "$__K S"; exit 0; }',
    `trap "" ${signals}`,
    'echo "$__K S $$"',
    'echo "$__K S" >&3',
    `( exec </dev/null 2>&3 3>&-; trap - ${signals}; eval "unset __K __C; $__C" )`,
    '__r=$?',
    '[ $__r -lt 257 ] || __r=$(($__r-128))',
    end(''),
    end(' >&3'),
  ];
  return `exec /bin/sh -c '${steps.join('; ')}'`;
}

/** What such a shell is sent. The code is one line. */
export function loneMessage({ frame }: ShellKeys, code: string): Buffer {
  return Buffer.from(`${frame}\n${code}\n`);
}

function becomeWords(become: BecomeTarget | undefined, prompt: string): string {
  if (become === undefined) return '/bin/sh -c';
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/.test(become.user)) {
    throw new HostError('become', 'RB512', `"${become.user}" is not a user name that a step can become`);
  }
  const program = safeWords(become.program ?? [become.method]);
  const flags = (usual: string) => {
    const own = become.flags === undefined ? usual : safeWords(become.flags);
    return own === '' ? '' : `${own} `;
  };
  switch (become.method) {
    case 'sudo':
      return `${program} ${flags('-H')}-S -p ${prompt} -u ${become.user} /bin/sh -c`;
    case 'su':
      // A program that is a login shell already (`sudo su -`) would take a second dash for the user's name.
      return `${program} ${flags(become.program?.includes('-') === true ? '' : '-')}${become.user} -s /bin/sh -c`;
    case 'doas':
      return `${program} ${flags('')}-u ${become.user} /bin/sh -c`;
  }
}

/** Words of the author's that stand in the line as they are: none may mean anything to a shell. */
function safeWords(words: readonly string[]): string {
  const odd = words.find((word) => !/^[A-Za-z0-9_./-][A-Za-z0-9_./+@:=,-]*$/.test(word));
  if (odd === undefined) return words.join(' ');
  throw new HostError('become', 'RB512', `"${odd}" cannot be a word of the program that becomes a user`);
}

/** One text for each way to become a user. */
export function becomeKey({ method, user, program = [], flags }: BecomeTarget): string {
  return JSON.stringify([method, user, program, flags ?? null]);
}

/**
 * The first thing sent to a shell: reads the library as one body that must end in the frame key, so that a cut
 * connection runs nothing. `slow` is for a `dd` that cannot read full blocks.
 */
export function libraryMessage(keys: ShellKeys, library: string, slow: boolean): Buffer {
  const body = Buffer.from(`${library}\n#${keys.frame}`);
  const read = slow ? `bs=1 count=${body.length}` : `bs=${body.length} count=1 iflag=fullblock`;
  const line =
    `\n${keys.token}__K=${keys.frame} __I=${keys.id} __F=${slow ? '' : 'iflag=fullblock'};` +
    `__b=$(dd ${read} 2>/dev/null);case $__b in *"#$__K")eval "$__b";;*)echo "$__K E 0 nodd";;esac\n`;
  return Buffer.concat([Buffer.from(line), body, Buffer.from('\n')]);
}
