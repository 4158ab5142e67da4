import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { failure } from '../model/diagnostic.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import { asTexts } from './connection-source.ts';
import { describe } from './lookups/lookup.ts';
import type { StepScope } from './step-scope-port.ts';

/** Reads a file of variables; its layer has the source `vars-files`. Rejects with a `RunbookError`. */
export type ReadVarsFile = (absolutePath: string) => Promise<VariableLayer>;

/**
 * The layers of `vars_files` entries whose names are templates. Of an entry that is a list, the first file that exists
 * counts, and none need exist.
 *
 * @throws RunbookError RB101 for an entry that names one file which does not exist.
 */
export async function readDynamicVarsFiles(
  entries: readonly Value[],
  scope: StepScope,
  projectDir: string,
  read: ReadVarsFile,
): Promise<readonly VariableLayer[]> {
  const layers: VariableLayer[] = [];
  for (const entry of entries) {
    const path = pathOf(scope.value(entry), projectDir);
    if (path !== undefined) layers.push(await read(path));
  }
  return layers;
}

function pathOf(entry: Value, projectDir: string): string | undefined {
  const names = asTexts(entry);
  if (names === undefined)
    throw failure(
      'RB101',
      `vars_files: an entry must be a file name or a list of them, but is ${describe(entry)}`,
    );
  const paths = names.flatMap((name) => [resolve(projectDir, 'vars', name), resolve(projectDir, name)]);
  const found = paths.find((path) => existsSync(path));
  if (found === undefined && !Array.isArray(entry) && names.length > 0)
    throw failure('RB101', `vars_files: no file ${JSON.stringify(names[0])} was found`);
  return found;
}
