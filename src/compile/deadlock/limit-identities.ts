import type { Place } from '../../model/place.ts';
import type { Declarations, Keywords, LimitUse } from '../../model/playbook.ts';
import type { KnownTexts, TextOwner } from './known-texts.ts';
import type { Limit } from './operations.ts';

/** A use of a limit by one host: which limit it is there, and how much of it is taken. */
export interface IdentifiedUse {
  /** Index in `limits`. */
  readonly limit: number;
  readonly permits: number;
  readonly timed: boolean;
  readonly at: Place;
}

/** Whose uses are identified. */
export interface LimitOwner extends TextOwner {
  readonly keywords: Keywords;
}

/** Tells limits apart as the run does: by kind, name and key, and by host where that is their scope. */
export class LimitIdentities {
  readonly limits: Limit[] = [];
  readonly #declarations: Declarations;
  readonly #texts: KnownTexts;
  readonly #indexes = new Map<string, number>();

  constructor(declarations: Declarations, texts: KnownTexts) {
    this.#declarations = declarations;
    this.#texts = texts;
  }

  /**
   * The uses of an owner on a host, in the order in which the run takes them: by scope, name and key. Two uses of one
   * lock are one, of one semaphore they add up. A use whose key only the run knows, or that is not declared, is left
   * out: nothing is proved about it.
   */
  usesOf(owner: LimitOwner, host: string): IdentifiedUse[] {
    const uses = new Map<number, IdentifiedUse & { readonly order: string }>();
    for (const use of owner.keywords.limits ?? []) {
      const found = this.#identify(use, owner, host);
      if (found === undefined) continue;
      const before = uses.get(found.limit);
      const permits = use.kind === 'semaphore' ? use.permits + (before?.permits ?? 0) : 1;
      uses.set(found.limit, { ...found, permits, timed: use.timeout !== undefined, at: use.at });
    }
    return [...uses.values()].sort((a, b) => (a.order < b.order ? -1 : 1));
  }

  #identify(use: LimitUse, owner: LimitOwner, host: string): { limit: number; order: string } | undefined {
    const declared = declaredLimit(this.#declarations, use);
    const key = use.key === undefined ? '' : this.#texts.read(use.key, owner, host);
    if (declared === undefined || key === undefined || declared.capacity < use.permits) return undefined;
    const onHost = declared.scope === 'host' ? ` of ${host}` : '';
    const label = `${use.kind} "${use.name}"${key === '' ? '' : ` [${key}]`}${onHost}`;
    const known = this.#indexes.get(label);
    const limit =
      known ?? this.limits.push({ name: use.name, label, kind: use.kind, capacity: declared.capacity }) - 1;
    this.#indexes.set(label, limit);
    return { limit, order: [declared.scope, use.name, `${use.kind} ${key}`].join('\0') };
  }
}

/** What is declared under the name of a use. */
export function declaredLimit(
  { locks, semaphores, pools }: Declarations,
  use: LimitUse,
): { readonly capacity: number; readonly scope: string } | undefined {
  switch (use.kind) {
    case 'lock':
      return Object.hasOwn(locks, use.name)
        ? { capacity: 1, scope: locks[use.name]?.scope ?? 'run' }
        : undefined;
    case 'semaphore':
      return Object.hasOwn(semaphores, use.name)
        ? { capacity: semaphores[use.name]?.permits ?? 1, scope: semaphores[use.name]?.scope ?? 'run' }
        : undefined;
    case 'pool':
      return Object.hasOwn(pools, use.name)
        ? { capacity: pools[use.name]?.members.length ?? 1, scope: 'run' }
        : undefined;
  }
}
