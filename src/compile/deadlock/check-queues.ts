import { type Diagnostic, errorDiagnostic } from '../../model/diagnostic.ts';
import type { Place } from '../../model/place.ts';
import type { Playbook, Step } from '../../model/playbook.ts';
import type { Draft } from '../draft.ts';
import { bringsSteps } from '../runtime-names.ts';
import { queueUseOf } from './queue-uses.ts';

interface Sides {
  readonly fillers: Map<string, Place>;
  readonly consumers: Map<string, Place>;
}

/** Errors of queues of which only one side runs: consumed and never filled, or filled and never consumed. */
export function checkQueues(draft: Draft): Diagnostic[] {
  const { declarations } = draft.playbook;
  const names = Object.keys(declarations.queues);
  if (names.length === 0 || draft.tables.steps.some(bringsSteps)) return [];
  const running = runningSides(draft);
  const letters = new Set(Object.values(declarations.queues).map((queue) => queue.deadLetter));
  return names.flatMap((name) => {
    if (letters.has(name)) return [];
    const filled = running.fillers.get(name);
    const consumed = running.consumers.get(name);
    if ((filled === undefined) === (consumed === undefined)) return [];
    return [oneSided(draft.playbook, name, filled, consumed)];
  });
}

function runningSides({ nodes, tables, passes }: Draft): Sides {
  const sides: Sides = { fillers: new Map(), consumers: new Map() };
  const steps = new Set(
    tables.steps.flatMap(({ callbacks }) => [...(callbacks?.success ?? []), ...(callbacks?.failure ?? [])]),
  );
  for (const node of nodes) {
    if (node.kind === 'join' || node.kind === 'block' || ('skip' in node && node.skip !== undefined))
      continue;
    steps.add(node.step);
    if (node.kind !== 'consume') continue;
    for (const inner of passes.get(node.block) ?? []) if ('step' in inner) steps.add(inner.step);
    const consume = tables.blocks[node.block]?.keywords.consume;
    if (consume !== undefined) sides.consumers.set(consume.queue, consume.at);
  }
  for (const index of steps) {
    const step = tables.steps[index];
    const use = step === undefined ? undefined : queueUseOf(step);
    if (use?.does === 'put') sides.fillers.set(use.queue, use.at);
  }
  return sides;
}

function oneSided(
  playbook: Playbook,
  name: string,
  filled: Place | undefined,
  consumed: Place | undefined,
): Diagnostic {
  const removed = writtenSide(playbook, name, filled === undefined ? 'put' : 'consume');
  const [what, verb] = filled === undefined ? ['fills', 'consumed'] : ['consumes', 'filled'];
  const at = filled ?? consumed;
  if (removed !== undefined)
    return errorDiagnostic('RB312', `the queue "${name}" is ${verb}, and what ${what} it is not selected`, {
      at,
      related: [{ at: removed, note: `${what} it` }],
      hint: `select the hosts and tags of what ${what} it as well`,
    });
  const missing =
    filled === undefined
      ? `\`queue: {put: ITEM, to: ${name}}\``
      : `a block with \`consume: {queue: ${name}, as: item}\``;
  return errorDiagnostic('RB322', `the queue "${name}" is ${verb}, and nothing ${what} it`, {
    at,
    related: [{ at: playbook.declarations.queues[name]?.at ?? at, note: 'declared here' }].flatMap((one) =>
      one.at === undefined ? [] : [{ ...one, at: one.at }],
    ),
    hint: `add ${missing}`,
  });
}

/** Where the whole playbook, whatever is selected of it, fills or consumes a queue. */
function writtenSide(playbook: Playbook, name: string, side: 'put' | 'consume'): Place | undefined {
  for (const play of playbook.plays)
    for (const step of [...play.preTasks, ...play.steps, ...play.postTasks, ...play.handlers]) {
      const found = sideIn(step, name, side);
      if (found !== undefined) return found;
    }
  return undefined;
}

function sideIn(step: Step, name: string, side: 'put' | 'consume'): Place | undefined {
  const { action, keywords } = step;
  if (side === 'consume' && keywords.consume?.queue === name) return keywords.consume.at;
  if (action.type === 'module')
    return side === 'put' && action.module === 'queue' && action.params['to'] === name ? step.at : undefined;
  if (action.type !== 'block') return undefined;
  for (const inner of [...action.body, ...action.rescue, ...action.always]) {
    const found = sideIn(inner, name, side);
    if (found !== undefined) return found;
  }
  return undefined;
}
