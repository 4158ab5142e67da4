import { createHash } from 'node:crypto';
import { shellQuote } from '../../lib/shell-quote.ts';
import { splitShellWords } from '../../lib/shell-words.ts';
import type { CallRequest, Reply } from '../../model/host.ts';
import type { ModuleContext, ModuleResult } from '../../model/module.ts';
import { formatMode } from './file-mode.ts';
import { causeOf } from './file-state.ts';
import { baseName, directoryOf } from './remote-path.ts';
import type { FileChange, RemoteContent } from './write-plan.ts';

/** What came of a file change: a failed result, or where the old file was kept. */
export type WriteOutcome =
  | { readonly type: 'failed'; readonly result: ModuleResult }
  | { readonly type: 'done'; readonly backup: string | undefined; readonly inPlace: boolean };

/** Carries a file change out: the file has its old or its new content at each moment, unless it must be written in place. */
export async function writeFile(change: FileChange, context: ModuleContext): Promise<WriteOutcome> {
  if (change.parents !== undefined) {
    const made = await context.send(call(directoriesCode(directoryOf(change.path), change.parents.mode)));
    if (made.rc !== 0) return failed(`cannot make ${directoryOf(change.path)}: ${causeOf(made)}`, made);
  }
  if (change.content === undefined) return changeAttributes(change, context);
  const reply = await context.send(putRequest(change, change.content));
  if (reply.rc !== 0) return failed(writeMessage(change, reply), reply);
  const [how, ...backup] = reply.stdout.bytes.toString('utf8').split('\n');
  const backupFile = backup.join('\n').replace(/\n$/, '');
  return { type: 'done', backup: backupFile === '' ? undefined : backupFile, inPlace: how === 'written' };
}

/** The result of a file change: the planned one, with what only carrying it out could tell. */
export async function writeResult(
  change: FileChange,
  planned: Omit<ModuleResult, 'changed'>,
  context: ModuleContext,
): Promise<ModuleResult> {
  const outcome = await writeFile(change, context);
  if (outcome.type === 'failed') return outcome.result;
  const fields = {
    ...planned.fields,
    ...(outcome.backup === undefined ? {} : { backup_file: outcome.backup }),
  };
  const msg = outcome.inPlace
    ? `${change.path} was written in place: it could not be replaced as a whole`
    : planned.msg;
  return { ...planned, changed: true, fields, msg };
}

async function changeAttributes(change: FileChange, context: ModuleContext): Promise<WriteOutcome> {
  const reply = await context.send(call(attributeCode(change.path, change.attributes)));
  if (reply.rc !== 0)
    return failed(`cannot change mode or owner of ${change.path}: ${causeOf(reply)}`, reply);
  return { type: 'done', backup: undefined, inPlace: false };
}

/** Code that gives a file its owner and mode. Owner first: a new owner clears set-user-ID bits. */
export function attributeCode(
  path: string,
  change: {
    readonly chown: string;
    readonly modeChanges: boolean;
    readonly after: { readonly mode: number };
  },
): string {
  const parts: string[] = [];
  const special = (change.after.mode & 0o7000) !== 0;
  if (change.chown !== '') parts.push(`chown -- ${shellQuote(change.chown)} ${shellQuote(path)}`);
  if (change.modeChanges || (special && change.chown !== ''))
    parts.push(`chmod ${formatMode(change.after.mode)} ${shellQuote(path)}`);
  return parts.join(' && ');
}

/** Code that makes a directory and its missing parents. */
export function directoriesCode(path: string, mode?: string, chown = ''): string {
  return `rb_dirs ${shellQuote(mode ?? '')} ${shellQuote(chown)} ${shellQuote(path)}`;
}

/** The same as a call for the session's own shell. */
export function newDirectoryCode(path: string, mode: string | undefined): string {
  return `rb_make ${shellQuote(mode ?? '')} ${shellQuote(path)}`;
}

/** The data go where the file will be, as a rename is only whole within one file system. */
function putRequest(change: FileChange, content: Buffer | RemoteContent): CallRequest {
  const directory = change.inPlace ? undefined : directoryOf(change.path);
  if (Buffer.isBuffer(content)) {
    const sha256 = createHash('sha256').update(content).digest('hex');
    return {
      ...(isPlainNew(change) ? newFileCall(change, sha256) : call(putCode(change, sha256))),
      data: content,
      ...(directory === undefined ? {} : { dataDir: directory }),
    };
  }
  return call(
    `rb_take ${shellQuote(content.path)} ${shellQuote(directory ?? '')}\n${putCode(change, content.sha1)}`,
  );
}

/** A file where none is, of which nothing but content and mode is wished: the most common write, and the cheapest. */
function isPlainNew(change: FileChange): boolean {
  const { attributes, keep, inPlace, backup, validate } = change;
  return keep === undefined && !inPlace && !backup && validate === undefined && attributes.chown === '';
}

/** Bits that only a file has which is not written to any more. */
const isWritableMode = (mode: number) => (mode & 0o7600) === 0o600;

function newFileCall(change: FileChange, sum: string): CallRequest {
  const { mode } = change.attributes.after;
  const dataMode = isWritableMode(mode) ? mode : undefined;
  const words = [baseName(change.path), dataMode === undefined ? formatMode(mode) : '', sum];
  return { ...call(`rb_new ${words.map(shellQuote).join(' ')}`), dataMode, staged: true, inSession: true };
}

function putCode(change: FileChange, sum: string): string {
  const { attributes } = change;
  const words = [
    change.path,
    sum,
    formatMode(attributes.after.mode),
    attributes.chown,
    change.keep ?? '',
    attributes.modeChanges ? '0' : '1',
    change.inPlace ? 'write' : 'rename',
    change.backup ? '1' : '0',
    change.validate === undefined ? '' : validateCode(change.validate),
  ];
  return `rb_put ${words.map(shellQuote).join(' ')}`;
}

/** The author's command as words, without a shell's expansions, and the new file's name for each `%s`. */
function validateCode(command: string): string {
  return splitShellWords(command)
    .map((word) =>
      word
        .split('%s')
        .map((part) => (part === '' ? '' : shellQuote(part)))
        .join('"$rb_data"'),
    )
    .map((word) => (word === '' ? "''" : word))
    .join(' ');
}

function writeMessage(change: FileChange, reply: Reply): string {
  const output = reply.stderr.bytes.toString('utf8').trim();
  if (reply.rc === 76) return `${change.path} was not changed, its new content failed to validate: ${output}`;
  if (reply.rc === 71) return `cannot set mode or owner of ${change.path}: ${causeOf(reply)}`;
  if (reply.rc === 72) return `cannot back up ${change.path}: ${causeOf(reply)}`;
  return `cannot write ${change.path}: ${causeOf(reply)}`;
}

function call(code: string): CallRequest {
  return { type: 'call', code, readOnly: false };
}

function failed(msg: string, reply: Reply): WriteOutcome {
  return { type: 'failed', result: { changed: false, failed: true, msg, rc: reply.rc } };
}
