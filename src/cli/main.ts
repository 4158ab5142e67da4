import { version } from './version.ts';

const argv = process.argv.slice(2);

// What scripts ask most is answered before anything else is loaded.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V'))
  process.stdout.write(`runbook ${version}\n`);
else {
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(argv);
}
