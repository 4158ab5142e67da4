import type {
  BecomeTarget,
  Connections,
  ConnectionTarget,
  ExecRequest,
  Reply,
  Session,
} from '../../../src/model/host.ts';
import type { Fleet } from '../../support/fleet.ts';

/** Where the checks of the contract run: a host of some kind, with a session on it. */
export interface Place {
  readonly connections: Connections;
  readonly target: ConnectionTarget;
  /** The login user's session. */
  readonly session: Session;
  /** Undefined for the controller itself. */
  readonly fleet: Fleet | undefined;
}

/** Runs a script with the session. */
export function script(
  session: Session,
  text: string,
  rest: Omit<ExecRequest, 'type' | 'command'> = {},
): Promise<Reply> {
  return session.run({ type: 'exec', command: { script: text }, ...rest });
}

/** The text that a command prints; its status must be 0. */
export async function textOf(reply: Promise<Reply>): Promise<string> {
  const { rc, stdout, stderr } = await reply;
  if (rc !== 0) throw new Error(`status ${rc}: ${stderr.bytes.toString()}`);
  return stdout.bytes.toString();
}

/** Where a fleet's host is found by a controller. */
export function targetOf(fleet: Fleet, rest: Partial<ConnectionTarget> = {}): ConnectionTarget {
  const [host] = fleet.hosts;
  if (host === undefined) throw new RangeError('the fleet is empty');
  const { name, address, port, user } = host;
  return { name, connection: 'ssh', address, port, user, identityFiles: [fleet.identityFile], ...rest };
}

/** sudo without a password, to root. */
export const toRoot: BecomeTarget = { method: 'sudo', user: 'root' };
