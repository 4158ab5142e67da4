import type { HoldWaitSystem } from './operations.ts';
import type { SearchState } from './search-state.ts';

/** Writes states down so that two which differ only in which of some alike hosts is where are the same. */
export class StateKeys {
  readonly #shared: readonly number[];
  readonly #alike: readonly (readonly (readonly number[])[])[];

  /** @param classOf The class of a host: hosts of one class go the same way. */
  constructor(system: HoldWaitSystem, classOf: ReadonlyMap<number, string>) {
    const byHost = new Map<number, number[]>();
    for (const { id, host } of system.actors) {
      const list = byHost.get(host) ?? [];
      byHost.set(host, list);
      list.push(id);
    }
    this.#shared = byHost.get(-1) ?? [];
    const classes = new Map<string, (readonly number[])[]>();
    for (const [host, ids] of byHost) {
      if (host < 0) continue;
      // A host on which a run_once step runs for all has one actor more, and is of a class of its own.
      const key = `${classOf.get(host) ?? host} ${ids.length}`;
      const list = classes.get(key) ?? [];
      classes.set(key, list);
      list.push(ids);
    }
    this.#alike = [...classes.values()];
  }

  /** The key of a state. */
  keyOf(state: SearchState): string {
    const positions = new Map<number, string>();
    for (const [limit, line] of state.lines.entries())
      for (const [position, id] of line.entries()) positions.set(id, `@${limit}.${position}`);
    const describe = (ids: readonly number[]): string => {
      let text = '';
      for (const id of ids) {
        text += String.fromCharCode(34 + (state.done[id] ?? -1));
        const line = positions.get(id);
        if (line !== undefined) text += line;
        const put = state.put[id] ?? 0;
        if (put > 0) text += `+${put}`;
        if (state.closed[id] === 1) text += '!';
      }
      return text;
    };
    let key = describe(this.#shared);
    for (const hosts of this.#alike) key += `|${hosts.map(describe).sort().join('/')}`;
    return `${key}|${state.fired.join('')}|${state.size.join(',')}|${state.undone.join(',')}`;
  }
}
