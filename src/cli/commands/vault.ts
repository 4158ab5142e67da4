import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  type AskPassword,
  newVaultKey,
  openVault,
  replaceFile,
  type Seal,
  sealer,
  unseal,
  type VaultFormat,
  type VaultSecret,
} from '../../engine.ts';
import { failure } from '../../model/diagnostic.ts';
import { vaultFormatOf } from '../../model/vault.ts';
import { ask, canAsk } from '../ask.ts';
import { editText } from '../edit-text.ts';
import { askNewVaultPassword, askVaultPassword, type VaultFlags, vaultSources } from '../vault-sources.ts';

/** Flags of the commands that write encrypted texts. */
export interface SealFlags extends VaultFlags {
  readonly format?: VaultFormat;
  readonly recipient?: readonly string[];
  readonly encryptVaultId?: string | undefined;
  readonly output?: string;
}

/** Flags of `vault rekey`. */
export interface RekeyFlags extends SealFlags {
  readonly newVaultId?: readonly string[];
  readonly newVaultPasswordFile?: readonly string[];
}

/** The passwords that flags and environment name; at a terminal one is asked for where they name none. */
async function secretsOf(
  flags: VaultFlags,
  askPassword: AskPassword,
  options: { readonly mayBeNone?: boolean } = {},
): Promise<readonly VaultSecret[]> {
  const { env } = process;
  const named = vaultSources(flags, env);
  const sources = named.length === 0 && options.mayBeNone !== true && canAsk() ? ['default@prompt'] : named;
  return (await openVault(sources, { cwd: process.cwd(), env, ask: askPassword })).secrets();
}

function sealerOf(flags: SealFlags, secrets: readonly VaultSecret[], format?: VaultFormat): Promise<Seal> {
  const wish = {
    format: flags.format ?? format ?? 'age',
    label: flags.encryptVaultId,
    recipients: flags.recipient ?? [],
  };
  return sealer(wish, secrets);
}

function placeIn(path: string) {
  return { file: path, line: 1, column: 1, length: 1 };
}

async function readAny(path: string): Promise<Buffer> {
  if (path !== '-') {
    try {
      return await readFile(path);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^\w+: |, \w+ '.*$/g, '') : String(error);
      throw failure('RB101', `cannot read ${path}: ${reason}`);
    }
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function writeAny(path: string, content: string | Buffer): Promise<void> {
  if (path === '-') process.stdout.write(content);
  else await replaceFile(path, content);
}

interface Source {
  readonly path: string;
  readonly content: Buffer;
  readonly format: VaultFormat | undefined;
}

async function readAll(files: readonly string[], output?: string): Promise<readonly Source[]> {
  const paths = files.length === 0 ? ['-'] : files;
  if (output !== undefined && paths.length > 1) throw failure('RB701', '--output goes with one file only');
  return Promise.all(
    paths.map(async (path) => {
      const content = await readAny(path);
      return { path, content, format: vaultFormatOf(content) };
    }),
  );
}

/** All that are encrypted; refused as a whole where one is not, so that nothing is half done. */
async function readEncrypted(
  files: readonly string[],
  output?: string,
): Promise<readonly Required<Source>[]> {
  const sources = await readAll(files, output);
  const plain = sources.find((one) => one.format === undefined);
  if (plain !== undefined) throw failure('RB136', `${plain.path} is not encrypted`);
  return sources;
}

function plainOf(secrets: readonly VaultSecret[], { path, content }: Source): Buffer {
  return unseal(secrets, content.toString('latin1'), placeIn(path));
}

/** `vault encrypt`: files in place, or standard input to standard output. */
export async function encrypt(files: readonly string[], flags: SealFlags): Promise<number> {
  const sources = await readAll(files, flags.output);
  const already = sources.find((one) => one.format !== undefined);
  if (already !== undefined) throw failure('RB136', `${already.path} is encrypted already`);
  const mayBeNone = (flags.recipient ?? []).length > 0;
  const seal = await sealerOf(flags, await secretsOf(flags, askNewVaultPassword, { mayBeNone }));
  for (const { path, content } of sources) await writeAny(flags.output ?? path, await seal(content));
  return 0;
}

/** `vault decrypt`: files in place, or standard input to standard output. */
export async function decrypt(files: readonly string[], flags: SealFlags): Promise<number> {
  const sources = await readEncrypted(files, flags.output);
  const secrets = await secretsOf(flags, askVaultPassword);
  const plain = sources.map((source) => ({ path: source.path, bytes: plainOf(secrets, source) }));
  for (const { path, bytes } of plain) await writeAny(flags.output ?? path, bytes);
  return 0;
}

/** `vault view`: what files hold, on standard output. */
export async function view(files: readonly string[], flags: VaultFlags): Promise<number> {
  const sources = await readEncrypted(files);
  const secrets = await secretsOf(flags, askVaultPassword);
  for (const source of sources) process.stdout.write(plainOf(secrets, source));
  return 0;
}

/** `vault edit`: an encrypted file in the user's editor. */
export async function edit(path: string, flags: SealFlags): Promise<number> {
  const [source] = await readEncrypted([path]);
  if (source === undefined) return 0;
  const secrets = await secretsOf(flags, askVaultPassword);
  const plain = plainOf(secrets, source);
  const label = flags.encryptVaultId ?? labelIn(source, secrets);
  // Found out before the editor starts: what was typed shall not be lost over a missing password.
  const seal = await sealerOf({ ...flags, encryptVaultId: label }, secrets, source.format);
  return editText(plain, path, process.env, async (edited) => {
    if (edited.equals(plain)) process.stderr.write(`${path} was not changed\n`);
    else await writeOrSave(path, await seal(edited));
    return 0;
  });
}

/** Writes an edited file. Where that fails, what was typed is kept elsewhere, encrypted. */
async function writeOrSave(path: string, text: string): Promise<void> {
  try {
    await replaceFile(path, text);
  } catch (error) {
    const saved = join(tmpdir(), `${basename(path)}.${randomBytes(6).toString('hex')}`);
    await replaceFile(saved, text);
    const reason = error instanceof Error ? error.message : String(error);
    throw failure('RB136', `${path} cannot be written: ${reason}`, {
      hint: `what was edited is kept, encrypted, in ${saved}`,
    });
  }
}

/** The label of the password that the file was encrypted with, where several were given. */
function labelIn({ path, content }: Source, secrets: readonly VaultSecret[]): string | undefined {
  if (secrets.length < 2) return undefined;
  const fits = (secret: VaultSecret) => {
    try {
      unseal([secret], content.toString('latin1'), placeIn(path));
      return true;
    } catch {
      // Another one's.
      return false;
    }
  };
  return secrets.find(fits)?.label;
}

/** `vault create`: a new encrypted file, written in the user's editor. */
export async function create(path: string, flags: SealFlags): Promise<number> {
  const existing = await readFile(path).catch(() => undefined);
  if (existing !== undefined)
    throw failure('RB136', `${path} exists already`, { hint: `runbook vault edit ${path}` });
  const mayBeNone = (flags.recipient ?? []).length > 0;
  const seal = await sealerOf(flags, await secretsOf(flags, askNewVaultPassword, { mayBeNone }));
  return editText(Buffer.alloc(0), path, process.env, async (edited) => {
    await writeOrSave(path, await seal(edited));
    return 0;
  });
}

/** `vault rekey`: files under another password, other keys or in another format. */
export async function rekey(files: readonly string[], flags: RekeyFlags): Promise<number> {
  if (files.length === 0) throw failure('RB701', 'name the files to encrypt anew');
  const sources = await readEncrypted(files);
  const secrets = await secretsOf(flags, askVaultPassword);
  const plain = sources.map((source) => plainOf(secrets, source));
  const fresh = { vaultId: flags.newVaultId, vaultPasswordFile: flags.newVaultPasswordFile };
  const isNamed = [fresh.vaultId, fresh.vaultPasswordFile, flags.recipient].some((one) => one !== undefined);
  if (!isNamed && !canAsk())
    throw failure('RB701', 'no new vault password was given', { hint: 'add --new-vault-password-file FILE' });
  const sourcesOfNew = isNamed ? vaultSources(fresh, {}) : ['default@prompt'];
  const vault = await openVault(sourcesOfNew, {
    cwd: process.cwd(),
    env: process.env,
    ask: askNewVaultPassword,
  });
  const seals = new Map<VaultFormat | undefined, Seal>();
  for (const { format } of sources) seals.set(format, await sealerOf(flags, vault.secrets(), format));
  for (const [index, { path, format }] of sources.entries()) {
    const text = await seals.get(format)?.(plain[index] ?? Buffer.alloc(0));
    if (text !== undefined) await writeAny(path, text);
  }
  return 0;
}

/** `vault encrypt-string`: a value for a variables file. It is read from standard input, or asked for. */
export async function encryptString(
  words: readonly string[],
  flags: SealFlags & { readonly name?: string },
): Promise<number> {
  if (words.length > 0)
    throw failure('RB701', 'a secret on the command line can be read by everybody on this machine', {
      hint: 'leave it out to be asked for it, or: printf %s "$SECRET" | runbook vault encrypt-string --name NAME',
    });
  const mayBeNone = (flags.recipient ?? []).length > 0;
  const seal = await sealerOf(flags, await secretsOf(flags, askNewVaultPassword, { mayBeNone }));
  const typed = await ask(`Text to encrypt${flags.name === undefined ? '' : ` (${flags.name})`}`, {
    echo: false,
  });
  const plain = typed === undefined ? await readAny('-') : Buffer.from(typed);
  if (plain.length === 0) throw failure('RB136', 'there is no text to encrypt');
  const prefix = flags.name === undefined ? '' : `${flags.name}: `;
  const lines = (await seal(plain)).trimEnd().split('\n');
  process.stdout.write(`${prefix}!vault |\n${lines.map((line) => `  ${line}\n`).join('')}`);
  return 0;
}

/** `vault keygen`: a new private key of age, in a new file of mode 0600 or on standard output. */
export async function keygen(flags: { readonly output?: string }): Promise<number> {
  const { text, recipient } = await newVaultKey();
  const { output } = flags;
  if (output === undefined) {
    process.stdout.write(text);
    return 0;
  }
  const existing = await readFile(output).catch(() => undefined);
  if (existing !== undefined) throw failure('RB136', `${output} exists already: a key is never overwritten`);
  await replaceFile(output, text);
  process.stderr.write(`public key: ${recipient}\n`);
  return 0;
}
