import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../../src/', import.meta.url));
const maxLines = 300;

const stages = [
  'lib',
  'model',
  'template',
  'coordinate',
  'modules',
  'remote',
  'load',
  'validate',
  'compile',
  'schedule',
  'execute',
  'journal',
  'report',
  'demo',
];

/** The import table: what a folder's files may import besides their own folder. This table is the architecture. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  model: ['lib'],
  template: ['lib', 'model'],
  coordinate: ['lib', 'model'],
  modules: ['lib', 'model'],
  remote: ['lib', 'model'],
  load: ['lib', 'model'],
  validate: ['lib', 'model'],
  compile: ['lib', 'model', 'template'],
  schedule: ['lib', 'model', 'coordinate'],
  execute: ['lib', 'model', 'template'],
  journal: ['lib', 'model'],
  report: ['lib', 'model'],
  demo: ['lib', 'model'],
  'engine.ts': ['engine', ...stages],
  engine: stages,
  cli: ['engine.ts', 'report', 'model', 'lib'],
};

/** Where each third-party package may be imported. */
const fences: Readonly<Record<string, readonly string[]>> = {
  'age-encryption': ['load'],
  ajv: ['validate'],
  commander: ['cli'],
  diff: ['report', 'modules'],
  execa: ['remote'],
  listr2: ['report'],
  'p-queue': ['schedule'],
  'ssh-config': ['remote'],
  ssh2: ['remote', 'demo'],
  yaml: ['load'],
  zod: ['model', 'modules', 'validate', 'cli'],
};

interface SourceFile {
  readonly path: string;
  readonly folder: string;
  readonly lines: number;
  readonly local: readonly string[];
  readonly packages: readonly string[];
}

function folderOf(path: string): string {
  return path.split('/')[0] ?? path;
}

function readSource(file: string): SourceFile {
  const text = readFileSync(file, 'utf8');
  const specifiers = [
    ...text.matchAll(
      /(?:^|[;\n])\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const path = relative(src, file);
  return {
    path,
    folder: folderOf(path),
    lines: text.split('\n').length - 1,
    local: specifiers
      .filter((name) => name.startsWith('.'))
      .map((name) => relative(src, resolve(dirname(file), name))),
    packages: specifiers
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
  };
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readSource(join(src, name)));

function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...trail, node]);
      if (cycle !== undefined) return cycle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

describe('the architecture', () => {
  it('has source files to look at', () => {
    expect(files.length).toBeGreaterThan(100);
  });

  it('lets every folder import only what stands in the import table', () => {
    const violations = files.flatMap((file) =>
      file.local
        .filter(
          (target) =>
            folderOf(target) !== file.folder && !(allowed[file.folder] ?? []).includes(folderOf(target)),
        )
        .map((target) => `${file.path} imports ${target}`),
    );

    expect(violations).toEqual([]);
  });

  it('fences every third-party package to its folders', () => {
    const violations = files.flatMap((file) =>
      file.packages
        .filter((name) =>
          fences[name] === undefined ? !isFencedAlone(name) : !fences[name].includes(file.folder),
        )
        .map((name) => `${file.path} imports ${name}`),
    );

    expect(violations).toEqual([]);
  });

  it('has no import cycle, imports of types included', () => {
    expect(findCycle(new Map(files.map((file) => [file.path, file.local])))).toBeUndefined();
  });

  it(`has no file over ${maxLines} lines`, () => {
    expect(
      files.filter((file) => file.lines > maxLines).map((file) => `${file.path}: ${file.lines}`),
    ).toEqual([]);
  });
});

/** A package that the table does not name may be used in one folder. */
function isFencedAlone(name: string): boolean {
  return new Set(files.filter((file) => file.packages.includes(name)).map((file) => file.folder)).size === 1;
}
