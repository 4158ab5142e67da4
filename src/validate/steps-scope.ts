import type { Dialect } from '../model/document.ts';
import type { Place } from '../model/place.ts';
import type { Keywords, Step } from '../model/playbook.ts';
import type { StepOrigin } from '../model/reuse.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import type { Cursor } from './cursor.ts';

/** A name that was written, and where. */
export interface NamedPlace {
  readonly name: string;
  readonly at: Place;
}

/** What the roles of one play come to. */
export interface PlayRoles {
  /** Handlers of the roles under `roles`: they stand before the play's own. */
  readonly handlers: Step[];
  /** Handlers of imported roles: they stand after the play's own. */
  readonly imported: Step[];
  /** Defaults and vars that the whole play sees. */
  readonly layers: VariableLayer[];
  /** Names of the roles under `roles`, and of those that roles depend on. */
  readonly names: string[];
  readonly dependencies: string[];
  /** Keys of the roles that run once and whose handlers and variables were taken. */
  readonly taken: Set<string>;
  /** How many task files and roles were used so far. */
  useCount: number;
}

/** What the steps of one play share while they are read. */
export interface PlayScope {
  /** Ids of the play, or of one use of a role. */
  readonly ids: Map<string, Place>;
  readonly notified: NamedPlace[];
  /** Names and topics that handlers answer to. */
  readonly topics: Set<string>;
  readonly roles: PlayRoles;
}

/** A file or role on the way from the playbook to the one that is being read. */
export interface ReuseLink {
  /** What makes it the same as another. */
  readonly key: string;
  /** As people know it. */
  readonly label: string;
  /** Where it is named. */
  readonly at: Place;
}

/** Where the steps that are read stand. */
export interface StepSource {
  readonly dialect: Dialect;
  /** The folder of the playbook, absolute. */
  readonly playbookDir: string;
  /** Undefined in a playbook. */
  readonly origin?: StepOrigin | undefined;
  readonly chain: readonly ReuseLink[];
  /** Variables that are known before the run, in any order of precedence. */
  readonly known: readonly VariableLayer[];
  /** Where short names of roles and modules are looked for first. */
  readonly collections?: readonly string[] | undefined;
  /** Puts handlers of a role into what is around the step that brings it: its keywords and variables hold for them. */
  wrap(handlers: readonly Step[]): readonly Step[];
}

/** `module_defaults` of one place. */
export type Defaults = NonNullable<Keywords['moduleDefaults']>;

/** What surrounds a list of steps while it is read. */
export interface StepsScope {
  readonly kind: 'step' | 'handler';
  readonly play: PlayScope;
  /** `module_defaults` of what encloses the steps, outermost first. */
  readonly defaults: readonly Defaults[];
  readonly source: StepSource;
}

/** Reads a list of steps; given to those who find lists in other files. */
export type ReadSteps = (
  list: Cursor | undefined,
  scope: StepsScope,
  context: Context,
) => Promise<readonly Step[]>;

/** A play without steps so far. */
export function emptyPlayScope(): PlayScope {
  const roles: PlayRoles = {
    handlers: [],
    imported: [],
    layers: [],
    names: [],
    dependencies: [],
    taken: new Set(),
    useCount: 0,
  };
  return { ids: new Map(), notified: [], topics: new Set(), roles };
}
