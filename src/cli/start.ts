import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { version } from './version.ts';

/** Identifies the scripts of this build; the build puts a hash of their contents here. */
const build: string = process.env['RUNBOOK_BUILD'] ?? 'development';

/** What the script of the program gives. */
type Program = typeof import('./program.ts');

/** The V8 of Node 20; later ones have no such flag, and wait longer before they optimise. */
const flaggedEngine = /^11\.3\./;

/**
 * Most commands end before optimised code would pay for its compilation, so a function has to run longer before V8
 * optimises it: at its default a fifth of the CPU time goes there. What runs for seconds is optimised all the same.
 */
function optimiseLater(): void {
  if (flaggedEngine.test(process.versions.v8)) setFlagsFromString('--interrupt-budget=600000');
}

async function start(argv: readonly string[]): Promise<number> {
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
