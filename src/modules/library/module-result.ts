import type { Reply } from '../../model/host.ts';
import type { Diff, ModuleResult } from '../../model/module.ts';
import { pythonJson } from '../../model/python-json.ts';
import { isValueMap, type Value, type ValueMap } from '../../model/value.ts';

/** The result that a module printed: JSON of a mapping, with lines of noise before and after it allowed. */
export function moduleResult(reply: Reply, shownPath: string, verbosity: number): ModuleResult {
  const printed = reply.stdout.bytes.toString('utf8');
  const found = findJson(printed);
  if (found === undefined) return withoutResult(reply, shownPath);
  const { changed, failed, skipped, msg, rc, diff, ansible_facts: facts, ...fields } = found;
  return {
    changed: isTrue(changed),
    failed: failed === undefined ? undefined : isTrue(failed),
    skipped: isTrue(skipped) ? true : undefined,
    msg: msg === undefined ? undefined : typeof msg === 'string' ? msg : pythonJson(msg),
    rc: statusOf(rc),
    diff: diffsOf(diff),
    fields: {
      ...withoutInternal(fields, verbosity),
      // The value itself stays where it is no text.
      ...(msg === undefined || typeof msg === 'string' ? {} : { msg }),
      ...(facts === undefined ? {} : { ansible_facts: facts }),
    },
    facts: isValueMap(facts) ? { values: facts, kind: 'returned' } : undefined,
  };
}

/** Fields without the marks of the protocol; the parameters as the module read them only where much is to be shown. */
function withoutInternal(fields: ValueMap, verbosity: number): ValueMap {
  const { invocation, ...others } = fields;
  const shown = verbosity >= 3 && invocation !== undefined ? { ...others, invocation } : others;
  return Object.fromEntries(
    Object.entries(shown)
      .filter(([key]) => !key.startsWith('_ansible_'))
      .map(([key, value]) => [key, plain(value)]),
  );
}

function plain(value: Value): Value {
  if (Array.isArray(value)) return value.map((one: Value) => plain(one));
  if (!isValueMap(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !key.startsWith('_ansible_'));
  return Object.fromEntries(entries.map(([key, one]) => [key, plain(one)]));
}

function findJson(text: string): ValueMap | undefined {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.trimStart().startsWith('{'));
  const last = lines.findLastIndex((line) => line.trimEnd().endsWith('}'));
  if (first === -1 || last < first) return undefined;
  const value = parse(lines.slice(first, last + 1).join('\n'));
  return isValueMap(value) ? value : undefined;
}

function parse(text: string): Value | undefined {
  // Python's own writer puts these where JSON has no word.
  const plain = text.replace(/(?<=[:[,]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])/g, 'null');
  for (const one of [text, plain])
    try {
      // JSON.parse gives nothing but values of the template language.
      return JSON.parse(one) as Value;
    } catch {
      // It is read the other way, or is no result: the caller says so, with the text that was printed.
    }
  return undefined;
}

function withoutResult(reply: Reply, shownPath: string): ModuleResult {
  const stdout = reply.stdout.bytes.toString('utf8');
  const stderr = reply.stderr.bytes.toString('utf8');
  const lastLine = stderr.trimEnd().split('\n').at(-1)?.trim() ?? '';
  const reason =
    reply.ended === 'timeout'
      ? 'it ran into its timeout and was ended with its whole process group'
      : reply.ended === 'cancelled'
        ? 'it was ended because the run was cancelled'
        : lastLine === ''
          ? `it ended with status ${reply.rc}`
          : lastLine;
  return {
    changed: false,
    failed: true,
    rc: reply.rc,
    msg: `MODULE FAILURE: the module ${shownPath} printed no result: ${reason}`,
    fields: {
      module_stdout: stdout,
      module_stderr: stderr,
      ...(stderr.includes('Traceback') ? { exception: stderr } : {}),
    },
  };
}

function isTrue(value: Value | undefined): boolean {
  if (typeof value === 'string') return /^(?:y|yes|on|1|true|t)$/i.test(value.trim());
  return value === true || value === 1;
}

function statusOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : undefined;
}

function diffsOf(value: Value | undefined): Diff | readonly Diff[] | undefined {
  if (Array.isArray(value)) return value.flatMap((one: Value) => diffOf(one) ?? []);
  return value === undefined ? undefined : diffOf(value);
}

function diffOf(value: Value): Diff | undefined {
  if (!isValueMap(value)) return undefined;
  const { before, after, prepared, before_header: beforeHeader, after_header: afterHeader } = value;
  if (typeof prepared === 'string') return { before: '', after: prepared };
  if (before === undefined && after === undefined) return undefined;
  return {
    before: sideOf(before),
    after: sideOf(after),
    beforeHeader: typeof beforeHeader === 'string' ? beforeHeader : undefined,
    afterHeader: typeof afterHeader === 'string' ? afterHeader : undefined,
  };
}

function sideOf(value: Value | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : `${pythonJson(value, { indent: 4, sortKeys: true })}\n`;
}
