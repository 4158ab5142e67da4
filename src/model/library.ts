/** A module that a project brings: a file in one of its `library` folders, or in a collection. */
export interface LibraryModule {
  /** As playbooks write it: short, or `namespace.collection.name`. */
  readonly name: string;
  /** Its file, absolute. */
  readonly path: string;
  /** The path as the user would type it. */
  readonly shownPath: string;
  readonly collection?: { readonly namespace: string; readonly name: string } | undefined;
}

/** A module's file, and the files that modules of its project share. */
export interface LibrarySource {
  readonly content: Buffer;
  /** Paths below the folder that Python imports from, with `/`; the contents. */
  readonly shared: ReadonlyMap<string, Buffer>;
}

/** Reads a module when it is first needed. */
export type ReadLibraryModule = (module: LibraryModule) => Promise<LibrarySource>;
