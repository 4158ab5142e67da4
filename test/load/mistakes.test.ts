import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadInventory } from '../../src/load/inventory.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { readSourceFile } from '../../src/load/source-file.ts';
import { loadVarsFile } from '../../src/load/vars-file.ts';
import { readYaml } from '../../src/load/yaml.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { formatDiagnostic } from '../../src/model/format-diagnostic.ts';
import type { SourceFile } from '../../src/model/place.ts';

const golden = join(import.meta.dirname, '../golden/load');

interface Outcome {
  readonly files: readonly (SourceFile | undefined)[];
  readonly diagnostics: readonly Diagnostic[];
}

/** All diagnostics as a user sees them, colours aside. */
function told({ files, diagnostics }: Outcome): string {
  const sources = new Map(files.filter((file) => file !== undefined).map((file) => [file.path, file.text]));
  const texts = diagnostics.map((one) => formatDiagnostic(one, (path) => sources.get(path)));
  return `${texts.join('\n\n').replaceAll(golden, 'GOLDEN')}\n`;
}

/** The cases of a folder: every entry of it that is not an expected text. */
function casesOf(folder: string): string[] {
  return readdirSync(join(golden, folder)).filter((name) => !name.endsWith('.txt'));
}

function expected(folder: string, name: string): string {
  return join(golden, folder, `${basename(name).replace(/\.\w+$/, '')}.txt`);
}

const readers: Readonly<Record<string, (path: string, cwd: string) => Promise<Outcome>>> = {
  yaml: async (path, cwd) => {
    const { file, diagnostics } = await readSourceFile(path, { cwd });
    return {
      files: [file],
      diagnostics: file ? readYaml(file, { dialect: 'native' }).diagnostics : diagnostics,
    };
  },
  inventory: (path, cwd) => loadInventory([path], { cwd, home: '/nowhere', runPrograms: false }),
  vars: async (path, cwd) => {
    const { file, diagnostics } = await loadVarsFile(
      path,
      { source: 'extra-vars' },
      { cwd, dialect: 'native' },
    );
    return { files: [file], diagnostics };
  },
  playbook: (path, cwd) => loadPlaybook(join(path, 'main.yml'), { cwd }),
};

for (const [folder, read] of Object.entries(readers)) {
  describe(`mistaken files: ${folder}`, () => {
    it.each(casesOf(folder))('explains %s', async (name) => {
      const cwd = join(golden, folder);
      const outcome = await read(name, cwd);
      expect(outcome.diagnostics).not.toEqual([]);
      await expect(told(outcome)).toMatchFileSnapshot(expected(folder, name));
    });
  });
}

describe('the collection of mistaken files', () => {
  it('holds no expected text without its case', () => {
    for (const folder of Object.keys(readers)) {
      const cases = casesOf(folder).map((name) => basename(expected(folder, name)));
      const texts = readdirSync(join(golden, folder)).filter((name) => name.endsWith('.txt'));
      expect(cases).toEqual(expect.arrayContaining(texts));
    }
  });

  it('shows no text of an encrypted file', () => {
    expect(readFileSync(expected('vars', 'vaulted.yml'), 'utf8')).toContain('RB131');
  });
});
