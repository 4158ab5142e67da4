import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ShellWordsError, splitShellWords } from '../lib/shell-words.ts';
import { failure } from '../model/diagnostic.ts';
import { makePrivateFolder } from './private-file.ts';

/**
 * Lets the user edit a text with `$VISUAL`, else `$EDITOR`, else vi. The text lies in a file of mode 0600 in a private
 * folder while the editor runs; whatever the editor leaves there (copies, swap files) goes with the folder. `use` gets
 * the edited text while the file is still there.
 *
 * @param name The name of the file, for the editor to know its kind.
 * @throws RunbookError RB136 when the editor cannot be started or fails
 */
export async function editText<T>(
  text: Buffer,
  name: string,
  env: NodeJS.ProcessEnv,
  use: (edited: Buffer) => Promise<T>,
): Promise<T> {
  const folder = await makePrivateFolder(env);
  try {
    const file = join(folder.path, basename(name));
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    await runEditor(file, env);
    return await use(readFileSync(file));
  } finally {
    folder.remove();
  }
}

async function runEditor(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const line = env['VISUAL'] || env['EDITOR'] || 'vi';
  const [command, ...args] = wordsOf(line);
  if (command === undefined) throw failure('RB136', 'EDITOR is empty');
  // Ctrl-C belongs to the editor while it runs.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    const child = spawn(command, [...args, file], { stdio: 'inherit', env });
    const [code, signal] = await once(child, 'exit');
    if (code !== 0)
      throw failure('RB136', `the editor ${line} ended with ${signal ?? code}: nothing was changed`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw failure('RB136', `the editor ${command} was not found`, {
        hint: 'set EDITOR to one that is installed',
      });
    throw error;
  } finally {
    process.off('SIGINT', ignore);
  }
}

function wordsOf(line: string): string[] {
  try {
    return splitShellWords(line);
  } catch (error) {
    if (error instanceof ShellWordsError) throw failure('RB136', `EDITOR is ${line}: ${error.message}`);
    throw error;
  }
}
