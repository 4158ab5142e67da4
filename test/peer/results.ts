import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { assertAt } from './asserts.ts';

/** Asserted conditions that held, by the place of their task; each host and each time the task ran counts. */
export type HeldConditions = ReadonlyMap<string, number>;

/** An `assert` that ran on a host and held. */
interface Held {
  readonly file: string;
  readonly line: number;
}

/** What the reports of all runs of ansible-playbook in a folder say, places as seen from `root`. */
export function heldByAnsible(folder: string, root: string): HeldConditions {
  const held: Held[] = [];
  for (const name of listed(folder, '.xml')) {
    const cases = readFileSync(join(folder, name), 'utf8').matchAll(
      /<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs,
    );
    for (const [, attributes = '', body = ''] of cases) {
      const [, path = '', line = ''] = /classname="(.*?):(\d+)/.exec(attributes) ?? [];
      if (path !== '' && !/<(?:failure|error|skipped)/.test(body))
        held.push({ file: path, line: Number(line) });
    }
  }
  return countedAt(held, root);
}

interface Report {
  readonly plays?: readonly {
    readonly steps: readonly {
      readonly at: { readonly file: string; readonly line: number };
      readonly results: readonly { readonly outcome: string; readonly ignored?: boolean }[];
    }[];
  }[];
}

/** What the JSON reports of all runs of this program in a folder say; `NAME.cwd` beside each tells where it ran. */
export function heldByRunbook(folder: string, root: string): HeldConditions {
  const held: Held[] = [];
  for (const name of listed(folder, '.json')) {
    const cwd = readFileSync(join(folder, name.replace(/\.json$/, '.cwd')), 'utf8').trim();
    // Written by this program.
    const report = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report;
    for (const { at, results } of report.plays?.flatMap(({ steps }) => steps) ?? [])
      for (const { outcome, ignored } of results)
        if (outcome === 'ok' || outcome === 'changed' || ignored === true)
          held.push({ file: isAbsolute(at.file) ? at.file : resolve(cwd, at.file), line: at.line });
  }
  return countedAt(held, root);
}

function listed(folder: string, suffix: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(suffix)) : [];
}

function countedAt(held: readonly Held[], root: string): HeldConditions {
  const counts = new Map<string, number>();
  for (const { file, line } of held) {
    const task = assertAt(file, line);
    if (task === undefined) continue;
    const place = `${relative(root, file)}:${task.firstLine}`;
    counts.set(place, (counts.get(place) ?? 0) + task.conditions);
  }
  return counts;
}
