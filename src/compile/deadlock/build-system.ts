import type { Place } from '../../model/place.ts';
import type { NodeId, PlanBlock, PlanNode, PlanStep } from '../../model/plan.ts';
import type { Keywords } from '../../model/playbook.ts';
import type { Draft } from '../draft.ts';
import type { Setter } from '../event-graph.ts';
import { type Around, blocksAround, isDaemon, isRescue, ownerOf } from './actor-owner.ts';
import type { LimitIdentities, LimitOwner } from './limit-identities.ts';
import type { Actor, EventSetter, HoldWaitSystem, Operation, SystemEvent } from './operations.ts';

/** What a system is made of. */
export interface SystemInput {
  readonly draft: Draft;
  readonly identities: LimitIdentities;
  /** The hosts that stand for all. */
  readonly hosts: ReadonlySet<number>;
  /** Whether every body with a rescue fails at its end, so that the rescue runs as well. */
  readonly failing: boolean;
  /** Whether steps that are not known yet may set events. */
  readonly mayBringSetters: boolean;
  /** Places of barriers that are refused already. */
  readonly refused: ReadonlySet<Place>;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Build extends SystemInput {
  /** By node: its actor, or -1 where its host is not looked at. */
  readonly actorOf: Int32Array;
  readonly actors: Mutable<Actor>[];
  /** Begins of blocks by block and host, starts of plays by play, that hold or loop. */
  readonly regions: Map<string, number[]>;
  readonly begins: Map<string, number>;
  readonly held: Map<number, ReadonlySet<number>>;
  /** Ends of blocks that a `when` decided before the run skips: they set nothing. */
  readonly idle: Set<number>;
  readonly skipped: Set<string>;
  readonly events: Map<string, number>;
  readonly meetingOf: ReadonlyMap<NodeId, number>;
}

/** Makes the view of holds and waits of a draft, over a few of its hosts. */
export function buildSystem(input: SystemInput): HoldWaitSystem {
  const { draft } = input;
  const build: Build = {
    ...input,
    actorOf: new Int32Array(draft.nodes.length).fill(-1),
    actors: [],
    regions: new Map(),
    begins: new Map(),
    held: new Map(),
    idle: new Set(),
    skipped: new Set(),
    events: new Map(Object.keys(draft.playbook.declarations.events).map((name, index) => [name, index])),
    meetingOf: new Map(draft.meetings.flatMap(({ nodes }, index) => nodes.map((node) => [node, index]))),
  };
  for (const node of draft.nodes) addActor(build, node);
  for (const actor of build.actors) {
    actor.after = sourcesOf(build, actor);
    actor.operations = withJoins(build, actor);
  }
  for (const [key, region] of build.regions) {
    const begin = build.actors[build.begins.get(key) ?? -1];
    if (begin !== undefined) begin.region = region;
  }
  const meetings = draft.meetings.map(({ nodes }) => kept(build, nodes).filter((id) => meets(build, id)));
  return {
    actors: build.actors,
    limits: input.identities.limits,
    events: systemEvents(build),
    meetings,
    queues: [],
  };
}

function addActor(build: Build, node: PlanNode): void {
  const host = hostOf(build, node);
  if (host === undefined) return;
  const id = build.actors.length;
  build.actorOf[node.id] = id;
  const owner = ownerOf(build.draft.tables, node);
  const around = owner === undefined ? [] : blocksAround(build.draft.tables, owner);
  const acts = owner === undefined || doesAct(build, node, owner, around);
  const closes = closedBy(node);
  const operations = acts ? operationsOf(build, node, host, around) : [];
  const opens = openedBy(node);
  const holds = opens !== undefined && operations.some(({ kind }) => kind === 'take' || kind === 'get');
  const begin = closes === undefined ? undefined : build.begins.get(closes);
  const releases = holds ? -1 : (begin ?? id);
  build.actors.push({ id, node: node.id, host, after: [], operations, releases, gives: [], region: [] });
  if (node.kind === 'block' && node.part === 'begin' && node.skip !== undefined)
    build.skipped.add(blockKey(node.block, node.host));
  if (closes !== undefined && build.skipped.has(closes)) build.idle.add(id);
  if (opens !== undefined && holds) {
    build.begins.set(opens, id);
    build.regions.set(opens, []);
  }
  if (build.begins.size > 0) enterRegions(build, node, id, around);
}

/** Notes an actor in every region that it lies in; the end of a block or play lies in that one's. */
function enterRegions(build: Build, node: PlanNode, id: number, around: readonly Around[]): void {
  const keys = around.map(({ block }) => blockKey(block.index, build.actors[id]?.host ?? -1));
  const closes = closedBy(node);
  if (closes !== undefined) keys.push(closes);
  if (openedBy(node) !== playKey(node.play)) keys.push(playKey(node.play));
  for (const key of new Set(keys)) build.regions.get(key)?.push(id);
}

/** The host under which a node is looked at; undefined where its hosts are not. */
function hostOf({ hosts }: Build, node: PlanNode): number | undefined {
  if (node.kind === 'join') return -1;
  if (node.kind === 'once') return node.hosts.find((host) => hosts.has(host));
  return hosts.has(node.host) ? node.host : undefined;
}

/** Whether a node waits, holds and sets in the schedules that are looked at, and its daemon does not decide when. */
function doesAct(
  { failing }: Build,
  node: PlanNode,
  owner: PlanStep | PlanBlock,
  around: readonly Around[],
): boolean {
  const skip = 'skip' in node ? node.skip : undefined;
  return skip === undefined && !isDaemon(owner, around) && (failing || !isRescue(around));
}

function openedBy(node: PlanNode): string | undefined {
  if (node.kind === 'join') return node.purpose === 'play-start' ? playKey(node.play) : undefined;
  return node.kind === 'block' && node.part === 'begin' ? blockKey(node.block, node.host) : undefined;
}

function closedBy(node: PlanNode): string | undefined {
  if (node.kind === 'join') return node.purpose === 'play-end' ? playKey(node.play) : undefined;
  return node.kind === 'block' && node.part === 'end' ? blockKey(node.block, node.host) : undefined;
}

const playKey = (play: number): string => `play ${play}`;
const blockKey = (block: number, host: number): string => `block ${block} ${host}`;

/** Who waits and takes at a node, and under which keywords; undefined for a node that only stands for an order. */
function takerOf({ draft }: Build, node: PlanNode): LimitOwner | undefined {
  switch (node.kind) {
    case 'join': {
      const keywords: Keywords | undefined =
        node.purpose === 'play-start' ? draft.playbook.plays[node.play]?.keywords : undefined;
      return keywords === undefined ? undefined : { play: node.play, keywords };
    }
    case 'block':
      return node.part === 'begin' ? draft.tables.blocks[node.block] : undefined;
    default:
      return draft.tables.steps[node.step];
  }
}

function operationsOf(build: Build, node: PlanNode, host: number, around: readonly Around[]): Operation[] {
  const taker = takerOf(build, node);
  if (taker === undefined) return [];
  const operations: Operation[] = [];
  for (const { event, onTimeout, timeout, at } of taker.keywords.wait ?? []) {
    const index = build.events.get(event);
    // A waiter that goes on after its timeout never stands in the way.
    if (index !== undefined && onTimeout === 'fail')
      operations.push({ kind: 'wait', event: index, timed: timeout !== undefined, at });
  }
  const meeting = build.meetingOf.get(node.id);
  const owner = ownerOf(build.draft.tables, node);
  if (meeting !== undefined && owner !== undefined) {
    const at = owner.places?.['barrier'] ?? owner.at;
    operations.push({ kind: 'meet', meeting, timed: build.refused.has(at), at });
  }
  return [...operations, ...takesOf(build, node, host, taker, around)];
}

function takesOf(
  build: Build,
  node: PlanNode,
  host: number,
  taker: LimitOwner,
  around: readonly Around[],
): Operation[] {
  if (taker.keywords.limits === undefined) return [];
  const outer = new Set<number>();
  for (const key of [...around.map(({ block }) => blockKey(block.index, host)), playKey(node.play)])
    for (const limit of build.held.get(build.begins.get(key) ?? -1) ?? []) outer.add(limit);
  // What a block around holds already is not taken again.
  const uses = build.identities
    .usesOf(taker, build.draft.hosts[host] ?? '')
    .filter(({ limit }) => !outer.has(limit));
  if (openedBy(node) !== undefined)
    build.held.set(build.actors.length, new Set(uses.map(({ limit }) => limit)));
  return uses.map(({ limit, permits, timed, at }) => ({ kind: 'take', limit, permits, timed, at }));
}

function sourcesOf({ draft, actorOf }: Build, actor: Actor): readonly number[] {
  const sources = new Set<number>();
  for (const edge of draft.nodes[actor.node]?.after ?? []) {
    const source = actorOf[edge.from] ?? -1;
    if (source >= 0) sources.add(source);
  }
  return [...sources];
}

/** A `join` waits while it runs: after its gates, and with its permits held. */
function withJoins(build: Build, actor: Actor): readonly Operation[] {
  const node = build.draft.nodes[actor.node];
  const joins = node !== undefined && 'joins' in node ? node.joins : undefined;
  const owner = node === undefined ? undefined : ownerOf(build.draft.tables, node);
  if (node === undefined || joins === undefined || owner === undefined) return actor.operations;
  if (!doesAct(build, node, owner, blocksAround(build.draft.tables, owner))) return actor.operations;
  const at = owner.places?.['join'] ?? owner.at;
  const actors = kept(build, joins.nodes);
  return [...actor.operations, { kind: 'await', actors, timed: joins.isTimed, at }];
}

function kept({ actorOf }: Build, nodes: readonly NodeId[]): number[] {
  return nodes.map((node) => actorOf[node] ?? -1).filter((id) => id >= 0);
}

function meets({ actors }: Build, id: number): boolean {
  return actors[id]?.operations.some((operation) => operation.kind === 'meet') === true;
}

function systemEvents(build: Build): SystemEvent[] {
  const { draft, mayBringSetters } = build;
  const { events } = draft.playbook.declarations;
  const byEvent = new Map<string, Setter[]>();
  for (const setter of draft.uses.setters) {
    const list = byEvent.get(setter.event) ?? [];
    byEvent.set(setter.event, list);
    list.push(setter);
  }
  return Object.entries(events).map(([name, { external }]) => {
    const setters = (byEvent.get(name) ?? []).map((setter) => settersOf(build, setter));
    const known = setters.filter((setter) => typeof setter === 'object');
    // What nothing sets where all goes well is lost, not waited for.
    const open =
      known.length === 0 || external || draft.preset.has(name) || mayBringSetters || setters.includes('open');
    return { name, open, setters: known };
  });
}

/** `open`: a daemon, or a step of hosts that are not looked at. Undefined: it sets nothing where all goes well. */
function settersOf(build: Build, { nodes, set }: Setter): EventSetter | 'open' | undefined {
  const { draft, failing } = build;
  const node = draft.nodes[nodes[0] ?? -1];
  const owner = node === undefined ? undefined : ownerOf(draft.tables, node);
  if (owner === undefined) return undefined;
  const around = blocksAround(draft.tables, owner);
  if (isDaemon(owner, around)) return 'open';
  if (!failing && isRescue(around)) return undefined;
  const actors = kept(build, nodes).filter((id) => !build.idle.has(id));
  if (actors.length === 0) return kept(build, nodes).length > 0 ? undefined : 'open';
  return { actors, needs: set.after === 'first' ? 'one' : 'all' };
}
