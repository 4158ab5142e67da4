import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Context } from './context.ts';
import { type Cursor, childOf, entriesOf, keyPlace, placeOf } from './cursor.ts';
import type { RootInput } from './keyword-kinds.ts';
import type { ReadKeywords } from './read-keywords.ts';

type Read = ReadKeywords<RootInput>;

/** Adds what a root declares to the declarations of the whole playbook. */
export function readDeclarations(read: Read, context: Context): void {
  const { events, semaphores, locks } = read.input;
  for (const [name, event] of Object.entries(events ?? {}))
    declare(
      { kind: 'events', name, at: keyAt(read, 'events', name) },
      context.declarations.events,
      context,
      (at) => ({ external: event?.external ?? false, at }),
    );
  for (const [name, semaphore] of Object.entries(semaphores ?? {})) {
    const settings = typeof semaphore === 'number' ? { permits: semaphore } : semaphore;
    declare(
      { kind: 'semaphores', name, at: keyAt(read, 'semaphores', name) },
      context.declarations.semaphores,
      context,
      (at) => ({
        permits: settings.permits,
        scope: settings.scope ?? 'run',
        ...(settings.on_lost !== undefined && { onLost: settings.on_lost }),
        ...(settings.lost_after !== undefined && { lostAfter: settings.lost_after }),
        at,
      }),
    );
  }
  const named = Array.isArray(locks)
    ? locks.map((name) => [name, null] as const)
    : Object.entries(locks ?? {});
  for (const [index, [name, lock]] of named.entries()) {
    const at = Array.isArray(locks) ? itemAt(read, 'locks', index) : keyAt(read, 'locks', name);
    declare({ kind: 'locks', name, at }, context.declarations.locks, context, (place) => ({
      scope: lock?.scope ?? 'run',
      onLost: lock?.on_lost ?? 'poison',
      ...(lock?.lost_after !== undefined && { lostAfter: lock.lost_after }),
      at: place,
    }));
  }
  readState(read, context);
  readQueues(read, context);
  readPools(read, context);
}

function readPools(read: Read, context: Context): void {
  for (const [name, pool] of Object.entries(read.input.pools ?? {})) {
    const members = 'members' in pool ? pool.members : Array.from({ length: pool.size }, (_, index) => index);
    declare(
      { kind: 'pools', name, at: keyAt(read, 'pools', name) },
      context.declarations.pools,
      context,
      (at) => ({
        members,
        at,
      }),
    );
  }
}

function readQueues(read: Read, context: Context): void {
  for (const [name, queue] of Object.entries(read.input.queues ?? {})) {
    const deadLetter = queue?.dead_letter;
    if (deadLetter !== undefined) {
      const at = placeOf(childOf(childOf(cursorOf(read, 'queues'), name), 'dead_letter'));
      context.uses.push({ kind: 'queue', name: deadLetter, at });
    }
    declare(
      { kind: 'queues', name, at: keyAt(read, 'queues', name) },
      context.declarations.queues,
      context,
      (at) => ({
        ...(queue?.capacity !== undefined && { capacity: queue.capacity }),
        ...(deadLetter !== undefined && { deadLetter }),
        at,
      }),
    );
  }
}

/** Reports queues without a bound that are nobody's dead letters, and those whose dead letters go round in a circle. */
export function checkQueues({ declarations: { queues }, report }: Context): void {
  const deadLetters = new Set(Object.values(queues).map((queue) => queue.deadLetter));
  for (const [name, { capacity, deadLetter, at }] of Object.entries(queues)) {
    if (capacity === undefined && !deadLetters.has(name)) {
      const hint = `say how many items may wait in it: ${name}: {capacity: 10}`;
      report(errorDiagnostic('RB203', `queue "${name}" has no capacity`, { at, hint }));
    }
    if (deadLetter !== undefined && comesBack(name, queues))
      report(errorDiagnostic('RB202', `dead letters of queue "${name}" come back to it`, { at }));
  }
}

function comesBack(name: string, queues: Context['declarations']['queues']): boolean {
  const seen = new Set<string>();
  let next = queues[name]?.deadLetter;
  while (next !== undefined && !seen.has(next)) {
    if (next === name) return true;
    seen.add(next);
    next = Object.hasOwn(queues, next) ? queues[next]?.deadLetter : undefined;
  }
  return false;
}

function readState(read: Read, context: Context): void {
  for (const [name, value] of entriesOf(read.cursors.get('state')?.value) ?? [])
    declare(
      { kind: 'state', name, at: keyAt(read, 'state', name) },
      context.declarations.state,
      context,
      (at) => ({ value, at }),
    );
}

function keyAt(read: Read, key: string, name: string): Place {
  return keyPlace(childOf(cursorOf(read, key), name));
}

function itemAt(read: Read, key: string, index: number): Place {
  return placeOf(childOf(cursorOf(read, key), index));
}

function cursorOf(read: Read, key: string): Cursor {
  const cursor = read.cursors.get(key);
  if (cursor === undefined) throw new Error(`"${key}" was read without a place`);
  return cursor;
}

interface Declaring {
  readonly kind: string;
  readonly name: string;
  readonly at: Place;
}

function declare<Declared extends { readonly at: Place }>(
  { kind, name, at }: Declaring,
  taken: Record<string, Declared>,
  context: Context,
  make: (at: Place) => Declared,
): void {
  const first = Object.hasOwn(taken, name) ? taken[name] : undefined;
  if (first === undefined) {
    taken[name] = make(at);
    return;
  }
  const related = [{ at: first.at, note: 'declared here' }];
  context.report(errorDiagnostic('RB208', `"${name}" is declared twice in "${kind}"`, { at, related }));
}

const plural = {
  event: 'events',
  lock: 'locks',
  semaphore: 'semaphores',
  state: 'state',
  queue: 'queues',
  pool: 'pools',
} as const;
const examples = {
  event: '{%s: {}}',
  lock: '[%s]',
  semaphore: '{%s: 1}',
  state: '{%s: 0}',
  queue: '{%s: {capacity: 10}}',
  pool: '{%s: {size: 2}}',
} as const;

/** Reports names that are used and not declared, and permits above capacity. */
export function checkNameUses(context: Context): void {
  for (const use of context.uses) {
    const declared = context.declarations[plural[use.kind]];
    if (!Object.hasOwn(declared, use.name)) {
      const message = `${use.kind} "${use.name}" is not declared${didYouMean(use.name, Object.keys(declared))}`;
      const hint = `declare it at the root: ${plural[use.kind]}: ${examples[use.kind].replace('%s', use.name)}`;
      context.report(errorDiagnostic('RB212', message, { at: use.at, hint }));
    } else if (use.kind === 'semaphore') checkPermits(use.name, use.permits ?? 1, use.at, context);
  }
}

function checkPermits(name: string, permits: number, at: Place, context: Context): void {
  const semaphore = context.declarations.semaphores[name];
  if (semaphore === undefined || permits <= semaphore.permits) return;
  context.report(
    errorDiagnostic(
      'RB307',
      `semaphore "${name}" has ${semaphore.permits} permits, and ${permits} are asked for`,
      {
        at,
        related: [{ at: semaphore.at, note: 'declared here' }],
      },
    ),
  );
}
