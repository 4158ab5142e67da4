import { shellQuote } from '../../lib/shell-quote.ts';
import type { Reply } from '../../model/host.ts';
import type { Probe } from '../../model/module.ts';
import { causeOf, wholeOutput } from './file-state.ts';
import { remotePath } from './remote-path.ts';
import type { SourceTree } from './source-tree.ts';
import { parseStatLine, type StatFields } from './stat-line.ts';

/** What is on the host where a directory is to be copied to. */
export interface TreeState {
  /** Absolute path of the copied directory. */
  readonly root: string;
  readonly umask: number;
  /** By name; nothing is there where a name is missing. A link to a directory counts as a directory. */
  readonly entries: ReadonlyMap<
    string,
    { readonly kind: 'directory' | 'file' | 'other'; readonly stat: StatFields }
  >;
  /** SHA-256 of the files whose size is that of the source, by name. */
  readonly sums: ReadonlyMap<string, string>;
}

/** Paths of one command line. */
const batchSize = 500;

/** A probe of all names of a tree, and in a second round the checksums of the files that may be the same. */
export function treeProbe(root: string, tree: SourceTree): Probe<TreeState> {
  const names = [...tree.directories, ...tree.files.map((file) => file.name)];
  const calls = batches(names).map(
    (batch) => `rb_many ${batch.map((name) => `"$rb_r"${tail(name)}`).join(' ')}`,
  );
  const code = [`rb_absolute ${remotePath(root)}; rb_r=$rb_p; umask; rb_say "$rb_r$rb_nl//"`, ...calls].join(
    '\n',
  );
  return {
    request: { type: 'call', code, readOnly: true },
    parse: (reply) => withSums(readEntries(names, reply), tree),
  };
}

function tail(name: string): string {
  return name === '' ? '' : shellQuote(`/${name}`);
}

function batches(names: readonly string[]): string[][] {
  const all: string[][] = [];
  for (let at = 0; at < names.length; at += batchSize) all.push(names.slice(at, at + batchSize));
  return all;
}

function readEntries(names: readonly string[], reply: Reply): TreeState {
  const text = wholeOutput(reply.stdout).toString('utf8');
  const [, umask = '', root = '', rest = ''] = /^([0-7]+)\n([\s\S]*?)\n\/\/\n([\s\S]*)$/.exec(text) ?? [];
  if (reply.rc !== 0 || root === '')
    throw new Error(`the host could not look at the directory: ${causeOf(reply)}`);
  const lines = rest.split('\n');
  const kinds = lines.filter((line) => line.startsWith('rb1 ')).map((line) => line.slice(4));
  const stats = lines.filter((line) => line !== '' && !line.startsWith('rb1 ')).map(parseStatLine);
  const entries: [string, { kind: 'directory' | 'file' | 'other'; stat: StatFields }][] = [];
  let at = 0;
  for (const [index, letter] of [...kinds.join('')].entries()) {
    if (letter === 'a') continue;
    const stat = stats[at++];
    if (stat === undefined) throw new Error(`${root} changed while it was looked at`);
    entries.push([
      names[index] ?? '',
      { kind: letter === 'd' ? 'directory' : letter === 'f' ? 'file' : 'other', stat },
    ]);
  }
  return { root, umask: Number.parseInt(umask, 8), entries: new Map(entries), sums: new Map() };
}

function withSums(state: TreeState, tree: SourceTree): TreeState | Probe<TreeState> {
  const alike = tree.files
    .filter(
      ({ name, size }) =>
        state.entries.get(name)?.kind === 'file' && state.entries.get(name)?.stat.size === size,
    )
    .map(({ name }) => name);
  if (alike.length === 0) return state;
  const code = batches(alike).map(
    (batch) => `rb_sums ${batch.map((name) => shellQuote(`${state.root}/${name}`)).join(' ')}`,
  );
  return {
    request: { type: 'call', code: code.join(' &&\n'), readOnly: true },
    parse(reply) {
      if (reply.rc !== 0) throw new Error(`cannot read the files of ${state.root}: ${causeOf(reply)}`);
      const sums =
        wholeOutput(reply.stdout)
          .toString('latin1')
          .match(/^\\?[0-9a-f]{64}/gm) ?? [];
      if (sums.length !== alike.length) throw new Error(`${state.root} changed while it was read`);
      return { ...state, sums: new Map(alike.map((name, at) => [name, sums[at]?.replace('\\', '') ?? ''])) };
    },
  };
}
