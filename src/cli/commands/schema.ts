import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { didYouMean } from '../../lib/suggest.ts';
import { failure } from '../../model/diagnostic.ts';
import { packageRoot } from '../package-root.ts';

const kinds = ['playbook', 'inventory'];

/** `runbook schema KIND`: the JSON Schema that ships with this program. */
export async function schema(kind: string): Promise<number> {
  if (!kinds.includes(kind))
    throw failure(
      'RB701',
      `there is no schema "${kind}": expected playbook or inventory${didYouMean(kind, kinds)}`,
    );
  process.stdout.write(await readFile(join(packageRoot(), 'schemas', `${kind}.schema.json`), 'utf8'));
  return 0;
}
