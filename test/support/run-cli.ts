import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { builtProgram } from './built-program.ts';

/** How the program is started. */
export interface CliOptions {
  readonly cwd: string;
  /** `HOME` of the program. Default: `cwd`. */
  readonly home?: string | undefined;
  /** Further environment; nothing of the test's own is passed on but PATH. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Written to standard input, which is then closed. Default: nothing. */
  readonly stdin?: string | undefined;
  /** The program is killed, and the promise rejected, when it runs longer. Default 150 s. */
  readonly timeoutMs?: number | undefined;
  /** A program, with arguments, that starts `node` in its turn, such as strace. */
  readonly wrapper?: readonly string[] | undefined;
}

/** What a run of the program left behind. */
export interface CliResult {
  /** The exit code; undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A started program. */
export interface RunningCli {
  readonly pid: number;
  /** What it has printed on standard output so far. */
  readonly stdout: string;
  /** Resolves when standard output matches; rejects when the program ends before. */
  untilPrinted(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<CliResult>;
}

/** Starts the built program. */
export async function startCli(args: readonly string[], options: CliOptions): Promise<RunningCli> {
  const installed = await builtProgram();
  const script = join(installed, 'bin', 'runbook.js');
  const [command = process.execPath, ...rest] = [
    ...(options.wrapper ?? []),
    process.execPath,
    script,
    ...args,
  ];
  const child = spawn(command, rest, {
    cwd: options.cwd,
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: options.home ?? options.cwd,
      LANG: 'C.UTF-8',
      // One for all tests; the home of most is a project.
      XDG_CACHE_HOME: join(installed, 'cache'),
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      output[name] += text;
      for (const watch of watchers) watch();
    });
  }
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const ended = (async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 150_000);
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    clearTimeout(timer);
    if (signal === 'SIGKILL')
      throw new Error(`runbook ${args.join(' ')} was killed\n${output.stdout}\n${output.stderr}`);
    return { code: code ?? undefined, ...output };
  })();
  ended.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return output.stdout;
    },
    async untilPrinted(pattern) {
      const printed = new Promise<void>((resolve) => {
        const watch = () => {
          if (!pattern.test(output.stdout)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      });
      const early = ended.then((result) => {
        throw new Error(`it ended before it printed ${pattern}:\n${result.stdout}\n${result.stderr}`);
      });
      await Promise.race([printed, early]);
    },
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

/** Runs the built program to its end. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return (await startCli(args, options)).ended;
}
