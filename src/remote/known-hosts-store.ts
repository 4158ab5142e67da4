import { appendFile, mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type KnownHosts, parseKnownHosts } from './known-hosts.ts';

/** Reads known_hosts files, each again only when it has changed, and writes new keys down. */
export class KnownHostsStore {
  readonly #cache = new Map<string, { readonly version: string; readonly parsed: KnownHosts }>();

  /** The files that exist, parsed. A file that cannot be read counts as empty: its hosts are unknown then. */
  async read(paths: readonly string[]): Promise<KnownHosts[]> {
    const all = await Promise.all(paths.map((path) => this.#readOne(path)));
    return all.filter((file) => file !== undefined);
  }

  /** Appends a line in one write, so that several controllers may do so at once. New files get mode 600. */
  async append(path: string, line: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const separator = (await endsInsideLine(path)) ? '\n' : '';
    await appendFile(path, `${separator}${line}\n`, { mode: 0o600 });
    this.#cache.delete(path);
  }

  async #readOne(path: string): Promise<KnownHosts | undefined> {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const version = `${mtimeMs} ${size} ${ino}`;
      const cached = this.#cache.get(path);
      if (cached?.version === version) return cached.parsed;
      const parsed = parseKnownHosts(await readFile(path, 'utf8'), path);
      this.#cache.set(path, { version, parsed });
      return parsed;
    } catch {
      return undefined;
    }
  }
}

async function endsInsideLine(path: string): Promise<boolean> {
  let file: Awaited<ReturnType<typeof open>> | undefined;
  try {
    file = await open(path, 'r');
    const { size } = await file.stat();
    if (size === 0) return false;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== 0x0a;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}
