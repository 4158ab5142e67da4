import { type Plan, type PlanStep, roleOf, stepTitle } from '../model/plan.ts';

/** Which handlers are notified on which hosts. */
export interface Notifications {
  /** By play: from a name or topic to the handlers that answer to it, in order of definition. */
  readonly names: readonly Map<string, readonly number[]>[];
  /** By play and host: step indexes of handlers that were notified and have not run since. */
  readonly pending: readonly Map<number, Set<number>>[];
}

/**
 * Nothing notified. A later handler hides an earlier one of the same name, but in plays of Ansible the first one of a file
 * counts; topics reach all that listen.
 */
export function emptyNotifications(plan: Plan): Notifications {
  return {
    names: plan.plays.map((play) => {
      const names = new Map<string, readonly number[]>();
      const steps = play.handlers.flatMap((index) => plan.steps[index] ?? []);
      addTopics(names, steps);
      addNames(names, play.dialect === 'ansible' ? firstsLast(steps) : steps);
      return names;
    }),
    pending: plan.plays.map(() => new Map()),
  };
}

/** Adds handlers that an include brought. */
export function addHandlers(notifications: Notifications, handlers: readonly PlanStep[]): void {
  for (const handler of handlers) {
    const names = notifications.names[handler.play];
    if (names === undefined) continue;
    addTopics(names, [handler]);
    addNames(names, [handler]);
  }
}

/** Handlers of one list in reverse, so that the first one of a name is the one that is left. */
function firstsLast(steps: readonly PlanStep[]): readonly PlanStep[] {
  const lists: PlanStep[][] = [];
  let last: PlanStep | undefined;
  for (const step of steps) {
    const goesOn = last !== undefined && last.at.file === step.at.file && last.at.line < step.at.line;
    if (goesOn) lists.at(-1)?.unshift(step);
    else lists.push([step]);
    last = step;
  }
  return lists.flat();
}

function addTopics(names: Map<string, readonly number[]>, steps: readonly PlanStep[]): void {
  for (const step of steps)
    for (const topic of step.keywords.listen ?? [])
      names.set(topic, [...(names.get(topic) ?? []), step.index]);
}

function addNames(names: Map<string, readonly number[]>, steps: readonly PlanStep[]): void {
  for (const step of steps) for (const name of namesOf(step)) names.set(name, [step.index]);
}

/** Notifies handlers on a host. Returns the names that no handler answers to. */
export function notifyHandlers(
  notifications: Notifications,
  play: number,
  host: number,
  names: readonly string[],
): readonly string[] {
  const unknown: string[] = [];
  for (const name of names) {
    const handlers = notifications.names[play]?.get(name);
    if (handlers === undefined) {
      unknown.push(name);
      continue;
    }
    const byHost = notifications.pending[play];
    const pending = byHost?.get(host) ?? new Set();
    for (const handler of handlers) pending.add(handler);
    byHost?.set(host, pending);
  }
  return unknown;
}

/** Whether a handler is notified on a host. */
export function isNotified(notifications: Notifications, play: number, host: number, step: number): boolean {
  return notifications.pending[play]?.get(host)?.has(step) ?? false;
}

/** Takes a notification back: the handler starts. */
export function takeNotification(
  notifications: Notifications,
  play: number,
  host: number,
  step: number,
): void {
  notifications.pending[play]?.get(host)?.delete(step);
}

/** Titles of handlers that were notified and did not run, by host name, each once, in order of definition. */
export function owedHandlers(
  plan: Plan,
  notifications: Notifications,
): Readonly<Record<string, readonly string[]>> {
  const owed: Record<string, string[]> = {};
  for (const byHost of notifications.pending)
    for (const [host, steps] of byHost) {
      const titles = [...steps]
        .sort((a, b) => a - b)
        .map((index) => plan.steps[index])
        .filter((step) => step !== undefined)
        .map(stepTitle);
      if (titles.length === 0) continue;
      const name = plan.hosts[host] ?? '';
      owed[name] = [...new Set([...(owed[name] ?? []), ...titles])];
    }
  return owed;
}

/** A handler of a role answers to its own name and to `role : name`. */
function namesOf(step: PlanStep): readonly string[] {
  const { name, id } = step;
  const prefix = `${roleOf(step)?.name} : `;
  const short = name?.startsWith(prefix) ? name.slice(prefix.length) : undefined;
  return [short, name, id].filter((one) => one !== undefined);
}
