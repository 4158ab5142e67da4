import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { importFile, replaceFile } from '../../engine.ts';
import { failure } from '../../model/diagnostic.ts';
import { showDiagnostics } from '../show-failure.ts';

/** Flags of `runbook import`. */
export interface ImportFlags {
  readonly output?: string;
  readonly force?: boolean;
}

/** `runbook import FILE`: writes a file of Ansible's form in this program's own, to standard output or to a new file. */
export async function importCommand(file: string, flags: ImportFlags): Promise<number> {
  const cwd = process.cwd();
  const { text, diagnostics } = await importFile(file, { cwd, env: process.env });
  const target = flags.output === undefined ? undefined : targetOf(resolve(cwd, flags.output), file, flags);
  showDiagnostics(diagnostics);
  if (target === undefined) process.stdout.write(text);
  else {
    await replaceFile(target, text);
    process.stderr.write(`wrote ${target}\n`);
  }
  return 0;
}

function targetOf(output: string, file: string, flags: ImportFlags): string {
  const isFolder = statSync(output, { throwIfNoEntry: false })?.isDirectory() === true;
  const target = isFolder ? join(output, basename(file)) : output;
  if (existsSync(target) && flags.force !== true)
    throw failure('RB701', `${target} is there already`, { hint: 'add --force to replace it' });
  return target;
}
