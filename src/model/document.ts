import type { Diagnostic } from './diagnostic.ts';
import type { Place, SourceFile } from './place.ts';
import type { Value } from './value.ts';

/** `native`: YAML 1.2. `ansible`: the YAML 1.1 scalars that Ansible reads (`yes`, `on`, `1_000`, `1:30`). */
export type Dialect = 'native' | 'ansible';

/** The way from a document's root to a value in it: keys and list indexes. A number may also be a numeric key. */
export type DocumentPath = readonly (string | number)[];

/** A file of YAML or JSON as data, and where each part of it was written. Nothing in it is rendered or checked yet. */
export interface RawDocument {
  readonly file: SourceFile;
  readonly dialect: Dialect;
  /** Mappings have no prototype. Undefined when the file holds nothing but comments. */
  readonly value: Value | undefined;
  /**
   * Where the value at `path` was written, or its key. Where the path leads beyond what was written, the place of the
   * nearest value above. Aliases and merge keys are followed to what they stand for.
   *
   * @param part `key` needs a path that ends in a mapping's key; elsewhere it is taken as `value`.
   * @param span Characters of a string value to point at, where its source is simple enough to count in.
   */
  locate(path: DocumentPath, part: 'key' | 'value', span?: TextSpan): Place;
}

/** A stretch of a string value. */
export interface TextSpan {
  readonly offset: number;
  readonly length: number;
}

/** A document that `import_playbook` brought in. */
export interface ImportedDocument {
  readonly document: RawDocument;
  /** The index of the importing entry in the importing document's list of plays. */
  readonly entry: number;
  /** The document that holds that entry: the main one or another imported one. */
  readonly importer: RawDocument;
}

/** A playbook with all it imports, as data. */
export interface LoadedPlaybook {
  /** Undefined when the file could not be read; `diagnostics` says why. */
  readonly main: RawDocument | undefined;
  /** In the order they are to be played; an import inside an import comes after the document that holds it. */
  readonly imports: readonly ImportedDocument[];
  /** Every file read, for the source lines of diagnostics. */
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
}
