import { bitsOf, firstOf, type IpNetwork, lastOf } from './ip-network.ts';

/** Addresses of a version from one to another, both included. */
export interface Span {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** The addresses of a network. */
export function spanOf(network: IpNetwork): Span {
  return { version: network.version, first: firstOf(network), last: lastOf(network) };
}

/** The fewest networks that hold the same addresses as the networks given, in order, those of IPv4 first. */
export function networksOf(networks: readonly IpNetwork[]): IpNetwork[] {
  const sorted = networks.map(spanOf).sort((a, b) => a.version - b.version || compare(a.first, b.first));
  const joined: Span[] = [];
  for (const span of sorted) {
    const before = joined.at(-1);
    if (before?.version === span.version && span.first <= before.last + 1n) {
      joined[joined.length - 1] = { ...before, last: span.last > before.last ? span.last : before.last };
    } else joined.push(span);
  }
  return joined.flatMap(networksIn);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A span as networks: from its start on, always the largest that begins there and fits. */
function networksIn({ version, first, last }: Span): IpNetwork[] {
  const bits = bitsOf(version);
  const networks: IpNetwork[] = [];
  for (let value = first; value <= last; ) {
    let hosts = 0;
    while (
      hosts < bits &&
      ((value >> BigInt(hosts)) & 1n) === 0n &&
      value + (2n << BigInt(hosts)) - 1n <= last
    )
      hosts++;
    networks.push({ version, value, prefix: bits - hosts });
    value += 1n << BigInt(hosts);
  }
  return networks;
}
