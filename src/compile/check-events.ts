import { didYouMean } from '../lib/suggest.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Declarations, EventSet, EventWait } from '../model/playbook.ts';
import type { EventUses, Setter } from './event-graph.ts';
import type { LeftOutSet } from './play-tree.ts';

/** What is known about events besides their uses in the plan. */
export interface EventContext {
  readonly declarations: Declarations;
  /** Events that count as set before the run. */
  readonly preset: ReadonlySet<string>;
  /** Setters that tags removed. */
  readonly leftOut: readonly LeftOutSet[];
  /** Whether a setter without instances lost its hosts to `--limit`. */
  readonly isLimited: boolean;
  /** Whether steps that are not known yet may set an event. */
  readonly mayBringSetters: boolean;
}

/** Errors of events: one that is not declared, one that nothing sets, one whose setters the selection removed. */
export function checkEvents(uses: EventUses, context: EventContext): Diagnostic[] {
  return [...undeclared(uses, context), ...neverSet(uses, context)];
}

function undeclared(uses: EventUses, context: EventContext): Diagnostic[] {
  const declared = Object.keys(context.declarations.events);
  const named = new Set<EventWait | EventSet>(uses.clears);
  for (const { wait } of uses.waiters) named.add(wait);
  for (const { set } of [...uses.setters, ...uses.idleSetters]) named.add(set);
  return [...named]
    .filter(({ event }) => !Object.hasOwn(context.declarations.events, event))
    .map(({ event, at }) =>
      errorDiagnostic('RB212', `event "${event}" is not declared${didYouMean(event, declared)}`, {
        at,
        hint: `declare it at the root of the playbook: \`events: {${event}: {}}\``,
      }),
    );
}

function neverSet(uses: EventUses, context: EventContext): Diagnostic[] {
  const { events } = context.declarations;
  const set = new Set(uses.setters.map((setter) => setter.event));
  const diagnostics: Diagnostic[] = [];
  const told = new Set<string>();
  for (const { event, wait } of uses.waiters) {
    const isKnown = Object.hasOwn(events, event);
    if (!isKnown || events[event]?.external || set.has(event) || context.preset.has(event)) continue;
    if (context.mayBringSetters || wait.onTimeout === 'continue' || told.has(event)) continue;
    told.add(event);
    diagnostics.push(withoutSetter(event, wait, uses, context));
  }
  return diagnostics;
}

function withoutSetter(event: string, wait: EventWait, uses: EventUses, context: EventContext): Diagnostic {
  const removed = context.leftOut.find((left) => left.event === event);
  const idle = uses.idleSetters.find((setter) => setter.event === event);
  if (removed !== undefined) return lostSetter(event, wait, removed.at, 'the tags leave out');
  if (idle !== undefined) return idleSetter(event, wait, idle, context);
  const names = uses.setters.map((setter) => setter.event);
  const external = `or declare it as set from outside: \`events: {${event}: {external: true}}\``;
  return errorDiagnostic('RB305', `nothing sets the event "${event}"${didYouMean(event, names)}`, {
    at: wait.at,
    related: related(context, event),
    hint: `add \`set: ${event}\` to a step, ${external}`,
  });
}

function lostSetter(event: string, wait: EventWait, at: EventSet['at'], how: string): Diagnostic {
  return errorDiagnostic('RB312', `${how} the only step that sets the event "${event}"`, {
    at: wait.at,
    related: [{ at, note: 'the setter' }],
    hint: `if it is set already, add \`--assume-set ${event}\``,
  });
}

function idleSetter(event: string, wait: EventWait, idle: Setter, context: EventContext): Diagnostic {
  if (context.isLimited) return lostSetter(event, wait, idle.set.at, '--limit leaves without a host');
  return errorDiagnostic('RB305', `the only step that sets the event "${event}" runs on no host`, {
    at: wait.at,
    related: [{ at: idle.set.at, note: 'the setter: its play has no host, or its `when` is false' }],
    hint: `if it is set already, add \`--assume-set ${event}\``,
  });
}

function related(context: EventContext, event: string): Diagnostic['related'] {
  const declared = context.declarations.events[event];
  return declared === undefined ? undefined : [{ at: declared.at, note: 'declared here' }];
}
