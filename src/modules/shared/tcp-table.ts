/** Connection states of `/proc/net/tcp` (Linux, include/net/tcp_states.h), by their names there. */
export const tcpStates: Readonly<Record<string, number>> = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
};

/** Which connections count. */
export interface TcpFilter {
  readonly port: number;
  /** Own addresses; `0.0.0.0` or `::` among them stands for all. */
  readonly addresses: readonly string[];
  /** Addresses of peers that do not count. */
  readonly excluded: readonly string[];
  /** Names of states. */
  readonly states: readonly string[];
}

/** How many connections of a port there are, from the text of `/proc/net/tcp` and `tcp6`. */
export function countConnections(procNetTcp: string, filter: TcpFilter): number {
  const states = new Set(filter.states.map((name) => tcpStates[name]));
  const own = new Set(filter.addresses.map(bareAddress));
  const excluded = new Set(filter.excluded.map(bareAddress));
  const takesAll = own.has('0.0.0.0') || own.has('::');
  let count = 0;
  for (const line of procNetTcp.split('\n')) {
    const match = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):[0-9A-F]{4} ([0-9A-F]{2})\b/.exec(line);
    if (match === null) continue;
    const [, local = '', port = '', remote = '', state = ''] = match;
    if (Number.parseInt(port, 16) !== filter.port || !states.has(Number.parseInt(state, 16))) continue;
    if (excluded.has(addressOf(remote))) continue;
    if (takesAll || own.has(addressOf(local))) count++;
  }
  return count;
}

/** An address as the kernel prints it: 32-bit words, each with its bytes in the host's order (least first). */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).reverse(),
  );
  if (bytes.length === 4) return bytes.join('.');
  return bareAddress(
    Array.from({ length: 8 }, (_, at) =>
      (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
    ).join(':'),
  );
}

/** One spelling for each address; IPv4 in IPv6 (`::ffff:10.0.0.1`) is IPv4. */
function bareAddress(text: string): string {
  if (!text.includes(':')) return text;
  let host: string;
  try {
    host = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  } catch {
    return text;
  }
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(host) ?? [];
  if (high === undefined || low === undefined) return host;
  const bits = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return bits.flatMap((word) => [word >> 8, word & 255]).join('.');
}
