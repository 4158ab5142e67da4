import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from './version.ts';

/** Identifies the scripts of this build; the build puts a hash of their contents here. */
const build: string = process.env['RUNBOOK_BUILD'] ?? 'development';

/** What the script of the program gives. */
type Program = typeof import('./program.ts');

async function start(argv: readonly string[]): Promise<number> {
  const { optimiseLater } = await import('./optimise-later.ts');
  optimiseLater();
  const { keepsCode, openCodeStore } = await import('./code-store.ts');
  const { createScripts } = await import('./scripts.ts');
  const store = openCodeStore({ build, command: argv[0] ?? '', env: process.env });
  const scripts = createScripts(dirname(fileURLToPath(import.meta.url)), store);
  // The build makes program.js of program.ts.
  const { runProgram } = scripts.load('./program.js') as Program;
  const exitCode = await runProgram(argv);
  if (keepsCode(exitCode)) scripts.keep();
  return exitCode;
}

const argv = process.argv.slice(2);
// What scripts ask most is answered before anything else is loaded.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V'))
  process.stdout.write(`runbook ${version}\n`);
else
  void start(argv).then((exitCode) => {
    process.exitCode = exitCode;
  });
