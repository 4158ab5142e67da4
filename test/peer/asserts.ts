import { readFileSync } from 'node:fs';
import { isMap, isSeq, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';

/** An `assert` task in a file: its lines, and how many conditions it asserts. */
export interface AssertTask {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly conditions: number;
}

const names = ['assert', 'ansible.builtin.assert', 'ansible.legacy.assert'];
const cache = new Map<string, readonly AssertTask[]>();

/** The `assert` task that a line of a file belongs to; undefined where it belongs to none. */
export function assertAt(file: string, line: number): AssertTask | undefined {
  let tasks = cache.get(file);
  if (tasks === undefined) {
    tasks = assertsOf(file);
    cache.set(file, tasks);
  }
  return tasks.find((task) => task.firstLine <= line && line <= task.lastLine);
}

function assertsOf(file: string): readonly AssertTask[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  const lines = new LineCounter();
  const found: AssertTask[] = [];
  for (const document of parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent' })) {
    visit(document, {
      Map(_key, map) {
        const value = names.map((name) => map.get(name, true)).find((one) => one !== undefined);
        if (value === undefined || map.range == null) return;
        found.push({
          firstLine: lines.linePos(map.range[0]).line,
          lastLine: lines.linePos(map.range[1] - 1).line,
          conditions: conditionsOf(value),
        });
      },
    });
  }
  return found;
}

function conditionsOf(value: Node | unknown): number {
  const that = isMap(value) ? value.get('that', true) : undefined;
  return isSeq(that) ? that.items.length : 1;
}
