import { type Diagnostic, warningDiagnostic } from '../../model/diagnostic.ts';
import type { PlanStep } from '../../model/plan.ts';
import { isOrdered, LaneOrders, type SlotOf } from '../check-writes.ts';
import type { CompileOptions } from '../compile-input.ts';
import type { Draft } from '../draft.ts';
import { nodeAt } from '../layout.ts';
import { blocksAround } from './actor-owner.ts';
import type { KnownTexts } from './known-texts.ts';
import { textsOf } from './known-texts-of.ts';
import { ownerTitle } from './titles.ts';
import { touchTraits } from './touches.ts';

const mostPairs = 10;

/**
 * Warns of two steps without an order that change one path, service or package database of one host, as far as names
 * are known before the run. Steps that share a lock never change it at the same time.
 */
export function checkTouches(draft: Draft, options: CompileOptions): Diagnostic[] {
  const touching = touchingSteps(draft);
  if (touching.length < 2) return [];
  const orders = new LaneOrders(draft.shapes);
  const texts = textsOf(draft, options);
  const diagnostics: Diagnostic[] = [];
  for (const [index, first] of touching.entries())
    for (const second of touching.slice(index + 1)) {
      if (diagnostics.length >= mostPairs) return diagnostics;
      if (first.step === second.step || isInLane(orders, first, second)) continue;
      const what = commonTouch(draft, texts, first, second);
      // Looking for an order through other lanes costs the most, so it comes last.
      if (what === undefined || isOrdered(draft, orders, first, second)) continue;
      diagnostics.push(bothTouch(what, first.step, second.step));
    }
  return diagnostics;
}

function isInLane(orders: LaneOrders, a: SlotOf, b: SlotOf): boolean {
  return (
    a.play === b.play && (orders.isBefore(a.play, a.slot, b.slot) || orders.isBefore(a.play, b.slot, a.slot))
  );
}

function touchingSteps({ shapes, tables }: Draft): SlotOf[] {
  const found: SlotOf[] = [];
  for (const [play, shape] of shapes.entries())
    for (const [slot, { step: index, kind }] of shape.slots.entries()) {
      const step = tables.steps[index];
      if (step === undefined || kind === 'handler' || step.keywords.delegateTo !== undefined) continue;
      const module = step.action.type === 'module' ? (step.action.module ?? step.action.written) : '';
      if (Object.hasOwn(touchTraits, shortName(module))) found.push({ step, play, slot });
    }
  return found;
}

/** What both touch on the first host that runs both; undefined where there is none, or a lock keeps them apart. */
function commonTouch(draft: Draft, texts: KnownTexts, a: SlotOf, b: SlotOf): string | undefined {
  if (shareLock(draft, a.step, b.step)) return undefined;
  for (const host of draft.layout.plays[a.play]?.positions.keys() ?? []) {
    if (!runsOn(draft, a, host) || !runsOn(draft, b, host)) continue;
    const name = draft.hosts[host] ?? '';
    const first = new Set(touchesOf(texts, a.step, name));
    return touchesOf(texts, b.step, name).find((one) => first.has(one));
  }
  return undefined;
}

function runsOn({ layout, nodes }: Draft, { play, slot }: SlotOf, host: number): boolean {
  const target = layout.plays[play];
  const place = target?.positions.get(host);
  if (target === undefined || place === undefined) return false;
  const node = nodes[nodeAt(place.batch, target.shape, slot, place.position)];
  return node !== undefined && (!('skip' in node) || node.skip === undefined);
}

function touchesOf(texts: KnownTexts, step: PlanStep, host: string): string[] {
  if (step.action.type !== 'module') return [];
  const { module, written, params } = step.action;
  const traits = touchTraits[shortName(module ?? written)];
  if (traits === undefined) return [];
  const read = (name: string): string | undefined => {
    const value = params[name];
    return typeof value === 'string' ? texts.read(value, step, host) : undefined;
  };
  const paths = (traits.paths ?? []).flatMap((name) => {
    const path = read(name);
    return path === undefined ? [] : [`the path ${path.replace(/(?<=.)\/+$/, '')}`];
  });
  const service = traits.service === undefined ? undefined : read(traits.service);
  return [
    ...paths,
    ...(service === undefined ? [] : [`the service ${service}`]),
    ...(traits.packages === true ? ['the package database'] : []),
  ];
}

function shareLock(draft: Draft, a: PlanStep, b: PlanStep): boolean {
  const first = new Set(locksAround(draft, a));
  return locksAround(draft, b).some((lock) => first.has(lock));
}

function locksAround({ tables, playbook }: Draft, step: PlanStep): string[] {
  const owners = [step, ...blocksAround(tables, step).map(({ block }) => block), playbook.plays[step.play]];
  return owners.flatMap((owner) =>
    (owner?.keywords.limits ?? [])
      .filter(({ kind }) => kind === 'lock')
      .map(({ name, key }) => `${name} ${key ?? ''}`),
  );
}

function shortName(module: string): string {
  return module.slice(module.lastIndexOf('.') + 1);
}

function bothTouch(what: string, first: PlanStep, second: PlanStep): Diagnostic {
  const message = `${ownerTitle(first)} and ${ownerTitle(second)} both change ${what} on one host, and nothing orders them`;
  return warningDiagnostic('RB320', message, {
    at: second.at,
    related: [{ at: first.at, note: 'the other one' }],
    hint: 'order them with `needs`, or let both take one lock',
  });
}
