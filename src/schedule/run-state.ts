import type { ItemNode, NodeId, Plan, PlanNode } from '../model/plan.ts';
import { stepLabel } from '../model/plan.ts';
import type { Keywords } from '../model/playbook.ts';
import type { RunStep } from '../model/step-run.ts';
import type { WaitKind } from '../model/wait.ts';
import type { Active, ExternalWait } from './active.ts';
import { type Barriers, findBarriers, hasMeetings } from './barriers.ts';
import { type BlockRuns, emptyBlockRuns } from './block-runs.ts';
import { type EventUnits, findEventUnits } from './event-units.ts';
import { Forks } from './forks.ts';
import { buildGraph, type Graph, type NodeEnd } from './graph.ts';
import { type HostStates, initialHostStates } from './host-states.ts';
import { findIncludes, type IncludeRuns } from './include-runs.ts';
import type { ItemLoops } from './item-loops.ts';
import type { FreeMembers, Keeper, LimitTake } from './limit-uses.ts';
import { emptyNotifications, type Notifications } from './notifications.ts';
import type { ScheduleOptions } from './options.ts';
import type { Pass } from './pass.ts';
import { findQueueUses, type QueueUses } from './queue-uses.ts';
import { emptyRecap, type Recap } from './recap.ts';
import { Turns } from './turns.ts';

/** Why nothing new starts any more. */
export interface Halt {
  readonly why: 'interrupted' | 'stalled' | 'killed';
  readonly message: string;
}

/** All that changes in a run. */
export interface RunState {
  readonly plan: Plan;
  readonly runStep: RunStep;
  readonly options: ScheduleOptions;
  readonly graph: Graph;
  readonly hosts: HostStates;
  readonly blocks: BlockRuns;
  readonly notifications: Notifications;
  readonly units: EventUnits;
  readonly barriers: Barriers;
  readonly loops: ItemLoops;
  readonly includes: IncludeRuns;
  readonly queues: QueueUses;
  /** Items of queues that are worked on, by the begin of their pass. */
  readonly passes: Map<NodeId, Pass>;
  readonly recap: Recap;
  readonly forks: Forks;
  /** What was granted goes on by this. */
  readonly turns: Turns;
  readonly active: Map<NodeId, Active>;
  /** Nodes whose end was told, and that have chores to do before it is one. */
  readonly ending: Set<NodeId>;
  /** By what is waited for: the node that last acted on it. */
  readonly lastActs: Map<WaitKind, Map<string, NodeId>>;
  /** Limits that a step or block takes in the same way on every host. */
  readonly takes: WeakMap<Keywords, readonly LimitTake[]>;
  /** External events that are waited for, with who waits. */
  readonly externalWaits: Map<string, ExternalWait>;
  /** By step: instances that have not ended. */
  readonly openInstances: number[];
  /** Called when any node has ended. */
  readonly endWatchers: Set<() => void>;
  /** Members of pools that nobody has. */
  readonly freeMembers: FreeMembers;
  /** What plays hold as a whole. */
  readonly playHolds: readonly Keeper[];
  readonly startedPlays: Set<number>;
  /** Whether the plan uses events, barriers or queues. */
  coordinated: boolean;
  /** Whether any step or block goes on beside its lane. */
  hasBackground: boolean;
  /** Whether any step or block is a daemon. */
  hasDaemons: boolean;
  /** Set when all else has ended and daemons are being ended. */
  dismissing: boolean;
  halt?: Halt | undefined;
  /** Starts what has become ready; to be called after each end that came from outside the scheduler. */
  wake(): void;
  /** Tells a parallel loop that one of its items has ended. */
  itemEnded(node: ItemNode): void;
  /** Tells includes that a node has ended. */
  includeNodeEnded(node: PlanNode, end: NodeEnd): void;
  /** Starts the watch for a stall; to be called when something begins to wait. */
  watchStall(): void;
}

/** The state of a run before its first step. */
export function initialState(plan: Plan, runStep: RunStep, options: ScheduleOptions): RunState {
  const units = findEventUnits(plan, (index) => {
    const step = plan.steps[index];
    return step === undefined ? '' : stepLabel(step);
  });
  const barriers = findBarriers(plan);
  return {
    plan,
    runStep,
    options,
    graph: buildGraph(plan),
    hosts: initialHostStates(plan),
    blocks: emptyBlockRuns(plan),
    notifications: emptyNotifications(plan),
    units,
    barriers,
    loops: { byParent: new Map() },
    includes: findIncludes(plan),
    queues: findQueueUses(plan),
    passes: new Map(),
    recap: emptyRecap(plan.hosts.length),
    forks: new Forks(options.forks),
    turns: new Turns(),
    active: new Map(),
    ending: new Set(),
    lastActs: new Map(),
    takes: new WeakMap(),
    externalWaits: new Map(),
    openInstances: countInstances(plan),
    endWatchers: new Set(),
    freeMembers: new Map(),
    playHolds: plan.plays.map(() => ({ holds: [] })),
    startedPlays: new Set(),
    hasBackground: [...plan.steps, ...plan.blocks].some((one) => one.keywords.background !== undefined),
    hasDaemons: [...plan.steps, ...plan.blocks].some((one) => one.keywords.background === 'daemon'),
    dismissing: false,
    coordinated:
      units.byStep.size + units.byBlock.size > 0 ||
      hasMeetings(barriers) ||
      Object.keys(plan.declarations.queues).length > 0,
    wake: () => undefined,
    itemEnded: () => undefined,
    includeNodeEnded: () => undefined,
    watchStall: () => undefined,
  };
}

function countInstances(plan: Plan): number[] {
  const counts = plan.steps.map(() => 0);
  for (const node of plan.nodes)
    if (node.kind !== 'join' && node.kind !== 'block' && node.kind !== 'item' && node.pass === undefined)
      counts[node.step] = (counts[node.step] ?? 0) + 1;
  return counts;
}
