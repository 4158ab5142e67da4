import type { Play } from '../model/playbook.ts';

/** Hosts in the order that a play asks for. */
export function inOrder(hosts: readonly string[], order: Play['order'], random: () => number): string[] {
  switch (order) {
    case 'inventory':
      return [...hosts];
    case 'reverse_inventory':
      return [...hosts].reverse();
    case 'sorted':
      return [...hosts].sort();
    case 'reverse_sorted':
      return [...hosts].sort().reverse();
    case 'shuffle':
      return shuffled(hosts, random);
  }
}

function shuffled(hosts: readonly string[], random: () => number): string[] {
  const left = [...hosts];
  const drawn: string[] = [];
  while (left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}
