import type { NodeId } from '../model/plan.ts';

/** A node that is due at a time. */
export interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly id: NodeId;
}

/** A queue of nodes by time: earliest first; those due at once in the order they came. Each call is O(log n). */
export class Heap {
  readonly #items: Due[] = [];
  #order = 0;

  push(atMs: number, id: NodeId): void {
    const items = this.#items;
    this.#order += 1;
    items.push({ atMs, order: this.#order, id });
    for (let at = items.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, parent)) return;
      at = parent;
    }
  }

  pop(): Due | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first;
    items[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const smaller = right < items.length && this.#isBefore(right, left) ? right : left;
      if (smaller >= items.length || !this.#swapIfBefore(smaller, at)) return first;
      at = smaller;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#items[a], this.#items[b]];
    if (one === undefined || other === undefined) return false;
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
  }

  #swapIfBefore(a: number, b: number): boolean {
    if (!this.#isBefore(a, b)) return false;
    const [one, other] = [this.#items[a], this.#items[b]];
    if (one !== undefined && other !== undefined) [this.#items[a], this.#items[b]] = [other, one];
    return true;
  }
}
