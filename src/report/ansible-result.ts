import { pythonJson } from '../model/python-json.ts';
import { isValueMap, type Value } from '../model/value.ts';
import { printable } from './printable.ts';

/** How a result is shown. */
export interface DumpOptions {
  /** The module's name as written. */
  readonly module: string | undefined;
  readonly verbosity: number;
}

const alwaysVerbose: readonly string[] = ['debug', 'assert'];

/** Whether a module's results are shown without `-v`: those of `debug` and `assert`. */
export function isAlwaysVerbose(module: string | undefined): boolean {
  return module !== undefined && alwaysVerbose.includes(shortName(module));
}

/** A result as ansible-playbook's default callback shows it: JSON with sorted keys, without what is internal to a run. */
export function dumpResult(result: Value, { module, verbosity }: DumpOptions): string {
  const always = isAlwaysVerbose(module);
  const indent = always || verbosity > 2 ? 4 : undefined;
  return printable(
    pythonJson(isValueMap(result) ? shown(result, module) : result, { indent, sortKeys: true }),
  );
}

/** What `debug` shows of a result that has a message; of a variable's, it shows all, with the loop's item. */
const messageKeys: readonly string[] = ['msg', 'exception', 'warnings', 'deprecations'];
const internalKeys: readonly string[] = ['invocation', 'diff', 'exception', 'failed', 'skipped'];

function shown(result: Readonly<Record<string, Value>>, module: string | undefined): Value {
  const entries = Object.entries(result).filter(([key]) => !key.startsWith('_ansible_'));
  if (module === undefined || shortName(module) !== 'debug' || result['failed'] === true)
    return Object.fromEntries(entries.filter(([key]) => !internalKeys.includes(key)));
  const hidden = [...internalKeys, 'changed', 'skip_reason'];
  const isMessage = Object.hasOwn(result, 'msg');
  return Object.fromEntries(
    entries.filter(([key]) => (isMessage ? messageKeys.includes(key) : !hidden.includes(key))),
  );
}

function shortName(module: string): string {
  return module.replace(/^ansible\.(builtin|legacy)\./, '');
}
