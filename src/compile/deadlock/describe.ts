import { type Diagnostic, errorDiagnostic, warningDiagnostic } from '../../model/diagnostic.ts';
import type { ErrorCode } from '../../model/error-codes.ts';
import type { Place } from '../../model/place.ts';
import type { Draft } from '../draft.ts';
import type { CircleMember, Hold } from './circle.ts';
import type { Actor, HoldWaitSystem, Operation } from './operations.ts';

/** What messages are made from. */
export interface DescribeContext {
  readonly draft: Draft;
  readonly system: HoldWaitSystem;
}

/** A refusal of a circle: one sentence that says which schedule deadlocks, and all places it speaks of. */
export function describeCircle(
  context: DescribeContext,
  circle: readonly CircleMember[],
  onlyAfterFailure: boolean,
): Diagnostic {
  const code = codeOf(circle);
  const clauses = circle.map((member) => clauseOf(context, member));
  const schedule = clauses.join(', and ');
  const [first] = circle;
  const extras = {
    at: first?.operation.at,
    related: placesOf(context, circle),
    hint: hints[code],
  };
  if (onlyAfterFailure)
    return warningDiagnostic('RB319', `after a failure this deadlocks when ${schedule}`, extras);
  return errorDiagnostic(code, `this deadlocks when ${schedule}`, extras);
}

type CircleCode = Extract<ErrorCode, 'RB315' | 'RB316' | 'RB318'>;

const hints: Readonly<Record<CircleCode, string>> = {
  RB315: 'take them in one order everywhere, or take both at once: `lock: [a, b]` on one block',
  RB316: 'wait before the block that holds it, or let what is waited for do without it',
  RB318:
    'let who fills and who empties the queue run beside each other (`needs: []`), or give it a larger capacity',
};

function codeOf(circle: readonly CircleMember[]): CircleCode {
  const kinds = new Set(circle.map(({ operation }) => operation.kind));
  if (kinds.has('put') || kinds.has('get') || kinds.has('drain')) return 'RB318';
  return kinds.size === 1 && kinds.has('take') ? 'RB315' : 'RB316';
}

function clauseOf(context: DescribeContext, { actor, operation, holds }: CircleMember): string {
  const held = [...new Set(holds.map((hold) => context.system.limits[hold.limit]?.label ?? ''))];
  const holding = held.length === 0 ? '' : `, which holds ${held.join(' and ')},`;
  return `${actor.title}${onHost(context, actor)}${holding} ${waitWords(context, operation)}`;
}

function waitWords({ draft, system }: DescribeContext, operation: Operation): string {
  switch (operation.kind) {
    case 'wait':
      return `waits for the event "${system.events[operation.event]?.name}"`;
    case 'meet':
      return `waits for the others at the barrier "${draft.meetings[operation.meeting]?.barrier}"`;
    case 'take':
      return `waits for ${system.limits[operation.limit]?.label}`;
    case 'await':
      return 'joins a step that has not ended';
    case 'put':
      return `waits for room in the queue "${system.queues[operation.queue]?.name}"`;
    case 'get':
      return `waits for an item of the queue "${system.queues[operation.queue]?.name}", or its end`;
    case 'drain':
      return `waits until the queue "${system.queues[operation.queue]?.name}" is done`;
    case 'close':
      return 'closes a queue';
  }
}

/** Where each waits, and where what is held was taken. Places that say the same are told once. */
function placesOf(context: DescribeContext, circle: readonly CircleMember[]): { at: Place; note: string }[] {
  const places: { at: Place; note: string }[] = [];
  const add = (at: Place | undefined, note: string): void => {
    if (at !== undefined && !places.some((one) => one.at === at && one.note === note))
      places.push({ at, note });
  };
  for (const { actor, operation, holds } of circle) {
    for (const hold of holds)
      add(takenAt(hold), `${context.system.limits[hold.limit]?.label} is held from here on`);
    add(operation.at, `${actor.title} ${waitWords(context, operation)} here`);
  }
  return places;
}

function takenAt({ owner, limit }: Hold): Place | undefined {
  return owner.operations.find((operation) => operation.kind === 'take' && operation.limit === limit)?.at;
}

function onHost({ draft }: DescribeContext, actor: Actor): string {
  return actor.host < 0 ? '' : ` on ${draft.hosts[actor.host]}`;
}
