import { dirname, join, resolve } from 'node:path';
import { projectRootOf } from '../lib/project-root.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Dialect, ImportedDocument, LoadedPlaybook, RawDocument } from '../model/document.ts';
import type { Place, SourceFile } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import { entriesOf } from './mapping.ts';
import { isInside, realOrSame } from './real-path.ts';
import { readSourceFile } from './source-file.ts';
import type { Decrypt } from './vault-file.ts';
import { readYaml } from './yaml.ts';

/** How playbooks are read. */
export interface PlaybookOptions {
  /** The directory that relative paths start from. */
  readonly cwd: string;
  /** Decrypts files that are encrypted as a whole. */
  readonly decrypt?: Decrypt | undefined;
  /**
   * Renders the name of an import that is a template, with the variables of its entry; undefined where they do not
   * suffice. Default: no such import is followed.
   */
  readonly render?: ((text: string, variables: Value | undefined) => Promise<string | undefined>) | undefined;
}

interface Loading {
  readonly options: PlaybookOptions;
  readonly root: string;
  readonly files: SourceFile[];
  readonly diagnostics: Diagnostic[];
  readonly imports: ImportedDocument[];
}

/** A file on the way from the main playbook to the one that is being read. */
interface Link {
  readonly real: string;
  readonly document: RawDocument;
  /** Where it imports the next one. */
  at?: Place;
}

const importKeys: readonly string[] = ['import_playbook', 'ansible.builtin.import_playbook'];
const maxImports = 500;

/**
 * Reads a playbook and every playbook it imports by a name that is literal or can be rendered. The root of the file decides the dialect: a
 * mapping is native, a list is Ansible's; imported files are read in the dialect of their own root.
 *
 * RB101 to RB111 for files that cannot be read, RB112 for an import outside the project (`projectRootOf`), RB113 for
 * one that leads back to a file that is being imported.
 */
export async function loadPlaybook(path: string, options: PlaybookOptions): Promise<LoadedPlaybook> {
  const absolute = resolve(options.cwd, path);
  const root = await realOrSame(projectRootOf(dirname(absolute)));
  const loading: Loading = { options, root, files: [], diagnostics: [], imports: [] };
  const main = await readDocument(loading, absolute);
  if (main) await followImports(loading, absolute, [{ real: await realOrSame(absolute), document: main }]);
  return { main, imports: loading.imports, files: loading.files, diagnostics: loading.diagnostics };
}

/** Reads a playbook, task or play file by its root; undefined when it is wrong. */
async function readDocument(
  loading: Loading,
  absolute: string,
  at?: Place,
): Promise<RawDocument | undefined> {
  const reading = await readSourceFile(absolute, loading.options);
  if (reading.file === undefined) {
    loading.diagnostics.push(...reading.diagnostics.map((one) => ({ ...one, at: one.at ?? at })));
    return undefined;
  }
  loading.files.push(reading.file);
  const { document, diagnostics } = readByRoot(reading.file);
  loading.diagnostics.push(...diagnostics);
  return document;
}

/** Reads a file in the dialect that its root decides. */
export function readByRoot(file: SourceFile) {
  return readYaml(file, { dialect: rootDialect(file.text) });
}

/** The dialect by the first line with content: a list's dash, or a flow list, is Ansible's. */
function rootDialect(text: string): Dialect {
  for (const line of text.replace(/^\ufeff/, '').split('\n')) {
    const content = line.trim().replace(/^---(?:\s+|$)/, '');
    if (content === '' || content.startsWith('#') || content.startsWith('%')) continue;
    return /^(?:-(?:\s|$)|\[)/.test(content) ? 'ansible' : 'native';
  }
  return 'native';
}

interface Import {
  readonly entry: number;
  readonly name: string;
  readonly at: Place;
}

/** The imports of a document whose names are literal or can be rendered. */
async function importsOf(document: RawDocument, { render }: PlaybookOptions): Promise<Import[]> {
  const root = document.value;
  const [plays, prefix] = Array.isArray(root) ? [root, []] : [playsOf(root), ['plays']];
  const imports: Import[] = [];
  for (const [entry, play] of plays.entries()) {
    const entries = entriesOf(play) ?? [];
    for (const [key, written] of entries) {
      if (!importKeys.includes(key) || typeof written !== 'string') continue;
      const variables = entries.find(([other]) => other === 'vars')?.[1];
      const name = /\{[{%]/.test(written) ? await render?.(written, variables) : written;
      if (name === undefined) continue;
      imports.push({ entry, name, at: document.locate([...prefix, entry, key], 'value') });
    }
  }
  return imports;
}

function playsOf(root: Value | undefined): readonly Value[] {
  const plays = entriesOf(root)?.find(([key]) => key === 'plays')?.[1];
  return Array.isArray(plays) ? plays : [];
}

async function followImports(loading: Loading, absolute: string, chain: readonly Link[]): Promise<void> {
  const importer = chain.at(-1);
  if (importer === undefined) return;
  for (const { entry, name, at } of await importsOf(importer.document, loading.options)) {
    importer.at = at;
    const target = resolve(dirname(absolute), name);
    const real = await realOrSame(target);
    const problem = refusal(loading, chain, { real, at });
    if (problem) {
      loading.diagnostics.push(problem);
      continue;
    }
    const document = await readDocument(loading, target, at);
    if (document === undefined) continue;
    loading.imports.push({ document, entry, importer: importer.document });
    await followImports(loading, target, [...chain, { real, document }]);
  }
}

interface Target {
  readonly real: string;
  readonly at: Place;
}

function refusal(loading: Loading, chain: readonly Link[], { real, at }: Target): Diagnostic | undefined {
  const start = chain.findIndex((link) => link.real === real);
  if (start !== -1) {
    const circle = chain.slice(start);
    const names = [...circle, circle[0]].map((link) => link?.document.file.path);
    const related = circle.flatMap((link) =>
      link.at === undefined || link.at === at ? [] : [{ at: link.at, note: 'which is imported here' }],
    );
    return errorDiagnostic('RB113', `playbooks import each other in a circle: ${names.join(' → ')}`, {
      at,
      related,
    });
  }
  if (loading.imports.length >= maxImports) {
    return errorDiagnostic('RB113', `more than ${maxImports} playbooks are imported`, { at });
  }
  if (isInside(real, loading.root)) return undefined;
  const message = `the import lies outside the project folder ${loading.root}`;
  return errorDiagnostic('RB112', message, {
    at,
    hint: `move it into the project, or mark the folder above with an empty ${join(loading.root, '..', 'runbook.config.yml')}`,
  });
}
