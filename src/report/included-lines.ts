import type { IncludedName } from '../model/event.ts';
import { printable, printableLine } from './printable.ts';

/** What the hosts of a step have included, until it is told. */
export interface IncludedLines {
  add(host: string, included: readonly IncludedName[]): void;
  /** A line for each file, with the hosts that included it, in the order in which they came; then none are left. */
  take(): readonly string[];
  /**
   * How many more a host's includes count for than the steps that made them: each file counts for one, a role for
   * none.
   */
  surplus(host: string): number;
}

/** Gathers what is included, in the words of ansible-playbook; roles are told by their steps alone. */
export function includedLines(): IncludedLines {
  let waiting: { readonly name: string; readonly hosts: string[]; readonly item: string }[] = [];
  const surplus = new Map<string, number>();
  return {
    add(host, included) {
      const files = included.filter(({ kind }) => kind === 'tasks');
      surplus.set(host, (surplus.get(host) ?? 0) + files.length - 1);
      for (const { name, item } of files) {
        const label = item === undefined ? '' : ` => (item=${printableLine(item)})`;
        const line = waiting.find(
          (one) => one.name === name && one.item === label && !one.hosts.includes(host),
        );
        if (line === undefined) waiting.push({ name, hosts: [host], item: label });
        else line.hosts.push(host);
      }
    },
    take() {
      const lines = waiting.map(
        ({ name, hosts, item }) =>
          `included: ${printableLine(name)} for ${hosts.map(printable).join(', ')}${item}`,
      );
      waiting = [];
      return lines;
    },
    surplus: (host) => surplus.get(host) ?? 0,
  };
}
