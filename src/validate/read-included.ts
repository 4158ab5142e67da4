import type { Diagnostic } from '../model/diagnostic.ts';
import type { Dialect } from '../model/document.ts';
import type { IncludeRequest } from '../model/include.ts';
import type { Place } from '../model/place.ts';
import type { Declarations, Step } from '../model/playbook.ts';
import type { StepOrigin } from '../model/reuse.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context, ValidateOptions } from './context.ts';
import { checkNameUses } from './declarations.ts';
import { readRole } from './read-role.ts';
import { readSteps } from './read-steps.ts';
import { reuseTasks } from './reuse-tasks.ts';
import { usualFiles } from './role-use.ts';
import { type Defaults, emptyPlayScope, type StepsScope } from './steps-scope.ts';

/** A step that includes others, as far as reading these depends on it. */
export interface Including {
  readonly at: Place;
  readonly kind: 'step' | 'handler';
  /** Where the step comes from; undefined in a playbook. */
  readonly origin: StepOrigin | undefined;
  /** The folder of the playbook, absolute. */
  readonly playbookDir: string;
  readonly dialect: Dialect;
  /** Where the step looks for short names first. */
  readonly collections?: readonly string[] | undefined;
  readonly declarations: Declarations;
  /** `module_defaults` of what is around it. */
  readonly defaults: Defaults;
}

/** What a request was found to stand for, or what is wrong with it. */
export interface IncludedReading {
  /** A block of the steps; undefined where the file or role cannot be used. */
  readonly step?: Step | undefined;
  /** A block of the handlers of a role. */
  readonly handlers?: Step | undefined;
  /** Defaults and vars of a role. */
  readonly layers: readonly VariableLayer[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and checks the steps of a file or role that is included in a run, with all that they import. */
export async function readIncluded(
  { kind, name, role }: IncludeRequest,
  including: Including,
  options: ValidateOptions,
): Promise<IncludedReading> {
  const diagnostics: Diagnostic[] = [];
  const context: Context = {
    options,
    uses: [],
    declarations: { ...including.declarations },
    report: (diagnostic) => diagnostics.push(diagnostic),
  };
  const scope = scopeOf(including);
  const { at } = including;
  const head = { at, places: {}, keywords: {} };
  if (kind === 'tasks') {
    const step = await reuseTasks({ name, at, head }, scope, context, readSteps);
    checkNameUses(context);
    return { step, layers: [], diagnostics };
  }
  const from =
    role === undefined
      ? usualFiles
      : {
          tasks: role.tasksFrom,
          handlers: role.handlersFrom,
          vars: role.varsFrom,
          defaults: role.defaultsFrom,
        };
  const use = { name, at, head, layers: [], from, isOnce: false, isPublic: false } as const;
  const whole = { ...use, isChecked: role?.validates ?? true, reach: 'include' } as const;
  const found = await readRole(whole, scope, context, readSteps);
  checkNameUses(context);
  return { step: found?.step, handlers: found?.handlers, layers: found?.layers ?? [], diagnostics };
}

function scopeOf({ kind, origin, playbookDir, dialect, collections, defaults }: Including): StepsScope {
  return {
    kind,
    play: emptyPlayScope(),
    defaults: [defaults],
    source: { dialect, playbookDir, origin, chain: [], known: [], collections, wrap: (handlers) => handlers },
  };
}
