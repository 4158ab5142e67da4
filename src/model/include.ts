import type { NodeId, PlanBlock, PlanNode, PlanStep } from './plan.ts';
import type { Keywords, Step, StepAction } from './playbook.ts';
import type { Value } from './value.ts';
import type { VariableLayer } from './variables.ts';

/** What a step that includes others asks for, once its parameters are rendered. */
export interface IncludeRequest {
  /** Whether `name` is that of a file with steps or of a role. */
  readonly kind: 'tasks' | 'role';
  readonly name: string;
  readonly role?: RoleParts | undefined;
  /** Variables of the loop whose item it is about, and those that the step gives by itself. */
  readonly variables: Readonly<Record<string, Value>>;
}

/** Which parts of a role are meant, and what becomes of its variables. */
export interface RoleParts {
  /** File names below the role's folders. */
  readonly tasksFrom: string;
  readonly varsFrom: string;
  readonly defaultsFrom: string;
  readonly handlersFrom: string;
  /** Whether the steps behind see the role's variables and defaults too. */
  readonly isPublic: boolean;
  /** Whether the role runs on a host where it has run before. */
  readonly allowDuplicates: boolean;
  /** Whether the role's argument specification is checked first. */
  readonly validates: boolean;
}

/** What a request was found to stand for. */
export interface IncludedSteps {
  /** The same text for the same steps under the same variables: hosts with one key share their steps. */
  readonly key: string;
  /** For people: the file, or `role: name`. */
  readonly label: string;
  /** The file, absolute, or the role; undefined for a pass of a block. */
  readonly source?: { readonly kind: 'tasks' | 'role'; readonly name: string } | undefined;
  /** The item of the loop that it is about. */
  readonly item?: Value | undefined;
  /** Of an attempt behind which another may come: what fails in it is taken up by that. */
  readonly isRetried?: boolean | undefined;
  readonly steps: readonly Step[];
  readonly handlers: readonly Step[];
  /** What all its steps and handlers see beside the variables around the include, lowest precedence first. */
  readonly layers: readonly VariableLayer[];
}

/** Where included steps are added. */
export interface IncludeSite {
  /** The step that includes. */
  readonly step: PlanStep;
  readonly batch: number;
  /** Indexes of the hosts that go through it together, in order. */
  readonly hosts: readonly number[];
  /** Whether these hosts meet before each step. */
  readonly meets: boolean;
  readonly priority: number;
  readonly pass?: NodeId | undefined;
  readonly firstId: NodeId;
}

/** What an include added to the plan, and the nodes to add to the run. */
export interface Growth {
  readonly steps: readonly PlanStep[];
  readonly blocks: readonly PlanBlock[];
  readonly nodes: readonly PlanNode[];
  /** By host, one for each request of which anything was selected. */
  readonly parts: ReadonlyMap<number, readonly IncludedPart[]>;
  /** Handlers that are new in the play. */
  readonly handlers: readonly PlanStep[];
}

/** The steps of one request on one host: the block that they stand in. */
export interface IncludedPart {
  readonly block: number;
  readonly begin: NodeId;
  readonly end: NodeId;
  /** Nodes in the background that the include waits for. */
  readonly background: readonly NodeId[];
}

/** Modules that bring further steps into the run. */
export const including: ReadonlySet<string> = new Set(['include_tasks', 'include_role', 'include']);

/** Whether an action brings further steps into the run, which are not known before. */
export function includes(action: StepAction): boolean {
  if (action.type === 'passes') return true;
  return action.type === 'module' && action.module !== undefined && including.has(action.module);
}

/** The keywords of `apply`: what holds for the included steps as if they stood in a block. */
export function appliedKeywords(action: StepAction): Keywords {
  return action.type === 'module' ? (action.apply ?? {}) : {};
}

/** What Ansible calls a step without a name that includes a role: `include_role : NAME`. */
export function roleTitle(action: StepAction): string | undefined {
  if (action.type !== 'module' || action.module !== 'include_role') return undefined;
  const role = action.params['name'] ?? action.params['role'];
  return typeof role === 'string' ? `${action.written} : ${role}` : undefined;
}
