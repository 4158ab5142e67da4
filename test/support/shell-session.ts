import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellQuote } from '../../src/lib/shell-quote.ts';
import type { CallRequest, HostRequest, Reply } from '../../src/model/host.ts';
import { shellLibrary } from '../../src/modules/shared/shell-library.ts';

/** A shell to carry requests out in, with the utilities it finds. */
export interface TestShell {
  readonly name: string;
  readonly argv: readonly string[];
  readonly path: string;
}

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const appletNames =
  'awk base64 basename cat chgrp chmod chown cmp cp cut date dd diff dirname find grep head id ln ls lsattr md5sum mkdir mv readlink rm rmdir sed sha1sum sha256sum sha512sum sh sleep sort stat tail test touch tr true umask wc xargs';

/** A folder for one test file: the shell library, busybox's applets. Others may read it. */
export interface ShellSuite {
  readonly directory: string;
  readonly shells: readonly TestShell[];
  close(): void;
}

/** Prepares the shells that this machine has among dash, bash, ksh, and busybox with its own utilities alone. */
export function openShellSuite(): ShellSuite {
  const directory = mkdtempSync(join(tmpdir(), 'rb-shells-'));
  chmodSync(directory, 0o755);
  writeFileSync(join(directory, 'library.sh'), shellLibrary, { mode: 0o644 });
  const shells: TestShell[] = [];
  for (const name of ['dash', 'bash', 'ksh'])
    if (existsSync(`/usr/bin/${name}`)) shells.push({ name, argv: [`/usr/bin/${name}`], path: systemPath });
  if (existsSync('/usr/bin/busybox')) {
    const bin = join(directory, 'busybox');
    mkdirSync(bin);
    for (const applet of appletNames.split(' ')) symlinkSync('/usr/bin/busybox', join(bin, applet));
    shells.push({ name: 'busybox', argv: ['/usr/bin/busybox', 'ash'], path: bin });
  }
  return { directory, shells, close: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Who runs a request, and where. */
export interface ShellSeat {
  readonly shell: TestShell;
  readonly home: string;
  /** Another user than the tests' own. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Octal digits. */
  readonly umask?: string | undefined;
}

/** Carries requests out as a session does: a new shell for each, the library loaded, data stored before the code runs. */
export async function runInShell(suite: ShellSuite, seat: ShellSeat, request: HostRequest): Promise<Reply> {
  if (request.type === 'exec') throw new Error('the shell suite carries out calls only');
  const { shell, home, user } = seat;
  const [program = '', ...words] = shell.argv;
  const child = spawn(program, [...words, '-c', script(suite, seat, request)], {
    cwd: home,
    env: { PATH: shell.path, HOME: home },
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A shell that ends before it has read all data closes the pipe; its reply says why.
  child.stdin.on('error', () => {});
  child.stdin.end(request.data ?? '');
  const [stdout, stderr, rc] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 255));
    }),
  ]);
  return {
    rc,
    stdout: { bytes: stdout, size: stdout.length },
    stderr: { bytes: stderr, size: stderr.length },
  };
}

function script(suite: ShellSuite, seat: ShellSeat, request: CallRequest): string {
  const lines = [`. ${shellQuote(join(suite.directory, 'library.sh'))}`, `umask ${seat.umask ?? '022'}`];
  if (request.data !== undefined) {
    const file = `${request.dataDir ?? seat.home}/.rb-${randomBytes(8).toString('hex')}`;
    lines.push(`rb_data=${shellQuote(file)}`, '( umask 077; set -C; cat >"$rb_data" ) || exit 251');
  }
  // Defined last, so that the code is a word of its own whatever it holds.
  lines.push(`( LC_ALL=C; export LC_ALL; eval ${shellQuote(request.code)} ) </dev/null`);
  return lines.join('\n');
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
