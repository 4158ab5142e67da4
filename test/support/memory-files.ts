import { posix } from 'node:path';
import type { ControllerFiles } from '../../src/model/module.ts';
import type { FileSeed } from './file-tree.ts';

/** A controller's files that exist in memory alone, below `/project`. */
export class MemoryFiles implements ControllerFiles {
  readonly projectDir = '/project';
  readonly #files = new Map<string, { readonly bytes: Buffer; readonly mode: number }>();

  constructor(seeds: Readonly<Record<string, FileSeed>>) {
    for (const [name, seed] of Object.entries(seeds)) {
      const given = typeof seed === 'string' ? { content: seed } : seed;
      const bytes =
        given.base64 === undefined
          ? Buffer.from((given.content ?? '').repeat(given.times ?? 1))
          : Buffer.from(given.base64, 'base64');
      this.#files.set(`/project/${name}`, { bytes, mode: Number.parseInt(given.mode ?? '0644', 8) });
    }
  }

  async find(path: string, folder: string): Promise<string> {
    const trimmed = path.replace(/\/$/, '');
    for (const candidate of [posix.resolve('/project', folder, trimmed), posix.resolve('/project', trimmed)])
      if ((await this.stat(candidate)) !== undefined) return candidate;
    throw new Error(`${path} is not found in /project/${folder} and /project`);
  }

  async read(path: string): Promise<Buffer> {
    const file = this.#files.get(path);
    if (file === undefined) throw new Error(`${path} cannot be read`);
    return file.bytes;
  }

  async readPlain(path: string) {
    return { bytes: await this.read(path), wasEncrypted: false };
  }

  async stat(path: string) {
    const file = this.#files.get(path);
    if (file !== undefined) return { isDirectory: false, mode: file.mode, size: file.bytes.length };
    const isDirectory = [...this.#files.keys()].some((name) => name.startsWith(`${path}/`));
    return isDirectory ? { isDirectory, mode: 0o755, size: 0 } : undefined;
  }

  async list(path: string): Promise<readonly string[]> {
    const below = [...this.#files.keys()].filter((name) => name.startsWith(`${path}/`));
    return [...new Set(below.map((name) => name.slice(path.length + 1).replace(/\/.*/, '')))].sort();
  }

  async write(path: string, content: Buffer): Promise<void> {
    this.#files.set(path, { bytes: content, mode: 0o644 });
  }

  /** The text of a file, by its absolute path; undefined when it is not there. */
  textOf(path: string): string | undefined {
    return this.#files.get(path)?.bytes.toString('utf8');
  }

  /** All names, for a comparison of before and after. */
  picture(): string {
    return [...this.#files].map(([name, { bytes }]) => `${name} ${bytes.toString('base64')}`).join('\n');
  }
}
