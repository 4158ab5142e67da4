import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import type { CodeStore, KeptCode } from './code-store.ts';

/** The scripts of the bundle, each loaded when it is first asked for. */
export interface Scripts {
  /** What a script exports. @param name `./NAME.js`: a file beside the others */
  load(name: string): unknown;
  /** Keeps the compiled code of all scripts loaded so far, with the functions that ran. Never throws. */
  keep(): void;
}

/** How often code is kept anew, so that functions which only later runs need come in too. */
const keptRuns = 3;

type Wrapper = (
  exports: unknown,
  require: (name: string) => unknown,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void;

interface Loaded {
  readonly module: { exports: unknown };
  readonly script: Script;
  readonly kept: KeptCode | undefined;
}

/**
 * Loads scripts as Node loads CommonJS modules, but with compiled code from a store. Each file holds one function
 * expression of `exports, require, module, __filename, __dirname`, and ASCII only. What `require` names otherwise is
 * a module of Node, or a native add-on.
 *
 * @param store undefined: everything is compiled, nothing kept
 */
export function createScripts(folder: string, store: CodeStore | undefined): Scripts {
  const loaded = new Map<string, Loaded>();
  const requireModule = createRequire(join(folder, 'program.js'));

  function load(name: string): unknown {
    const known = loaded.get(name);
    if (known) return known.module.exports;
    const filename = join(folder, name);
    // One byte for each character: no decoding, and half the memory.
    const source = readFileSync(filename, 'latin1');
    const kept = store?.read(name);
    const script = new Script(source, { filename, cachedData: kept?.code });
    const module = { exports: {} };
    const refused = script.cachedDataRejected === true;
    loaded.set(name, { module, script, kept: refused ? undefined : kept });
    // The file is such a function; the build writes it.
    const wrapper = script.runInThisContext() as Wrapper;
    wrapper(module.exports, require, module, filename, dirname(filename));
    return module.exports;
  }

  function require(name: string): unknown {
    return name.startsWith('./') && name.endsWith('.js') ? load(name) : requireModule(name);
  }

  function keep(): void {
    if (store === undefined) return;
    for (const [name, { script, kept }] of loaded) {
      const runs = (kept?.runs ?? 0) + 1;
      if (runs <= keptRuns) store.write(name, { runs, code: script.createCachedData() });
    }
  }

  return { load, keep };
}
