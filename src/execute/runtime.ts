import type { Connections } from '../model/host.ts';
import type { ControllerFiles, ModuleContext } from '../model/module.ts';
import type { NodeId, PlanStep } from '../model/plan.ts';
import type { Loop } from '../model/playbook.ts';
import type { RunMode } from '../model/run-options.ts';
import type { SharedValues } from '../model/step-coordination.ts';
import type { StepControl, StepWork } from '../model/step-run.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { AskForWork } from './ask-once.ts';
import type { HostAccess } from './attempt.ts';
import type { HostVariables } from './host-variables.ts';
import type { JobResults } from './jobs.ts';
import type { PlannedPaths } from './planned-paths.ts';
import type { Redactor } from './redact.ts';
import type { ResultRecord } from './settled.ts';
import type { StepForm } from './step-form.ts';
import type { StepScope } from './step-scope-port.ts';

/** What all steps of a run are carried out with. */
export interface StepRuntime {
  readonly mode: RunMode;
  readonly keepsTexts: boolean;
  readonly connections: Connections;
  readonly variables: HostVariables;
  readonly redactor: Redactor;
  readonly moduleNames: Iterable<string>;
  formOf(step: PlanStep): StepForm;
  /** The dialect of a step's play. */
  dialectOf(step: PlanStep): 'native' | 'ansible';
  /** Reads what the host's play needs before any of its variables can be read; undefined when nothing is to be done. */
  prepare(work: StepWork): Promise<void> | undefined;
  /** A scope that sees everything stored up to now. */
  scope(work: StepWork): StepScope;
  /** A scope of what holds for the run as a whole, on no host. */
  runScope(): StepScope;
  /** Reads a file of variables; undefined where there are none. */
  readonly readVariables: ModuleContext['readVariables'];
  readonly inventory: ModuleContext['inventory'];
  /** Gives a host variables of a file, for the rest of the run. */
  includeVariables(host: string, values: Readonly<Record<string, Value>>): void;
  /** To be called when the inventory has changed: forgets what was made from it. */
  inventoryChanged(): void;
  /** Lets the steps of a play see further variables on a host. */
  expose(play: number, host: string, layers: readonly VariableLayer[]): void;
  /** How the host, or the one that it is delegated to, is reached. */
  access(work: StepWork, actsOn: string, scope: () => StepScope): HostAccess;
  files(step: PlanStep): ControllerFiles;
  /** The items of a loop. */
  loopItems(loop: Loop, scope: StepScope): readonly Value[];
  isOmitted(value: Value): boolean;
  /** Asks the person at the terminal; undefined where there is none. */
  readonly ask: AskForWork | undefined;
  /** Rejects when the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  nowMs(): number;
  readonly shared: SharedValues | undefined;
  readonly planned: PlannedPaths;
  readonly jobs: JobResults;
  /** Results of the items of parallel loops that are still going on, by loop and index. */
  readonly itemResults: Map<NodeId, ResultRecord[]>;
  /** In check mode: parallel loops with an item whose result is not known, and the step that it depends on. */
  readonly unknownLoops: Map<NodeId, string>;
}

/** One run of a step's action: of the whole step, or of one item of its loop. */
export interface Single {
  readonly runtime: StepRuntime;
  readonly work: StepWork;
  readonly step: PlanStep;
  readonly form: StepForm;
  readonly control: StepControl;
  /** Made when first asked for. */
  scope(): StepScope;
}
