import type { Diagnostic } from './diagnostic.ts';
import type { Dialect, RawDocument } from './document.ts';
import type { VariableLayer } from './variables.ts';

/** A role as its steps know it. */
export interface RoleIdentity {
  /** Its name for people: as written, for a role named by a path the last part of it. */
  readonly name: string;
  /** Its folder, absolute. */
  readonly path: string;
}

/** Where steps of another file come from. */
export interface StepOrigin {
  /** The file that holds the steps, absolute. */
  readonly file: string;
  /**
   * Folders of the controller in which the steps look for their sources before they look beside the playbook, absolute,
   * the first one first: the role, the roles that brought it, the folder of the file.
   */
  readonly folders: readonly string[];
  /** The role that the steps belong to, then those that brought it, innermost first; empty outside of roles. */
  readonly roles: readonly RoleIdentity[];
}

/** What a file of steps or a role brings to its steps beside the keywords of whatever named it. */
export interface ReusedSteps {
  readonly origin: StepOrigin;
  /** Variables of the role's defaults, vars and parameters, and the magic ones of the origin. */
  readonly layers: readonly VariableLayer[];
  /** Of a role that runs once: uses with the same key are the same use. */
  readonly onceKey?: string | undefined;
}

/** A file of steps or of a role's data, read. Problems of the file as a whole have no place: they are told where it is named. */
export interface ReusedFile {
  /** Absolute. */
  readonly path: string;
  /** Undefined when the file could not be read. */
  readonly document?: RawDocument | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Variables of a role, read. Several files of one folder give one layer each, lowest precedence first. */
export interface RoleVariables {
  readonly layers: readonly VariableLayer[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a role's name leads to. */
export type RoleReading =
  | { readonly role: RoleIdentity }
  | { readonly role?: undefined; readonly problem: Diagnostic };

/** A folder of a role that holds documents. */
export type RolePart = 'tasks' | 'handlers' | 'meta';

/** A folder of a role that holds variables. */
export type RoleVariablesPart = 'defaults' | 'vars';

/**
 * Task files and roles of a project. Each file is read once for a dialect, however often it is used; a file that cannot
 * be used is told as RB101 to RB112, never thrown.
 */
export interface ReuseFiles {
  /** The folder of the playbook, absolute. */
  readonly projectDir: string;
  /** A path as diagnostics show it, made absolute. */
  absolute(shown: string): string;
  /**
   * A file of steps.
   *
   * @param name As written, rendered: absolute, or relative to one of the folders.
   * @param folders Absolute, the first one that has the file counts.
   */
  taskFile(name: string, folders: readonly string[], dialect: Dialect): Promise<ReusedFile>;
  /**
   * A role by its name: beside the playbook, in the configured folders, in a collection (`ns.coll.role`), or by its path.
   *
   * @param around The roles that name it, innermost first.
   * @param from The folder of the playbook that names it, absolute, and where its short name is looked for first.
   */
  role(
    name: string,
    around: readonly RoleIdentity[],
    from: { readonly playbookDir: string; readonly collections?: readonly string[] | undefined },
  ): Promise<RoleReading>;
  /**
   * A document of a role; undefined where the role has no `main` or is not asked for tasks or handlers. RB101 for another
   * name that is not there.
   *
   * @param entry The file's name with or without its ending, such as `main`.
   */
  rolePart(
    role: RoleIdentity,
    part: RolePart,
    entry: string,
    dialect: Dialect,
  ): Promise<ReusedFile | undefined>;
  /** The variables of a role; undefined where it has no `main`. RB101 for another name that is not there. */
  roleVariables(
    role: RoleIdentity,
    part: RoleVariablesPart,
    entry: string,
    dialect: Dialect,
  ): Promise<RoleVariables | undefined>;
}
