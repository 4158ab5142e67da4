import type {
  BlockNode,
  BlockPart,
  Edge,
  JoinNode,
  NodeId,
  Plan,
  PlanBlock,
  PlanNode,
  PlanPlay,
  PlanStep,
} from '../../src/model/plan.ts';
import type { Declarations, EventSet, EventWait, Keywords, LimitUse } from '../../src/model/playbook.ts';

const at = { file: 'play.yml', line: 1, column: 1, length: 1 };

/** A place in a made-up playbook. */
export const somewhere = at;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type NodeFields<T> = T extends PlanNode ? Omit<T, 'id' | 'play' | 'batch' | 'after' | 'priority'> : never;

/** What a node follows: a node id (`ok`), or an id with another kind. */
export type After = NodeId | readonly [NodeId, Edge['kind']] | readonly [NodeId, Edge['kind'], Edge['why']];

/** Builds plans by hand: nodes and edges one by one, in the shapes that the compiler makes. */
export class PlanBuilder {
  readonly hosts: readonly string[];
  readonly nodes: PlanNode[] = [];
  readonly steps: PlanStep[] = [];
  readonly blocks: PlanBlock[] = [];
  readonly plays: Mutable<PlanPlay>[] = [];
  declarations: Declarations = { events: {}, semaphores: {}, locks: {}, queues: {}, pools: {}, state: {} };

  constructor(hosts: readonly string[]) {
    this.hosts = hosts;
  }

  /** Adds a play; all hosts in one batch by default. */
  play(fields: Partial<PlanPlay> = {}): number {
    const index = this.plays.length;
    this.plays.push({
      index,
      name: `play ${index}`,
      at,
      dialect: 'native',
      batches: [this.hosts.map((_, host) => host)],
      strategy: 'free',
      pattern: 'all',
      forceHandlers: false,
      keywords: {},
      layers: [],
      follows: [],
      handlers: [],
      ...fields,
    });
    return index;
  }

  /** Adds a step with that id and name. */
  step(id: string, keywords: Keywords = {}, fields: Partial<PlanStep> = {}): number {
    const index = this.steps.length;
    const module = { type: 'module', module: 'command', written: 'command', params: {}, at } as const;
    const play = Math.max(0, this.plays.length - 1);
    this.steps.push({
      index,
      play,
      id,
      name: id,
      at,
      section: 'steps',
      action: module,
      keywords,
      layers: [],
      rescuable: false,
      places: {},
      ...fields,
    });
    return index;
  }

  /** Adds a handler to its play. */
  handler(id: string, keywords: Keywords = {}): number {
    const index = this.step(id, keywords, { section: 'handlers' });
    const play = this.plays[this.plays.length - 1];
    if (play !== undefined) play.handlers = [...play.handlers, index];
    return index;
  }

  /** Adds a block. */
  block(name: string, keywords: Keywords = {}, fields: Partial<PlanBlock> = {}): number {
    const index = this.blocks.length;
    const play = Math.max(0, this.plays.length - 1);
    this.blocks.push({ index, play, name, at, keywords, hasRescue: false, ...fields });
    return index;
  }

  /** Adds a node to the last play. */
  node(fields: NodeFields<PlanNode>, after: readonly After[] = [], batch = 0, priority = 0): NodeId {
    const id = this.nodes.length;
    const play = Math.max(0, this.plays.length - 1);
    const edges = after.map((one): Edge => {
      if (typeof one === 'number') return { from: one, kind: 'ok', why: 'order' };
      return { from: one[0], kind: one[1], why: one[2] ?? 'order' };
    });
    // The fields of one node kind with the common ones make that kind's node.
    this.nodes.push({ ...fields, id, play, batch, after: edges, priority } as PlanNode);
    return id;
  }

  /** Adds an instance of a step on a host, by the host's name. */
  on(host: string, step: number, after: readonly After[] = [], batch = 0, priority = 0): NodeId {
    return this.node({ kind: 'instance', step, host: this.host(host) }, after, batch, priority);
  }

  join(purpose: JoinNode['purpose'], after: readonly After[] = [], batch = 0): NodeId {
    return this.node({ kind: 'join', purpose }, after, batch);
  }

  boundary(part: BlockNode['part'], block: number, host: string, after: readonly After[] = []): NodeId {
    return this.node({ kind: 'block', part, block, host: this.host(host) }, after);
  }

  host(name: string): number {
    return this.hosts.indexOf(name);
  }

  build(fields: Partial<Plan> = {}): Plan {
    if (this.plays.length === 0) this.play();
    return {
      version: 1,
      name: 'test',
      file: 'play.yml',
      dialect: 'native',
      hosts: this.hosts,
      plays: this.plays,
      steps: this.steps,
      blocks: this.blocks,
      nodes: this.nodes,
      declarations: this.declarations,
      eventLinks: [],
      layers: [],
      warnings: [],
      ...fields,
    };
  }
}

/** A play as the compiler lays it out: start, batch joins, one chain of steps for each host, end. */
export function chainPlay(
  builder: PlanBuilder,
  steps: readonly string[],
  options: { readonly play?: Partial<PlanPlay>; readonly keywords?: Readonly<Record<string, Keywords>> } = {},
): void {
  const follows = options.play?.follows ?? (builder.plays.length > 0 ? [builder.plays.length - 1] : []);
  const before = builder.nodes.filter((node) => node.kind === 'join' && node.purpose === 'play-end');
  const index = builder.play({ ...options.play, follows });
  const edges = before
    .filter((node) => follows.includes(node.play))
    .map((node): After => [node.id, 'end', 'play']);
  const start = builder.join('play-start', edges);
  const indexes = steps.map((id) => builder.step(id, options.keywords?.[id]));
  let previous: NodeId | undefined;
  const batches = builder.plays[index]?.batches ?? [];
  for (const [batch, hosts] of batches.entries()) {
    const opens: After[] = [[start, 'ok', 'play']];
    if (previous !== undefined) opens.push([previous, 'end', 'batch']);
    const open = builder.join('batch-start', opens, batch);
    const ends = hosts.map((host): After => {
      let last = open;
      for (const step of indexes) last = builder.on(builder.hosts[host] ?? '', step, [last], batch);
      return [last, 'end'];
    });
    previous = builder.join('batch-end', ends.length > 0 ? ends : [[open, 'end', 'batch']], batch);
  }
  builder.join('play-end', [[previous ?? start, 'end', 'play']], Math.max(0, batches.length - 1));
}

/** The nodes of a block on one host, as the compiler lays them out. */
export function blockOn(
  builder: PlanBuilder,
  host: string,
  block: number,
  parts: Readonly<Partial<Record<BlockPart, readonly number[]>>>,
  after: readonly After[] = [],
): { readonly begin: NodeId; readonly end: NodeId } {
  const begin = builder.boundary('begin', block, host, after);
  const chain = (steps: readonly number[], from: NodeId): NodeId[] => {
    const ids: NodeId[] = [];
    for (const step of steps) ids.push(builder.on(host, step, [ids.at(-1) ?? from]));
    return ids;
  };
  const body = chain(parts.body ?? [], begin);
  const ends: After[] = [[begin, 'ok', 'block'], ...body.map((id): After => [id, 'end', 'block'])];
  let alwaysAfter = body.map((id): After => [id, 'end', 'always']);
  if (parts.rescue !== undefined) {
    const failed = body.map((id): After => [id, 'failed', 'rescue']);
    const rescue = builder.boundary('rescue', block, host, [[begin, 'ok', 'rescue'], ...failed]);
    const rescued = chain(parts.rescue, rescue);
    ends.push(...rescued.map((id): After => [id, 'end', 'rescue']));
    alwaysAfter = [rescue, ...rescued].map((id): After => [id, 'end', 'always']);
  }
  if (parts.always !== undefined) {
    const always = builder.boundary('always', block, host, [[begin, 'ok', 'always'], ...alwaysAfter]);
    ends.push(...chain(parts.always, always).map((id): After => [id, 'end', 'always']));
  }
  return { begin, end: builder.boundary('end', block, host, ends) };
}

/** `wait:` of one event. */
export function waitFor(event: string, fields: Partial<EventWait> = {}): EventWait {
  return { event, onTimeout: 'fail', at, ...fields };
}

/** `set:` or `clear:` of one event. */
export function act(event: string, after: EventSet['after'] = 'all'): EventSet {
  return { event, after, at };
}

/** One use of a limit. */
export function use(kind: LimitUse['kind'], name: string, fields: Partial<LimitUse> = {}): LimitUse {
  return { kind, name, permits: 1, at, ...fields };
}
