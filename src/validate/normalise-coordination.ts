import type { Place } from '../model/place.ts';
import type {
  Consume,
  EventSet,
  EventWait,
  Keywords,
  LimitRelease,
  LimitUse,
  Need,
  Repeat,
} from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import type { Context, NameUse } from './context.ts';
import { type Cursor, childOf, placeOf } from './cursor.ts';
import type { KeywordInput } from './keyword-kinds.ts';
import { conditionList } from './normalise-keywords.ts';
import type { ReadKeywords } from './read-keywords.ts';
import { hasTemplate } from './scalars.ts';

type Read = ReadKeywords<KeywordInput>;

/** The coordination keywords of a step or block in the model's form. Names that they use are noted for the check of names. */
export function normaliseCoordination(read: Read, context: Context): Keywords {
  const { input } = read;
  return {
    ...(input.needs !== undefined && { needs: needs(read) }),
    ...(input.wait !== undefined && { wait: waits(read, context) }),
    ...(input.set !== undefined && { set: sets(read, 'set', context) }),
    ...(input.clear !== undefined && { clear: sets(read, 'clear', context) }),
    ...takenLimits(read, context),
    ...(input.release !== undefined && { release: releases(read) }),
    ...(input.consume !== undefined && { consume: consume(read, context) }),
    ...(input.repeat !== undefined && { repeat: repeat(read) }),
    ...(input.barrier !== undefined && { barrier: String(input.barrier) }),
  };
}

interface Entry<Item> {
  readonly item: Item;
  readonly cursor: Cursor;
  readonly at: Place;
}

/** The entries of a keyword that takes one thing or a list, each with its own cursor. */
export function entriesOfKeyword<Item>(
  read: ReadKeywords<unknown>,
  key: string,
  value: Item | readonly Item[] | undefined,
): readonly Entry<Item>[] {
  const cursor = read.cursors.get(key);
  if (value === undefined || cursor === undefined) return [];
  if (!Array.isArray(value)) {
    // Array.isArray does not narrow readonly lists out of a union.
    return [{ item: value as Item, cursor, at: placeOf(cursor) }];
  }
  return value.map((item: Item, index) => {
    const child = childOf(cursor, index);
    return { item, cursor: child, at: placeOf(child) };
  });
}

function needs(read: Read): readonly Need[] {
  return entriesOfKeyword(read, 'needs', read.input.needs).map(({ item, at }) =>
    typeof item === 'string'
      ? { step: item, hosts: 'same', accept: 'ok', at }
      : { step: item.step, hosts: item.hosts ?? 'same', accept: item.accept ?? 'ok', at },
  );
}

function waits(read: Read, context: Context): readonly EventWait[] {
  return entriesOfKeyword(read, 'wait', read.input.wait).map(({ item, at, cursor }) => {
    const event = typeof item === 'string' ? item : item.event;
    note({ kind: 'event', name: event, at: nameAt(cursor, 'event') }, context);
    if (typeof item === 'string') return { event, onTimeout: 'fail', at };
    return {
      event,
      ...(item.timeout !== undefined && { timeout: item.timeout }),
      onTimeout: item.on_timeout ?? 'fail',
      at,
    };
  });
}

function sets(read: Read, key: 'set' | 'clear', context: Context): readonly EventSet[] {
  return entriesOfKeyword(read, key, read.input[key]).map(({ item, at, cursor }) => {
    const event = typeof item === 'string' ? item : item.event;
    note({ kind: 'event', name: event, at: nameAt(cursor, 'event') }, context);
    return { event, after: typeof item === 'string' ? 'all' : (item.after ?? 'all'), at };
  });
}

function consume({ input, cursors }: Read, context: Context): Consume | undefined {
  const cursor = cursors.get('consume');
  if (input.consume === undefined || cursor === undefined) return undefined;
  const written = typeof input.consume === 'string' ? { queue: input.consume } : input.consume;
  note({ kind: 'queue', name: written.queue, at: nameAt(cursor, 'queue') }, context);
  return {
    queue: written.queue,
    as: written.as ?? 'item',
    workers: written.workers ?? 1,
    retries: written.retries ?? 0,
    at: placeOf(cursor),
  };
}

function repeat({ input, cursors }: Read): Repeat | undefined {
  const cursor = cursors.get('repeat');
  if (input.repeat === undefined || cursor === undefined) return undefined;
  const { while: condition, every, max } = input.repeat;
  return {
    ...(condition !== undefined && { while: conditionList(condition) }),
    ...(every !== undefined && { every }),
    ...(max !== undefined && { max }),
    at: placeOf(cursor),
  };
}

/** The limits that a step, a block or a play as a whole takes. */
export function takenLimits(read: Read, context: Context): Pick<Keywords, 'limits'> {
  const limits = [
    ...limitUses(read, 'lock', context),
    ...limitUses(read, 'semaphore', context),
    ...limitUses(read, 'pool', context),
  ];
  return limits.length > 0 ? { limits } : {};
}

interface WrittenUse {
  readonly name: string;
  readonly key?: string | number | undefined;
  readonly permits?: number | undefined;
  readonly timeout?: Value | undefined;
}

function limitUses(read: Read, kind: LimitUse['kind'], context: Context): readonly LimitUse[] {
  const written: string | WrittenUse | readonly (string | WrittenUse)[] | undefined = read.input[kind];
  return entriesOfKeyword<string | WrittenUse>(read, kind, written).map(({ item, at, cursor }) => {
    const use: WrittenUse = typeof item === 'string' ? { name: item } : item;
    const permits = use.permits ?? 1;
    note({ kind, name: use.name, at: nameAt(cursor, 'name'), permits }, context);
    return {
      kind,
      name: use.name,
      ...(use.key !== undefined && { key: String(use.key) }),
      permits,
      ...(use.timeout !== undefined && { timeout: use.timeout }),
      at,
    };
  });
}

function releases(read: Read): readonly LimitRelease[] {
  return entriesOfKeyword(read, 'release', read.input.release).map(({ item, at }) =>
    typeof item === 'string'
      ? { name: item, permits: 1, at }
      : { name: item.name, permits: item.permits ?? 1, at },
  );
}

function nameAt(cursor: Cursor, key: string): Place {
  return placeOf(typeof cursor.value === 'string' ? cursor : childOf(cursor, key));
}

/** A name with a template in it is known at compile time only. */
function note(use: NameUse, context: Context): void {
  if (!hasTemplate(use.name)) context.uses.push(use);
}
