import { shellQuote } from '../../lib/shell-quote.ts';

/** A connection to try from the host. */
export interface TcpAttempt {
  readonly host: string;
  readonly port: number;
  /** Seconds for the whole try. */
  readonly timeoutS: number;
  /** How many pieces of what the server says are read. Default 0: the connection itself is the answer. */
  readonly pieces?: number | undefined;
}

const python = `import socket,sys
h,p,t,n=sys.argv[1:]
s=socket.create_connection((h,int(p)),float(t))
s.settimeout(float(t))
o=getattr(sys.stdout,"buffer",sys.stdout)
o.write(b"open\\n"); o.flush()
for i in range(int(n)):
    d=s.recv(4096)
    if not d: break
    o.write(d); o.flush()`;

const perl = `use IO::Socket; $|=1; my($h,$p,$t,$n)=@ARGV;
my $c="IO::Socket::IP"; eval "require $c" or $c="IO::Socket::INET";
my $s=$c->new(PeerAddr=>$h,PeerPort=>$p,Timeout=>$t) or exit 1; print "open\\n";
for(1..$n){ sysread($s,my $d,4096) or last; print $d }`;

/**
 * Shell code that tries a TCP connection from the host. It prints `open` and then what the server says, `closed`, or
 * `no-tool`. POSIX sh cannot open sockets, so the first of these is used: bash's /dev/tcp, python3, perl, nc.
 */
export function tcpProbeCode({ host, port, timeoutS, pieces = 0 }: TcpAttempt): string {
  const seconds = Math.max(1, Math.ceil(timeoutS));
  const args = '"$h" "$p" "$t" "$n"';
  const bash = 'exec 3<>"/dev/tcp/$0/$1" || exit 1; echo open; [ "$3" = 0 ] || dd bs=4096 count="$3" <&3';
  return [
    `h=${shellQuote(host)} p=${port} t=${seconds} n=${pieces}`,
    'limit() { if command -v timeout >/dev/null 2>&1; then timeout "$t" "$@"; else "$@"; fi; }',
    'tcp() {',
    `if command -v bash >/dev/null 2>&1; then limit bash -c ${shellQuote(bash)} ${args}`,
    `elif command -v python3 >/dev/null 2>&1; then limit python3 -c ${shellQuote(python)} ${args}`,
    `elif command -v perl >/dev/null 2>&1; then limit perl -e ${shellQuote(perl)} ${args}`,
    'elif command -v nc >/dev/null 2>&1; then netcat nc',
    'elif command -v busybox >/dev/null 2>&1; then netcat busybox nc',
    'else echo no-tool; fi; } 2>/dev/null',
    // Its input stays open while the server is listened to: some end with their input.
    'netcat() { if [ "$n" = 0 ]; then limit "$@" -w "$t" "$h" "$p" </dev/null >/dev/null && echo open',
    'else echo open; sleep "$t" | limit "$@" -w "$t" "$h" "$p" | dd bs=4096 count="$n"; fi; }',
    'tcp || :',
  ].join('\n');
}

/** What a connection attempt said. */
export interface TcpAnswer {
  readonly state: 'open' | 'closed' | 'no-tool';
  /** What the server said. */
  readonly data: string;
}

/** Reads the output of `tcpProbeCode`. */
export function parseTcpAnswer(output: string): TcpAnswer {
  const end = output.indexOf('\n');
  const word = end < 0 ? output.trim() : output.slice(0, end).trim();
  const data = end < 0 ? '' : output.slice(end + 1);
  return { state: word === 'open' || word === 'no-tool' ? word : 'closed', data };
}
