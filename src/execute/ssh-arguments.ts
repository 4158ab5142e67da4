import type { ConnectionTarget } from '../model/host.ts';

/** What arguments for the `ssh` program say that is understood here. */
export interface SshArguments {
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly identityFiles: readonly string[];
  readonly proxyJump?: string | undefined;
  readonly hostKeyPolicy?: ConnectionTarget['hostKeyPolicy'];
  readonly connectTimeoutMs?: number | undefined;
}

interface Draft {
  port?: number;
  user?: string;
  identityFiles: string[];
  proxyJump?: string;
  hostKeyPolicy?: ConnectionTarget['hostKeyPolicy'];
  connectTimeoutMs?: number;
}

/** What of `ssh` arguments is available, for messages. */
const available =
  '-J, -p, -l, -i, -o with ProxyJump, StrictHostKeyChecking, Port, User, IdentityFile, ConnectTimeout';

/** Options without a meaning here: how connections are shared, kept alive and verified is decided elsewhere. */
const ignored = new Set([
  'compression',
  'controlmaster',
  'controlpath',
  'controlpersist',
  'forwardagent',
  'forwardx11',
  'gssapiauthentication',
  'identitiesonly',
  'kbdinteractiveauthentication',
  'loglevel',
  'passwordauthentication',
  'preferredauthentications',
  'pubkeyauthentication',
  'requesttty',
  'serveralivecountmax',
  'serveraliveinterval',
  'tcpkeepalive',
]);

/**
 * Reads arguments such as `-o ProxyJump=bastion`. `-o ProxyCommand="ssh -W %h:%p bastion"` counts as that jump host.
 *
 * @returns the list of available arguments as a text, when something else was found.
 */
export function readSshArguments(text: string): SshArguments | string {
  const words = splitWords(text);
  const draft: Draft = { identityFiles: [] };
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (/^-[CqTv4xa]+$/.test(word)) continue;
    const found = /^-([oJpli])(.*)$/s.exec(word);
    if (found === null) return available;
    const [, letter = '', attached = ''] = found;
    const value = attached === '' ? words[++index] : attached;
    if (value === undefined || !take(letter, value, draft)) return available;
  }
  return draft;
}

function take(letter: string, value: string, draft: Draft): boolean {
  if (letter === 'J') return option('proxyjump', value, draft);
  if (letter === 'p') return option('port', value, draft);
  if (letter === 'l') return option('user', value, draft);
  if (letter === 'i') return option('identityfile', value, draft);
  const found = /^\s*(\w+)\s*(?:=|\s)\s*(.*)$/s.exec(value);
  return found !== null && option((found[1] ?? '').toLowerCase(), found[2] ?? '', draft);
}

function option(name: string, written: string, draft: Draft): boolean {
  const value = written.trim().replace(/^(["'])(.*)\1$/s, '$2');
  if (ignored.has(name)) return true;
  switch (name) {
    case 'proxyjump':
      draft.proxyJump = value;
      return true;
    case 'proxycommand':
      return proxyCommand(value, draft);
    case 'port':
      draft.port = Number(value);
      return /^\d+$/.test(value);
    case 'user':
      draft.user = value;
      return true;
    case 'identityfile':
      draft.identityFiles.push(value);
      return true;
    case 'connecttimeout':
      draft.connectTimeoutMs = Number(value) * 1_000;
      return /^\d+$/.test(value);
    case 'stricthostkeychecking':
      return hostKeyChecking(value.toLowerCase(), draft);
    case 'userknownhostsfile':
      // Without a place to remember keys in, none can be checked.
      if (value === '/dev/null') draft.hostKeyPolicy = 'off';
      return value === '/dev/null';
    default:
      return false;
  }
}

function hostKeyChecking(value: string, draft: Draft): boolean {
  if (value === 'no' || value === 'off') draft.hostKeyPolicy = 'off';
  else if (value === 'accept-new') draft.hostKeyPolicy ??= 'accept-new';
  else if (value === 'yes' || value === 'ask') draft.hostKeyPolicy ??= 'strict';
  else return false;
  return true;
}

/** `ssh -W %h:%p [-q] [-p PORT] [-l USER] [USER@]HOST` is a jump host; another command is not available. */
function proxyCommand(command: string, draft: Draft): boolean {
  const words = splitWords(command);
  if (words.shift() !== 'ssh' || !words.includes('%h:%p')) return false;
  let user = '';
  let port = '';
  let host: string | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '-W' || word === '-o' || word === '-i') index++;
    else if (word === '-p') port = `:${words[++index] ?? ''}`;
    else if (word === '-l') user = `${words[++index] ?? ''}@`;
    else if (!word.startsWith('-')) host = word;
  }
  if (host === undefined) return false;
  draft.proxyJump = `${host.includes('@') ? '' : user}${host}${port}`;
  return true;
}

/** Words divided by white space; quotes keep white space in a word. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g))
    words.push(
      word.replace(/"([^"]*)"|'([^']*)'/g, (_all, double: string, single: string) => double ?? single),
    );
  return words;
}
