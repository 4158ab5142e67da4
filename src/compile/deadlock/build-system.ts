import type { Place } from '../../model/place.ts';
import type { NodeId, PlanBlock, PlanNode, PlanStep } from '../../model/plan.ts';
import type { Keywords } from '../../model/playbook.ts';
import { consumerAround } from '../consume-pass.ts';
import type { Draft } from '../draft.ts';
import { meetingPlace } from '../meetings.ts';
import { type Around, blocksAround, isDaemon, isRescue, ownerOf } from './actor-owner.ts';
import { beginsPass, withPasses } from './consumer-nodes.ts';
import type { LimitIdentities, LimitOwner } from './limit-identities.ts';
import type { Actor, HoldWaitSystem, Operation } from './operations.ts';
import { queueUseOf } from './queue-uses.ts';
import { systemEvents } from './system-events.ts';
import { systemQueues } from './system-queues.ts';
import { ownerTitle } from './titles.ts';

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
  /** By node: its actor; nodes whose host is not looked at have none. */
  readonly actorOf: Map<NodeId, number>;
  /** By actor: its node. */
  readonly nodes: PlanNode[];
  readonly actors: Mutable<Actor>[];
  /** Begins of blocks by block and host, starts of plays by play, that hold or loop. */
  readonly regions: Map<string, number[]>;
  readonly begins: Map<string, number>;
  readonly held: Map<number, ReadonlySet<number>>;
  /** Ends of blocks that a `when` decided before the run skips: they set nothing. */
  readonly idle: Set<number>;
  readonly skipped: Set<string>;
  readonly events: Map<string, number>;
  readonly queues: ReadonlyMap<string, number>;
  /** Meetings by their place. */
  readonly meetingAt: ReadonlyMap<string, number>;
  /** By meeting: the actors that come to it. */
  readonly parties: readonly number[][];
}

/** Makes the view of holds and waits of a draft, over a few of its hosts. */
export function buildSystem(input: SystemInput): HoldWaitSystem {
  const { draft } = input;
  const build: Build = {
    ...input,
    actorOf: new Map(),
    nodes: [],
    queues: new Map(Object.keys(draft.playbook.declarations.queues).map((name, index) => [name, index])),
    actors: [],
    regions: new Map(),
    begins: new Map(),
    held: new Map(),
    idle: new Set(),
    skipped: new Set(),
    events: new Map(Object.keys(draft.playbook.declarations.events).map((name, index) => [name, index])),
    meetingAt: new Map(draft.meetings.map(({ place }, index) => [place, index])),
    parties: draft.meetings.map(() => []),
  };
  for (const node of withPasses(draft, input.hosts)) addActor(build, node);
  for (const actor of build.actors) {
    actor.after = sourcesOf(build, actor);
    actor.operations = [...actor.operations, ...workOf(build, actor)];
  }
  for (const [key, region] of build.regions) {
    const begin = build.actors[build.begins.get(key) ?? -1];
    if (begin !== undefined) begin.region = region;
  }
  return {
    actors: build.actors,
    limits: input.identities.limits,
    events: systemEvents(build),
    meetings: build.parties,
    queues: systemQueues({ ...build, lastingActor: (actor) => consumerOf(build, actor) }),
  };
}

function addActor(build: Build, node: PlanNode): void {
  const host = hostOf(build, node);
  if (host === undefined) return;
  const id = build.actors.length;
  build.actorOf.set(node.id, id);
  build.nodes.push(node);
  const owner = ownerOf(build.draft.tables, node);
  const around = owner === undefined ? [] : blocksAround(build.draft.tables, owner);
  const acts = owner === undefined || doesAct(build, node, owner, around);
  const closes = closedBy(build, node);
  const operations = acts ? operationsOf(build, node, host, around) : [];
  const opens = openedBy(build, node);
  const holds = opens !== undefined && operations.some(({ kind }) => kind === 'take' || kind === 'get');
  const begin = closes === undefined ? undefined : build.begins.get(closes);
  const releases = holds ? -1 : (begin ?? id);
  const title =
    owner === undefined ? `play "${build.draft.plays[node.play]?.name ?? ''}"` : ownerTitle(owner);
  build.actors.push({
    id,
    title,
    host,
    after: [],
    operations,
    releases,
    gives: givesOf(build, node, around, acts),
    region: [],
  });
  if (node.kind === 'block' && node.part === 'begin' && node.skip !== undefined)
    build.skipped.add(blockKey(build, node, node.block));
  if (closes !== undefined && build.skipped.has(closes)) build.idle.add(id);
  if (opens !== undefined && holds) {
    build.begins.set(opens, id);
    build.regions.set(opens, []);
  }
  if (build.begins.size > 0) enterRegions(build, node, id, around);
}

/** Notes an actor in every region that it lies in; the end of a block or play lies in that one's. */
function enterRegions(build: Build, node: PlanNode, id: number, around: readonly Around[]): void {
  const keys = around.map(({ block }) => blockKey(build, node, block.index));
  const closes = closedBy(build, node);
  if (closes !== undefined) keys.push(closes);
  if (openedBy(build, node) !== playKey(node.play)) keys.push(playKey(node.play));
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

function openedBy(build: Build, node: PlanNode): string | undefined {
  if (node.kind === 'join') return node.purpose === 'play-start' ? playKey(node.play) : undefined;
  return node.kind === 'block' && node.part === 'begin' ? blockKey(build, node, node.block) : undefined;
}

function closedBy(build: Build, node: PlanNode): string | undefined {
  if (node.kind === 'join') return node.purpose === 'play-end' ? playKey(node.play) : undefined;
  return node.kind === 'block' && node.part === 'end' ? blockKey(build, node, node.block) : undefined;
}

const playKey = (play: number): string => `play ${play}`;

/** Names a block as a node stands in it: on its host, and where the block is worked through for items, in one pass. */
function blockKey({ draft, hosts }: Build, node: PlanNode, block: number): string {
  const host = node.kind === 'join' ? -1 : node.kind === 'once' ? firstOf(hosts, node.hosts) : node.host;
  const inPass = node.pass !== undefined && consumerAround(draft.tables.blocks, { block }) !== undefined;
  return `block ${block} ${host}${inPass ? ` ${node.pass}` : ''}`;
}

function firstOf(hosts: ReadonlySet<number>, of: readonly number[]): number {
  return of.find((host) => hosts.has(host)) ?? -1;
}

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
  // What is said of a consumer or repeated block is done at the begin of its pass.
  const taker = node.kind === 'consume' ? undefined : takerOf(build, node);
  if (taker === undefined) return [];
  const operations: Operation[] = [];
  const consume = beginsPass(node) ? build.draft.tables.blocks[node.block]?.keywords.consume : undefined;
  const queue = build.queues.get(consume?.queue ?? '');
  if (consume !== undefined && queue !== undefined)
    operations.push({ kind: 'get', queue, timed: false, at: consume.at });
  for (const { event, onTimeout, timeout, at } of taker.keywords.wait ?? []) {
    const index = build.events.get(event);
    // A waiter that goes on after its timeout never stands in the way.
    if (index !== undefined && onTimeout === 'fail')
      operations.push({ kind: 'wait', event: index, timed: timeout !== undefined, at });
  }
  const owner = ownerOf(build.draft.tables, node);
  const meeting = owner === undefined ? undefined : build.meetingAt.get(meetingPlace(node, owner));
  if (meeting !== undefined && owner !== undefined && canMeet(node)) {
    build.parties[meeting]?.push(build.actors.length);
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
  for (const key of [...around.map(({ block }) => blockKey(build, node, block.index)), playKey(node.play)])
    for (const limit of build.held.get(build.begins.get(key) ?? -1) ?? []) outer.add(limit);
  // What a block around holds already is not taken again.
  const uses = build.identities
    .usesOf(taker, build.draft.hosts[host] ?? '')
    .filter(({ limit }) => !outer.has(limit));
  if (openedBy(build, node) !== undefined)
    build.held.set(build.actors.length, new Set(uses.map(({ limit }) => limit)));
  return uses.map(({ limit, permits, timed, at }) => ({ kind: 'take', limit, permits, timed, at }));
}

/** What a step gives back of what the innermost block around it that took it holds. */
function givesOf(build: Build, node: PlanNode, around: readonly Around[], acts: boolean): Actor['gives'] {
  const step = acts && 'step' in node ? build.draft.tables.steps[node.step] : undefined;
  return (step?.keywords.release ?? []).flatMap(({ name, permits }) => {
    for (const { block } of around) {
      const owner = build.begins.get(blockKey(build, node, block.index)) ?? -1;
      for (const limit of build.held.get(owner) ?? [])
        if (build.identities.limits[limit]?.name === name) return [{ owner, limit, permits }];
    }
    return [];
  });
}

function sourcesOf({ nodes, actorOf }: Build, actor: Actor): readonly number[] {
  const sources = new Set<number>();
  for (const edge of nodes[actor.id]?.after ?? []) {
    const source = actorOf.get(edge.from);
    if (source !== undefined) sources.add(source);
  }
  return [...sources];
}

/** What waits while it runs, after its gates and with its permits held: a `join`, and what is done with a queue. */
function workOf(build: Build, actor: Actor): Operation[] {
  const node = build.nodes[actor.id];
  const owner = node === undefined ? undefined : ownerOf(build.draft.tables, node);
  if (node === undefined || owner === undefined || !('section' in owner)) return [];
  if (node.kind === 'consume' || !doesAct(build, node, owner, blocksAround(build.draft.tables, owner)))
    return [];
  if ('joins' in node && node.joins !== undefined) {
    const { nodes, isTimed } = node.joins;
    const at = owner.places['join'] ?? owner.at;
    return [{ kind: 'await', actors: kept(build, nodes), timed: isTimed, at }];
  }
  const use = queueUseOf(owner);
  const queue = build.queues.get(use?.queue ?? '');
  if (use === undefined || queue === undefined) return [];
  const { items, timed, at } = use;
  return [
    use.does === 'put' ? { kind: 'put', queue, items, timed, at } : { kind: use.does, queue, timed, at },
  ];
}

/** A step in the work on an item may do it again until the consumer has ended. */
function consumerOf({ nodes, actors }: Build, actor: Actor): number {
  const pass = nodes[actor.id]?.pass;
  if (pass === undefined) return actor.id;
  for (let id = actor.id; id < actors.length; id++) if (nodes[id]?.kind === 'consume') return id;
  return actor.id;
}

function kept({ actorOf }: Build, nodes: readonly NodeId[]): number[] {
  return nodes.flatMap((node) => actorOf.get(node) ?? []);
}

function canMeet(node: PlanNode): boolean {
  return node.kind === 'instance' || (node.kind === 'block' && node.part === 'begin');
}
