import { includes } from '../model/include.ts';
import type { Inventory } from '../model/inventory.ts';
import type { Play, Playbook, Step } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import { isTemplate } from './is-template.ts';
import { refreshesInventory } from './refreshes.ts';

/** What steps of earlier plays may do to the inventory. */
export interface InventoryAdditions {
  /** Names of hosts and groups that are written out. */
  readonly names: ReadonlySet<string>;
  /** Whether a name is made by a template, so that it may be any. */
  readonly isAny: boolean;
  /** Whether steps that are included in the run may add something too. */
  readonly mayInclude: boolean;
  /** Whether it is read again, so that it may hold anything. */
  readonly isReadAgain: boolean;
}

/** What the plays before each play may add. */
export function additionsBefore(playbook: Playbook): readonly InventoryAdditions[] {
  const names = new Set<string>();
  let isAny = false;
  let mayInclude = false;
  let isReadAgain = false;
  return playbook.plays.map((play) => {
    const before = { names: new Set(names), isAny, mayInclude, isReadAgain };
    for (const { action } of stepsIn(play)) {
      mayInclude ||= includes(action);
      isReadAgain ||= refreshesInventory(action);
      if (action.type !== 'module') continue;
      const given = namesGiven(action.module, action.params);
      if (given === undefined) continue;
      if (given.length === 0 || given.some(isTemplate)) isAny = true;
      for (const name of given) names.add(name);
    }
    return before;
  });
}

/** The names that a step gives to hosts and groups; undefined for a step that adds none. */
function namesGiven(
  module: string | undefined,
  params: Readonly<Record<string, Value>>,
): readonly string[] | undefined {
  if (module === 'group_by') return textsOf(params['key'], params['parents']);
  return module === 'add_host' ? textsOf(params['name'], params['groups']) : undefined;
}

function textsOf(...values: readonly (Value | undefined)[]): string[] {
  return values.flatMap((value) => {
    if (value === undefined || value === null) return [];
    const list: readonly Value[] = Array.isArray(value) ? value : String(value).split(',');
    return list.map((one) => String(one).trim());
  });
}

/** Whether the hosts of a pattern may be others than now once earlier plays have run. */
export function isLate(pattern: string, inventory: Inventory, additions: InventoryAdditions): boolean {
  const { names, isAny, mayInclude, isReadAgain } = additions;
  if (names.size === 0 && !isAny && !mayInclude && !isReadAgain) return false;
  const terms = pattern.split(/[,:]/).map((term) => term.trim().replace(/^[!&]/, ''));
  if (isReadAgain && terms.some((term) => term !== 'localhost' && term !== '')) return true;
  return terms.some((term) => {
    if (inventory.hosts.has(term) || term === 'localhost' || term === '') return false;
    const isUnknown = !inventory.groups.has(term);
    if (isUnknown && /^[\w.-]+$/.test(term)) return isAny || mayInclude || names.has(term);
    return isAny || (names.size > 0 && mayHold(term, inventory, names));
  });
}

/** Whether a group, or a pattern of names, may come to hold something new. */
function mayHold(term: string, inventory: Inventory, names: ReadonlySet<string>): boolean {
  const seen = new Set<string>();
  const pending = [term];
  if (term === 'all' || !inventory.groups.has(term)) return true;
  for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
    if (names.has(group)) return true;
    if (seen.has(group)) continue;
    seen.add(group);
    pending.push(...(inventory.groups.get(group)?.children ?? []));
  }
  return false;
}

function* stepsIn(play: Play): Generator<Step> {
  for (const list of [play.preTasks, play.steps, play.postTasks, play.handlers]) yield* flat(list);
}

function* flat(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    const { action } = step;
    if (action.type !== 'block') continue;
    for (const list of [action.body, action.rescue, action.always]) yield* flat(list);
  }
}
