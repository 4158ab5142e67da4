import { type BecomeTarget, HostError } from '../model/host.ts';
import { readableText } from './readable-text.ts';
import type { ChannelEnd } from './transport.ts';

/** Whether a program refused to work without a terminal, in any of its languages. */
export function wantsTerminal(become: BecomeTarget, text: string): boolean {
  // doas reads the password from the terminal alone, and reports its absence as a failed login.
  if (become.method === 'doas' && /auth\w+ (required|failed)/i.test(text)) return true;
  return /\btty\b|must be run from a terminal/i.test(text);
}

/** The error for a session that could not become its user: what was wrong, and what to do about it. */
export function becomeRefusal(
  become: BecomeTarget,
  hostName: string,
  end: ChannelEnd,
  text: string,
  terminal: boolean,
): HostError {
  const { method, user } = become;
  const who = `${method} to ${user} on ${hostName}`;
  const refuse = (message: string, hint?: string) =>
    new HostError('become', 'RB512', `${who}: ${message}`, hint === undefined ? {} : { hint });
  if (
    /not in the sudoers|not allowed to (execute|run)|may not run sudo|operation not permitted/i.test(text)
  ) {
    return refuse(
      'the login user is not allowed to',
      `allow it on the host: visudo -f /etc/sudoers.d/runbook`,
    );
  }
  if (/unknown user|does not exist|no passwd entry|unknown id/i.test(text)) {
    return refuse(`there is no user "${user}"`);
  }
  if (end.status === 127 || /command not found|: not found|unknown command/i.test(text)) {
    return refuse(`${method} is not installed`, `choose another become_method: sudo, su or doas`);
  }
  if (!terminal && wantsTerminal(become, text))
    return refuse('it insists on a terminal, and this connection has none');
  if (/password is required|authentication required|authorization required/i.test(text))
    return passwordMissing(become, hostName);
  if (/incorrect|authentication failure|sorry|authorization failed|authentication failed/i.test(text)) {
    return passwordWrong(become, hostName);
  }
  const said = readableText(text);
  return refuse(
    `ended with status ${end.status ?? end.signal ?? 'unknown'}${said === '' ? '' : `: ${said}`}`,
  );
}

/** A password was asked for, and none is set. */
export function passwordMissing(become: BecomeTarget, hostName: string): HostError {
  return new HostError(
    'become',
    'RB512',
    `${become.method} to ${become.user} on ${hostName}: a password is asked for, and none is given`,
    {
      hint: 'set become_password, or type it with -K',
    },
  );
}

/** The password was not accepted. It is never tried twice: accounts get locked that way. */
export function passwordWrong(become: BecomeTarget, hostName: string): HostError {
  return new HostError(
    'become',
    'RB512',
    `${become.method} to ${become.user} on ${hostName}: the password is wrong`,
    {
      hint: 'correct become_password, or type it with -K',
    },
  );
}
