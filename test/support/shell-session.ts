import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { shellPath } from '../../src/lib/shell-path.ts';
import { shellQuote } from '../../src/lib/shell-quote.ts';
import type { ExecRequest, HostRequest, Reply } from '../../src/model/host.ts';
import { shellLibrary } from '../../src/modules/shared/shell-library.ts';

/** A shell to carry requests out in, with the utilities it finds. */
export interface TestShell {
  readonly name: string;
  readonly argv: readonly string[];
  readonly path: string;
}

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const appletNames =
  'awk base64 basename cat chgrp chmod chown cmp cp cut date dd diff dirname env find grep head hostname id ip ln ls lsattr md5sum mkdir mv printf pwd readlink rm rmdir sed sha1sum sha256sum sha512sum sh sleep sort stat tail test timeout touch tr true umask uname wc xargs';

/** A user whom requests run as. */
export interface ShellUser {
  readonly uid: number;
  readonly gid: number;
}

/** Who runs a request, and where. */
export interface ShellSeat {
  readonly shell: TestShell;
  readonly home: string;
  /** Another user than the tests' own. */
  readonly user?: ShellUser | undefined;
  /** Octal digits. */
  readonly umask?: string | undefined;
}

/** The shells of one test file. */
export interface ShellSuite {
  readonly shells: readonly TestShell[];
  run(seat: ShellSeat, request: HostRequest): Promise<Reply>;
  close(): Promise<void>;
}

/** Prepares the shells that this machine has among dash, bash, ksh, and busybox with its own utilities alone. */
export function openShellSuite(): ShellSuite {
  const directory = mkdtempSync(join(tmpdir(), 'rb-shells-'));
  chmodSync(directory, 0o755);
  const shells: TestShell[] = [];
  for (const name of ['dash', 'bash', 'ksh'])
    if (existsSync(`/usr/bin/${name}`)) shells.push({ name, argv: [`/usr/bin/${name}`], path: systemPath });
  if (existsSync('/usr/bin/busybox')) {
    const bin = join(directory, 'busybox');
    mkdirSync(bin);
    for (const applet of appletNames.split(' ')) symlinkSync('/usr/bin/busybox', join(bin, applet));
    shells.push({ name: 'busybox', argv: ['/usr/bin/busybox', 'ash'], path: bin });
  }
  const running = new Map<string, RunningShell>();
  return {
    shells,
    run(seat, request) {
      const name = `${seat.shell.name}-${seat.user?.uid ?? 'self'}`;
      const shell = running.get(name) ?? new RunningShell(join(directory, name), seat.shell, seat.user);
      running.set(name, shell);
      return shell.run(seat, request);
    },
    async close() {
      await Promise.all([...running.values()].map((shell) => shell.close()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Carries requests out one after another, each in a fork of one shell with the library loaded, as a session does. */
class RunningShell {
  readonly #directory: string;
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #waiting: ((line: string) => void)[] = [];
  #count = 0;

  constructor(directory: string, shell: TestShell, user: ShellUser | undefined) {
    this.#directory = directory;
    mkdirSync(directory);
    if (user !== undefined) chownSync(directory, user.uid, user.gid);
    const loop = `${shellLibrary}
while IFS= read -r rb_test; do ( . "$rb_test" ) >"$rb_test.out" 2>"$rb_test.err" </dev/null; echo $?; done`;
    const [program = '', ...words] = shell.argv;
    this.#child = spawn(program, [...words, '-c', loop], {
      cwd: directory,
      // Bash reads a start-up file when its input is a socket, except in an inner shell.
      env: { PATH: shell.path, SHLVL: '2', rb_cache: directory },
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.#child.stdout === null) throw new Error('the shell has no output');
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.on('line', (line) => this.#waiting.shift()?.(line));
    // A shell that is gone answers nobody: 255 for all who wait.
    this.#lines.on('close', () => {
      for (const answer of this.#waiting.splice(0)) answer('255');
    });
  }

  async run(seat: ShellSeat, request: HostRequest): Promise<Reply> {
    const file = join(this.#directory, `request-${this.#count++}`);
    const data = request.type === 'exec' ? request.stdin : request.data;
    if (data !== undefined) writeFileSync(`${file}.data`, data);
    writeFileSync(file, scriptOf(seat, request, file));
    const rc = await new Promise<string>((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin?.write(`${file}\n`);
    });
    const [stdout, stderr] = [readFileSync(`${file}.out`), readFileSync(`${file}.err`)];
    for (const end of ['', '.data', '.out', '.err']) rmSync(file + end, { force: true });
    return {
      rc: Number(rc),
      stdout: { bytes: stdout, size: stdout.length },
      stderr: { bytes: stderr, size: stderr.length },
    };
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.on('close', () => resolve());
      this.#child.stdin?.end();
    });
  }
}

function scriptOf(seat: ShellSeat, request: HostRequest, file: string): string {
  const lines = [
    `HOME=${shellQuote(seat.home)} LC_ALL=C; export HOME LC_ALL`,
    'cd "$HOME" || exit 251',
    `umask ${seat.umask ?? '022'}`,
  ];
  if (request.type === 'exec') return [...lines, ...commandLines(seat, request, file)].join('\n');
  if (request.data !== undefined) {
    const stored = `${request.dataDir ?? seat.home}/.rb-${file.replace(/.*-/, '')}`;
    lines.push(`rb_data=${shellQuote(stored)}`);
    const mode = (request.dataMode ?? 0o600).toString(8);
    const fill = `chmod ${mode} "$rb_data" && cat ${shellQuote(`${file}.data`)}`;
    lines.push(`( umask 077; set -C; { ${fill}; } >"$rb_data" ) || exit 251`);
  }
  lines.push(`eval ${shellQuote(request.code)}`);
  return lines.join('\n');
}

/** A command of the author's: it replaces the fork that it runs in. */
function commandLines(seat: ShellSeat, request: ExecRequest, file: string): string[] {
  const { command, cwd, env = {}, stdin } = request;
  const script = (text: string, shell: string | undefined) => [
    ...(shell === undefined ? seat.shell.argv : [shell]),
    '-c',
    text,
  ];
  const words = 'argv' in command ? command.argv : script(command.script, command.shell);
  return [
    ...(cwd === undefined ? [] : [`cd -- ${shellPath(cwd)} || exit 251`]),
    ...Object.entries(env).map(
      ([name, value]) => `export ${name}=${shellQuote(typeof value === 'string' ? value : value.reveal())}`,
    ),
    `exec ${words.map(shellQuote).join(' ')}${stdin === undefined ? '' : ` <${shellQuote(`${file}.data`)}`}`,
  ];
}
