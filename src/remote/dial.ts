import { promises as dns, type LookupAddress } from 'node:dns';
import { connect, isIP, type Socket } from 'node:net';
import { HostError } from '../model/host.ts';
import { Pacing } from './pacing.ts';
import { withSignal } from './with-signal.ts';

/** Look-ups share the few threads that files and cryptography need as well, so only some may hang at a time. */
const lookups = new Pacing(2);

/**
 * Opens a TCP connection.
 *
 * @throws HostError RB501 refused, RB502 no such name, RB503 timed out.
 */
export async function dial(
  hostName: string,
  host: string,
  port: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Socket> {
  const deadline = AbortSignal.timeout(Math.ceil(timeoutMs));
  const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  try {
    const addresses = isIP(host) === 0 ? await lookUp(hostName, host, either) : undefined;
    return await open(host, port, addresses, either);
  } catch (error) {
    if (error instanceof HostError) throw error;
    if (signal?.aborted === true)
      throw new HostError('cancelled', 'RB518', `${hostName}: connecting was cancelled`, { cause: error });
    throw dialError(hostName, host, port, timeoutMs, deadline.aborted, error);
  }
}

async function lookUp(hostName: string, host: string, signal: AbortSignal): Promise<LookupAddress[]> {
  const leave = await lookups.enter('dns', signal);
  try {
    return await withSignal(dns.lookup(host, { all: true }).finally(leave), signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const message = `${hostName}: the host name "${host}" cannot be resolved`;
    throw new HostError('unreachable', 'RB502', message, {
      hint: 'check the spelling, or set address',
      cause: error,
    });
  }
}

function open(
  host: string,
  port: number,
  addresses: LookupAddress[] | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      noDelay: true,
      ...(addresses === undefined ? {} : { lookup: (_name, _options, done) => done(null, addresses) }),
    });
    const abort = () => socket.destroy(new Error('aborted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    const finish = (error?: Error) => {
      signal.removeEventListener('abort', abort);
      if (error === undefined) resolve(socket);
      else reject(error);
    };
    // It stays: the connection may be reset before its user listens, and that would end the process.
    socket.on('error', finish);
    socket.once('connect', () => finish());
  });
}

function dialError(
  hostName: string,
  host: string,
  port: number,
  timeoutMs: number,
  late: boolean,
  error: unknown,
): HostError {
  if (late) {
    const message = `${hostName}: ${host}:${port} did not accept a connection within ${timeoutMs / 1000} s`;
    return new HostError('unreachable', 'RB503', message, {
      hint: 'check address, port and firewall',
      cause: error,
    });
  }
  // Errors of sockets carry a code; others have none.
  const { code = String(error) } = error as NodeJS.ErrnoException;
  const message = `${hostName}: ${host}:${port} refused the connection (${code})`;
  return new HostError('unreachable', 'RB501', message, {
    hint: 'check address and port, and that sshd runs there',
    cause: error,
  });
}
