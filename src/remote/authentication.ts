import { readFile } from 'node:fs/promises';
import ssh2, {
  type AnyAuthMethod,
  type AuthenticationType,
  type AuthHandlerMiddleware,
  type BaseAgent,
  type ParsedKey,
} from 'ssh2';
import { HostError } from '../model/host.ts';
import type { IdentityKeys } from './identity-keys.ts';
import type { SshSettings } from './ssh-settings.ts';

/** One way to prove who we are. */
interface Attempt {
  readonly method: 'publickey' | 'password' | 'keyboard-interactive' | 'none';
  /** For messages. */
  readonly label: string;
  readonly result: AnyAuthMethod;
}

/** The attempts for one connection, and what became of them. */
export interface Authentication {
  readonly handler: AuthHandlerMiddleware;
  /** The error for a server that took none of them. */
  refusal(): HostError;
}

/**
 * Prepares the attempts: identity files, then the agent, then the password. Each is made once, and only while the
 * server offers its method.
 *
 * @throws HostError RB509 when a file that was named cannot be used.
 */
export async function prepareAuthentication(
  settings: SshSettings,
  keys: IdentityKeys,
): Promise<Authentication> {
  const attempts = await collectAttempts(settings, keys);
  const tried: string[] = [];
  let offered: readonly string[] = [];
  const waiting = [...attempts];
  const handler: AuthHandlerMiddleware = (methodsLeft, _partial, next) => {
    // The type says an array; the first call gives null, as nothing is known yet.
    const left: readonly AuthenticationType[] | null = methodsLeft;
    if (left !== null) offered = left;
    const at = waiting.findIndex(
      (attempt) => left === null || left.some((method) => method === attempt.method),
    );
    const [attempt] = at === -1 ? [] : waiting.splice(at, 1);
    if (attempt === undefined) {
      // The library ends the login on `false`, which its types leave out.
      (next as unknown as (none: false) => void)(false);
      return;
    }
    tried.push(attempt.label);
    next(attempt.result);
  };
  return { handler, refusal: () => refusal(settings, tried, offered) };
}

async function collectAttempts(settings: SshSettings, keys: IdentityKeys): Promise<Attempt[]> {
  const { user: username, password, agentSocket } = settings;
  const attempts: Attempt[] = [];
  for (const path of settings.identityFiles) {
    const identity = await loadIdentity(path, settings, keys);
    if (identity === undefined) continue;
    attempts.push({
      method: 'publickey',
      label: path,
      result: { type: 'publickey', username, key: identity },
    });
  }
  if (agentSocket !== undefined) {
    const agent = settings.identitiesOnly
      ? await filteredAgent(agentSocket, settings.identityFiles)
      : agentSocket;
    attempts.push({ method: 'publickey', label: 'ssh-agent', result: { type: 'agent', username, agent } });
  }
  if (password !== undefined) {
    const text = password.reveal();
    attempts.push({
      method: 'password',
      label: 'password',
      result: { type: 'password', username, password: text },
    });
    const prompt = answerPrompts(text);
    attempts.push({
      method: 'keyboard-interactive',
      label: 'keyboard-interactive',
      result: { type: 'keyboard-interactive', username, prompt },
    });
  }
  // With nothing to offer, the server still tells which methods it would take.
  if (attempts.length === 0)
    attempts.push({ method: 'none', label: 'none', result: { type: 'none', username } });
  return attempts;
}

/** Default files that cannot be used are passed over; named ones are an error. */
async function loadIdentity(
  path: string,
  settings: SshSettings,
  keys: IdentityKeys,
): Promise<ParsedKey | undefined> {
  try {
    const identity = await keys.load(path, settings.passphrase);
    if (identity !== undefined || !settings.identityFilesNamed) return identity?.key;
  } catch (error) {
    if (settings.identityFilesNamed && settings.agentSocket === undefined) throw error;
    return undefined;
  }
  if (settings.agentSocket !== undefined || settings.password !== undefined) return undefined;
  throw new HostError('unreachable', 'RB509', `${settings.hostName}: identity file ${path} does not exist`);
}

/** Answers each hidden question with the password, once; what else is asked stays unanswered. */
function answerPrompts(password: string) {
  let answered = false;
  return (
    _name: string,
    _instructions: string,
    _language: string,
    prompts: readonly { readonly echo?: boolean }[],
    finish: (answers: string[]) => void,
  ): void => {
    const answers = prompts.map((prompt) => (prompt.echo === true || answered ? '' : password));
    answered = prompts.length > 0;
    finish(answers);
  };
}

/** An agent that shows only the keys of the given identity files: servers end a login after a few wrong keys. */
async function filteredAgent(socket: string, identityFiles: readonly string[]): Promise<BaseAgent> {
  const allowed = new Set<string>();
  for (const path of identityFiles) {
    const parsed = await readFile(`${path}.pub`).then(ssh2.utils.parseKey, () => undefined);
    if (parsed !== undefined && !(parsed instanceof Error))
      allowed.add(parsed.getPublicSSH().toString('base64'));
  }
  const agent = ssh2.createAgent(socket);
  const listAll = agent.getIdentities.bind(agent);
  agent.getIdentities = (done) =>
    listAll((error, found) => {
      const kept = found?.filter((key) => {
        // Agents on a socket give parsed keys; the type allows for others too.
        const parsed = ssh2.utils.parseKey(key as ParsedKey);
        return !(parsed instanceof Error) && allowed.has(parsed.getPublicSSH().toString('base64'));
      });
      done(error, kept);
    });
  return agent;
}

function refusal(settings: SshSettings, tried: readonly string[], offered: readonly string[]): HostError {
  const made = tried.filter((label) => label !== 'none');
  const what = made.length === 0 ? 'there was nothing to offer' : `tried ${made.join(', ')}`;
  const accepts = offered.length === 0 ? '' : `; the server accepts ${offered.join(', ')}`;
  const message = `${settings.hostName}: ${settings.user}@${settings.dialHost} could not log in: ${what}${accepts}`;
  return new HostError('unreachable', 'RB508', message, {
    hint: `check the key and user with: ssh -p ${settings.port} ${settings.user}@${settings.dialHost}`,
  });
}
