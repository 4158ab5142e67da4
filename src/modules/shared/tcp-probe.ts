import { shellQuote } from '../../lib/shell-quote.ts';

/**
 * Shell code that tries a TCP connection from the host and prints `open`, `closed`, or `no-tool`. POSIX sh cannot open
 * sockets, so the first of these is used: bash's /dev/tcp, nc, python3, perl, busybox nc.
 */
export function tcpProbeCode(host: string, port: number, connectTimeoutS: number): string {
  const seconds = Math.max(1, Math.ceil(connectTimeoutS));
  const h = shellQuote(host);
  return [
    `h=${h} p=${port} t=${seconds}`,
    'limit() { if command -v timeout >/dev/null 2>&1; then timeout "$t" "$@"; else "$@"; fi; }',
    'if command -v bash >/dev/null 2>&1; then limit bash -c \'exec 3<>"/dev/tcp/$0/$1"\' "$h" "$p"',
    'elif command -v python3 >/dev/null 2>&1; then python3 -c \'import socket,sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3]))\' "$h" "$p" "$t"',
    'elif command -v perl >/dev/null 2>&1; then limit perl -MIO::Socket -e \'exit(IO::Socket::INET->new(PeerAddr=>$ARGV[0],PeerPort=>$ARGV[1]) ? 0 : 1)\' "$h" "$p"',
    'elif command -v nc >/dev/null 2>&1; then limit nc -w "$t" "$h" "$p" </dev/null',
    'elif command -v busybox >/dev/null 2>&1; then limit busybox nc -w "$t" "$h" "$p" </dev/null',
    'else echo no-tool; exit 0; fi >/dev/null 2>&1 && echo open || echo closed',
  ].join('\n');
}

/** What a connection attempt said. */
export type TcpState = 'open' | 'closed' | 'no-tool';

/** Reads the output of `tcpProbeCode`. */
export function parseTcpState(output: string): TcpState {
  const word = output.trim();
  if (word === 'open' || word === 'no-tool') return word;
  return 'closed';
}

/** Connection states of `/proc/net/tcp` (Linux, include/net/tcp_states.h), by their names there. */
export const tcpStates: Readonly<Record<string, number>> = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
};

/** How many connections to a local port are in one of the states, from the text of `/proc/net/tcp` and `tcp6`. */
export function countConnections(procNetTcp: string, port: number, states: readonly string[]): number {
  const wanted = new Set(states.map((name) => tcpStates[name]).filter((state) => state !== undefined));
  let count = 0;
  for (const line of procNetTcp.split('\n')) {
    const [, local = '', , state = ''] = line.trim().split(/\s+/);
    const localPort = Number.parseInt(local.split(':').at(-1) ?? '', 16);
    if (localPort === port && wanted.has(Number.parseInt(state, 16))) count++;
  }
  return count;
}
