import type { Dialect } from '../model/document.ts';
import type { ReusedFile } from '../model/reuse.ts';
import { readSourceFile } from './source-file.ts';
import type { Decrypt } from './vault-file.ts';
import { readYaml } from './yaml.ts';

/** Reads a document by its absolute path. */
export type ReadDocument = (path: string, dialect: Dialect) => Promise<ReusedFile>;

interface ReaderOptions {
  /** The directory that paths are shown relative to. */
  readonly cwd: string;
  readonly decrypt?: Decrypt | undefined;
}

/** Reads each document once for a dialect. */
export function createDocumentReader(options: ReaderOptions): ReadDocument {
  const known = new Map<string, Promise<ReusedFile>>();
  return (path, dialect) => {
    const key = `${dialect} ${path}`;
    const reading = known.get(key) ?? readDocument(path, dialect, options);
    known.set(key, reading);
    return reading;
  };
}

async function readDocument(path: string, dialect: Dialect, options: ReaderOptions): Promise<ReusedFile> {
  const source = await readSourceFile(path, options);
  if (source.file === undefined) return { path, diagnostics: source.diagnostics };
  return { path, ...readYaml(source.file, { dialect }) };
}
