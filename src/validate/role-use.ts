import type { Place } from '../model/place.ts';
import type { Step } from '../model/playbook.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { ReuseHead } from './import-head.ts';

/** The files of a role's folders that a use of it reads. */
export interface FromFiles {
  readonly tasks: string;
  readonly handlers: string;
  readonly vars: string;
  readonly defaults: string;
}

/** What is read where nothing else is said. */
export const usualFiles: FromFiles = { tasks: 'main', handlers: 'main', vars: 'main', defaults: 'main' };

/** A role as it is named somewhere. */
export interface RoleUse {
  /** As written, rendered. */
  readonly name: string;
  readonly at: Place;
  /** Keywords and variables that hold for all its steps. */
  readonly head: ReuseHead;
  /** Its parameters and the `vars` of an entry of `roles`. */
  readonly layers: readonly VariableLayer[];
  readonly from: FromFiles;
  /** Whether an equal use before it makes it needless. */
  readonly isOnce: boolean;
  /** Whether the whole play sees its defaults and vars. */
  readonly isPublic: boolean;
  /** Whether its arguments are checked against its specification. */
  readonly isChecked: boolean;
  readonly reach: 'roles' | 'dependency' | 'import' | 'include';
}

/** A role that was read. */
export interface ReadRole {
  /** A block of its steps, those of its dependencies first. */
  readonly step: Step;
  /** A block of its handlers, those of its dependencies first; undefined where there are none. */
  readonly handlers: Step | undefined;
  /** Defaults and vars of the role and its dependencies. */
  readonly layers: readonly VariableLayer[];
}
