/**
 * Plays small coordination programs in every order, to know for certain whether one can end with somebody waiting for
 * ever. It is written from the meaning of the keywords alone and shares no code with the compiler's own proof.
 */

/** One thing that a thread does. */
export type Action =
  | { readonly do: 'wait'; readonly event: string }
  | { readonly do: 'meet'; readonly meeting: string }
  | { readonly do: 'take'; readonly limit: string; readonly permits: number }
  | { readonly do: 'give'; readonly limit: string; readonly permits: number }
  | { readonly do: 'join'; readonly threads: readonly number[] }
  | { readonly do: 'put'; readonly queue: string }
  | { readonly do: 'get'; readonly queue: string; readonly skipTo: number }
  | { readonly do: 'ack'; readonly queue: string; readonly backTo: number }
  | { readonly do: 'drain'; readonly queue: string };

/** A sequence of actions that starts when other threads have ended. */
export interface Thread {
  readonly title: string;
  readonly after: readonly number[];
  readonly actions: readonly Action[];
}

/** A whole program. */
export interface Program {
  readonly threads: readonly Thread[];
  /** Free permits at the start. */
  readonly limits: Readonly<Record<string, number>>;
  /** Any of an event's setters sets it: `all` of its threads have ended, or one has. */
  readonly setters: readonly {
    readonly event: string;
    readonly threads: readonly number[];
    readonly first: boolean;
  }[];
  readonly queues: Readonly<
    Record<string, { readonly capacity: number; readonly putters: readonly number[] }>
  >;
}

/** What all orders together tell. */
export type Verdict =
  | { readonly kind: 'sound'; readonly states: number }
  /** What each thread that has not ended waits at. */
  | { readonly kind: 'deadlock'; readonly waiting: readonly string[] }
  | { readonly kind: 'too-large' };

interface State {
  /** By thread: actions done; -1 before its start. */
  readonly at: readonly number[];
  /** By limit: threads in line, first come first. */
  readonly lines: Readonly<Record<string, readonly number[]>>;
  readonly free: Readonly<Record<string, number>>;
  /** By queue: items in it, and items not done. */
  readonly items: Readonly<Record<string, readonly [number, number]>>;
}

/** Plays a program in every order; gives up above `mostStates` states. */
export function explore(program: Program, mostStates = 60_000): Verdict {
  const start: State = {
    at: program.threads.map(() => -1),
    lines: {},
    free: program.limits,
    items: Object.fromEntries(Object.keys(program.queues).map((queue) => [queue, [0, 0] as const])),
  };
  const seen = new Set([JSON.stringify(start)]);
  const pending = [start];
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    const next = successors(program, state);
    if (next.length === 0 && !program.threads.every((_, thread) => isOver(program, state, thread)))
      return { kind: 'deadlock', waiting: waitingIn(program, state) };
    for (const one of next) {
      const key = JSON.stringify([one.at, one.lines, one.items]);
      if (seen.has(key)) continue;
      if (seen.size >= mostStates) return { kind: 'too-large' };
      seen.add(key);
      pending.push(one);
    }
  }
  return { kind: 'sound', states: seen.size };
}

function waitingIn(program: Program, state: State): string[] {
  return program.threads.flatMap(({ title, actions }, thread) => {
    if (isOver(program, state, thread)) return [];
    const action = actions[state.at[thread] ?? -1];
    return [`${title}: ${action === undefined ? 'not started' : JSON.stringify(action)}`];
  });
}

function isOver({ threads }: Program, state: State, thread: number): boolean {
  return (state.at[thread] ?? -1) >= (threads[thread]?.actions.length ?? 0);
}

function successors(program: Program, state: State): State[] {
  return program.threads.flatMap((thread, index) => {
    if (isOver(program, state, index)) return [];
    const at = state.at[index] ?? -1;
    if (at < 0)
      return thread.after.every((other) => isOver(program, state, other)) ? [moved(state, index, 0)] : [];
    const action = thread.actions[at];
    const next = action === undefined ? undefined : perform(program, state, index, action);
    return next === undefined ? [] : [next];
  });
}

function moved(state: State, thread: number, to: number, change: Partial<State> = {}): State {
  return { ...state, ...change, at: state.at.map((at, index) => (index === thread ? to : at)) };
}

/** The state after a thread's next action; undefined while it cannot be done. */
function perform(program: Program, state: State, thread: number, action: Action): State | undefined {
  const next = (state.at[thread] ?? 0) + 1;
  switch (action.do) {
    case 'wait':
      return isSet(program, state, action.event) ? moved(state, thread, next) : undefined;
    case 'meet':
      return allCame(program, state, action.meeting) ? moved(state, thread, next) : undefined;
    case 'join':
      return action.threads.every((other) => isOver(program, state, other))
        ? moved(state, thread, next)
        : undefined;
    case 'take':
      return take(state, thread, next, action);
    case 'give': {
      const free = (state.free[action.limit] ?? 0) + action.permits;
      return moved(state, thread, next, { free: { ...state.free, [action.limit]: free } });
    }
    default:
      return onQueue(program, state, thread, action);
  }
}

function isSet(program: Program, state: State, event: string): boolean {
  const over = (thread: number): boolean => isOver(program, state, thread);
  return program.setters.some(
    (setter) =>
      setter.event === event && (setter.first ? setter.threads.some(over) : setter.threads.every(over)),
  );
}

/** Who stands at a meeting has come to it, and who is past it too. */
function allCame({ threads }: Program, state: State, meeting: string): boolean {
  return threads.every(({ actions }, party) => {
    const place = actions.findIndex((action) => action.do === 'meet' && action.meeting === meeting);
    return place === -1 || (state.at[party] ?? -1) >= place;
  });
}

/** First a place in line, then, at its head, the permits. */
function take(
  state: State,
  thread: number,
  next: number,
  { limit, permits }: Extract<Action, { do: 'take' }>,
): State | undefined {
  const line = state.lines[limit] ?? [];
  if (!line.includes(thread)) return { ...state, lines: { ...state.lines, [limit]: [...line, thread] } };
  const free = (state.free[limit] ?? 0) - permits;
  if (line[0] !== thread || free < 0) return undefined;
  return moved(state, thread, next, {
    lines: { ...state.lines, [limit]: line.slice(1) },
    free: { ...state.free, [limit]: free },
  });
}

type QueueAction = Extract<Action, { do: 'put' | 'get' | 'ack' | 'drain' }>;

function onQueue(program: Program, state: State, thread: number, action: QueueAction): State | undefined {
  const [inside, undone] = state.items[action.queue] ?? [0, 0];
  const next = (state.at[thread] ?? 0) + 1;
  const queue = program.queues[action.queue];
  const go = (to: number, items: readonly [number, number]): State =>
    moved(state, thread, to, { items: { ...state.items, [action.queue]: items } });
  switch (action.do) {
    case 'put':
      return inside < (queue?.capacity ?? 0) ? go(next, [inside + 1, undone + 1]) : undefined;
    case 'get': {
      if (inside > 0) return go(next, [inside - 1, undone]);
      const closed = queue?.putters.every((putter) => isOver(program, state, putter)) === true;
      return closed && undone === 0 ? go(action.skipTo, [0, 0]) : undefined;
    }
    case 'ack':
      return go(action.backTo, [inside, undone - 1]);
    case 'drain':
      return undone === 0 ? go(next, [inside, undone]) : undefined;
  }
}
