// The program as it runs from its sources; start.ts is what an installation starts.
import { runProgram } from './program.ts';

process.exitCode = await runProgram(process.argv.slice(2));
