import {
  type ActsSpec,
  type BlockSpec,
  eventsSet,
  type Held,
  heldInside,
  type MemberSpec,
  type PlaybookSpec,
  type PlaySpec,
  type QueueSpec,
  type StepSpec,
  writesBarrier,
  writtenTakes,
} from './coordination-specs.ts';
import type { Action, Program, Thread } from './explorer.ts';

interface Making {
  readonly threads: Thread[];
  readonly setters: Map<string, { event: string; first: boolean; threads: number[] }>;
}

/** One batch of a play. */
interface Batch {
  readonly making: Making;
  /** Events that something sets. */
  readonly events: ReadonlySet<string>;
  readonly play: number;
  readonly batch: number;
  readonly hosts: readonly string[];
  /** Threads that only the end of the lanes waits for. */
  readonly background: number[];
}

/** By host: threads. */
type PerHost = ReadonlyMap<string, readonly number[]>;

/** The program of a playbook, as the language means it. */
export function programOf(spec: PlaybookSpec): Program {
  const making: Making = { threads: [], setters: new Map() };
  const ends: number[] = [];
  let unfollowed: number[] = [];
  for (const [index, play] of spec.plays.entries()) {
    const before = play.beside ? [] : unfollowed;
    const end = addPlay(making, spec, play, index, before);
    ends.push(end);
    unfollowed = play.beside ? [...unfollowed, end] : [end];
  }
  const setters = [...making.setters.values()];
  const putters = making.threads.flatMap(({ actions }, id) =>
    actions.some((action) => action.do === 'put') ? [id] : [],
  );
  const queues = { q: { capacity: spec.capacity, putters } };
  return { threads: making.threads, limits: { a: 1, b: 1, s: 2 }, setters, queues };
}

function addThread(
  making: Making,
  title: string,
  after: readonly number[],
  actions: readonly Action[],
): number {
  return making.threads.push({ title, after, actions }) - 1;
}

function addPlay(
  making: Making,
  spec: PlaybookSpec,
  play: PlaySpec,
  index: number,
  before: readonly number[],
): number {
  const hosts =
    play.hosts === 'h1' ? ['h1'] : Array.from({ length: spec.hosts }, (_, host) => `h${host + 1}`);
  let last = addThread(making, `play ${index}`, before, []);
  for (const [batch, members] of (play.serial ? hosts.map((host) => [host]) : [hosts]).entries()) {
    const start = last;
    const ctx: Batch = {
      making,
      events: eventsSet(spec),
      play: index,
      batch,
      hosts: members,
      background: [],
    };
    const starts = new Map(members.map((host) => [host, [start]]));
    const lanes = addList(ctx, play.members, starts, new Set(), `${index}`);
    const all = [...[...lanes.values()].flat(), ...ctx.background, start];
    last = addThread(making, `end of batch ${batch}`, all, []);
  }
  return last;
}

/** Adds the members of a list on all hosts; by host, all threads that the end of the list waits for. */
function addList(
  ctx: Batch,
  members: readonly MemberSpec[],
  starts: PerHost,
  held: Held,
  path: string,
): PerHost {
  const frontier = new Map([...starts].map(([host]): [string, number[]] => [host, []]));
  const all = new Map([...starts].map(([host, list]): [string, number[]] => [host, [...list]]));
  for (const [index, member] of members.entries()) {
    const own = `${path}.${index}`;
    const before = new Map(
      ctx.hosts.map((host): [string, readonly number[]] => {
        const open = frontier.get(host) ?? [];
        return [host, member.free || open.length === 0 ? (starts.get(host) ?? []) : open];
      }),
    );
    const isBackground = member.type === 'step' && member.background !== 'no' && held.size === 0;
    const exits = addMember(ctx, member, before, held, own);
    for (const host of ctx.hosts) {
      const exit = exits.get(host) ?? [];
      if (isBackground) {
        ctx.background.push(...exit);
        continue;
      }
      frontier.set(host, member.free ? [...(frontier.get(host) ?? []), ...exit] : [...exit]);
      all.get(host)?.push(...exit);
    }
    if (isBackground && member.background === 'joined') addJoins(ctx, exits, starts, frontier, all);
  }
  return all;
}

/** A `join` right after: an ordinary step that ends when what it joins has ended. */
function addJoins(
  ctx: Batch,
  joined: PerHost,
  starts: PerHost,
  frontier: Map<string, number[]>,
  all: ReadonlyMap<string, number[]>,
): void {
  for (const host of ctx.hosts) {
    const open = frontier.get(host) ?? [];
    const after = open.length === 0 ? (starts.get(host) ?? []) : open;
    const join = addThread(ctx.making, `join on ${host}`, after, [
      { do: 'join', threads: joined.get(host) ?? [] },
    ]);
    frontier.set(host, [join]);
    all.get(host)?.push(join);
  }
}

function addMember(ctx: Batch, member: MemberSpec, before: PerHost, held: Held, path: string): PerHost {
  if (member.type === 'block') return addBlock(ctx, member, before, held, path);
  if (member.type !== 'step')
    return new Map(
      ctx.hosts.map((host) => [
        host,
        [
          addThread(
            ctx.making,
            `${path} on ${host}`,
            before.get(host) ?? [],
            queueActions(ctx, member, held, path),
          ),
        ],
      ]),
    );
  if (isOnce(member, held)) {
    const thread = addStep(ctx, member, 'all', [...before.values()].flat(), held, path);
    return new Map(ctx.hosts.map((host) => [host, [thread]]));
  }
  return new Map(
    ctx.hosts.map((host) => [host, [addStep(ctx, member, host, before.get(host) ?? [], held, path)]]),
  );
}

/** A step in the background is never a run_once one here. */
export function isOnce(member: StepSpec, held: Held): boolean {
  return member.once && (member.background === 'no' || held.size > 0);
}

function addStep(
  ctx: Batch,
  member: StepSpec,
  host: string,
  after: readonly number[],
  held: Held,
  path: string,
): number {
  const enter = enterActions(ctx, member, held, path);
  const thread = addThread(ctx.making, `${path} on ${host}`, after, [...enter, ...giveBack(enter)]);
  noteSetter(ctx, member, thread, path);
  return thread;
}

function addBlock(ctx: Batch, member: BlockSpec, before: PerHost, held: Held, path: string): PerHost {
  const enter = enterActions(ctx, member, held, path);
  const begins = new Map(
    ctx.hosts.map((host): [string, number[]] => [
      host,
      [addThread(ctx.making, `begin of ${path} on ${host}`, before.get(host) ?? [], enter)],
    ]),
  );
  const inside = member.repeat
    ? addPasses(ctx, member, begins, held, path)
    : addList(ctx, member.body, begins, heldInside(member, held), path);
  return new Map(
    ctx.hosts.map((host): [string, number[]] => {
      const after = [...(begins.get(host) ?? []), ...(inside.get(host) ?? [])];
      const end = addThread(ctx.making, `end of ${path} on ${host}`, after, giveBack(enter));
      noteSetter(ctx, member, end, path);
      return [host, [end]];
    }),
  );
}

/** Two passes, one after the other on each host; each ends with all that it has begun. */
function addPasses(ctx: Batch, member: BlockSpec, begins: PerHost, held: Held, path: string): PerHost {
  return new Map(
    ctx.hosts.map((host): [string, readonly number[]] => {
      let last: readonly number[] = begins.get(host) ?? [];
      for (const pass of [0, 1]) {
        const own = { ...ctx, hosts: [host], background: [] as number[] };
        const inside = addList(
          own,
          member.body,
          new Map([[host, last]]),
          heldInside(member, held),
          `${path}#${pass}`,
        );
        last = [...(inside.get(host) ?? []), ...own.background];
      }
      return [host, last];
    }),
  );
}

/** Gates in order, then limits in order of their names; what a block around holds is not taken again. */
function enterActions(ctx: Batch, member: MemberSpec, held: Held, path: string): Action[] {
  const actions: Action[] = [];
  if (member.wait !== undefined && ctx.events.has(member.wait))
    actions.push({ do: 'wait', event: member.wait });
  if (writesBarrier(member, held)) actions.push({ do: 'meet', meeting: `${path} ${ctx.batch}` });
  const takes = writtenTakes(member, held).filter(({ limit }) => !held.has(limit));
  for (const { limit, permits } of [...takes].sort((a, b) => (a.limit < b.limit ? -1 : 1)))
    actions.push({ do: 'take', limit, permits });
  return actions;
}

/** A consumer gets an item, does its steps, and goes for the next; at the end of the queue it is over. */
function queueActions(ctx: Batch, member: QueueSpec, held: Held, path: string): Action[] {
  if (member.type === 'drain') return [{ do: 'drain', queue: 'q' }];
  if (member.type === 'put') return Array.from({ length: member.items }, () => ({ do: 'put', queue: 'q' }));
  const work = member.body.flatMap((one, index) => {
    const enter = enterActions(ctx, one, held, `${path}.${index}`);
    return [...enter, ...giveBack(enter)];
  });
  const skipTo = work.length + 2;
  return [{ do: 'get', queue: 'q', skipTo }, ...work, { do: 'ack', queue: 'q', backTo: 0 }];
}

function giveBack(actions: readonly Action[]): Action[] {
  return actions.flatMap((action) =>
    action.do === 'take' ? [{ do: 'give', limit: action.limit, permits: action.permits }] : [],
  );
}

function noteSetter(ctx: Batch, { set }: ActsSpec, thread: number, path: string): void {
  if (set === undefined) return;
  const known = ctx.making.setters.get(path);
  if (known !== undefined) known.threads.push(thread);
  else ctx.making.setters.set(path, { ...set, threads: [thread] });
}
