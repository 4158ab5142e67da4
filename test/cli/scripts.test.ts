import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodeStore, KeptCode } from '../../src/cli/code-store.ts';
import { createScripts } from '../../src/cli/scripts.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-scripts-'));
  await script(
    'program',
    "exports.other = () => require('./other.js'); exports.path = require('node:path');",
  );
  await script(
    'other',
    "exports.name = 'other'; exports.at = __filename; exports.back = require('./program.js');",
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function script(name: string, body: string): Promise<void> {
  return writeFile(
    join(folder, `${name}.js`),
    `(function(exports,require,module,__filename,__dirname){${body}})`,
  );
}

function memoryStore(entries = new Map<string, KeptCode>()): CodeStore & { entries: Map<string, KeptCode> } {
  return {
    entries,
    read: (name) => entries.get(name),
    write: (name, kept) => void entries.set(name, kept),
  };
}

interface Exports {
  readonly other: () => { readonly name: string; readonly at: string; readonly back: unknown };
  readonly path: unknown;
}

const load = (store?: CodeStore) => {
  const scripts = createScripts(folder, store);
  return { scripts, program: scripts.load('./program.js') as Exports };
};

describe('the scripts of the bundle', () => {
  it('load each other once, also in a circle, and the modules of Node', async () => {
    const { program } = load();
    expect(program.other()).toBe(program.other());
    expect(program.other()).toMatchObject({ name: 'other', at: join(folder, 'other.js') });
    expect(program.other().back).toBe(program);
    expect(program.path).toBe(await import('node:path').then((path) => path.default));
  });

  it('keep the code of what was loaded, and run from it', () => {
    const store = memoryStore();
    const first = load(store);
    first.scripts.keep();
    expect([...store.entries.keys()]).toEqual(['./program.js']);
    const second = load(store);
    expect(second.program.other().name).toBe('other');
    second.scripts.keep();
    expect(store.entries.get('./program.js')?.runs).toBe(2);
    expect(store.entries.get('./other.js')?.runs).toBe(1);
  });

  it('stop keeping after some runs', () => {
    const store = memoryStore();
    for (let run = 0; run < 6; run++) load(store).scripts.keep();
    expect(store.entries.get('./program.js')?.runs).toBe(3);
  });

  it('are compiled where the kept code is not theirs, which is then replaced', () => {
    const store = memoryStore(new Map([['./program.js', { runs: 3, code: Buffer.from('no code at all') }]]));
    const { scripts, program } = load(store);
    expect(program.other().name).toBe('other');
    scripts.keep();
    expect(store.entries.get('./program.js')?.runs).toBe(1);
  });

  it('tell the file and the place of an error', async () => {
    await script('program', 'exports.fail = () => {\nthrow new Error("oh") }');
    const { fail } = createScripts(folder, undefined).load('./program.js') as { fail: () => void };
    try {
      fail();
      expect.unreachable();
    } catch (error) {
      expect((error as Error).stack).toContain(`${join(folder, 'program.js')}:2:`);
    }
  });
});
