import { flagArgument, integerArgument } from '../arguments.ts';
import { type Datum, type Run, tuple } from '../datum.ts';
import { type Native, native } from '../native.ts';
import { expandReplacement, groupOf } from '../python/regex.ts';
import { allMatches, firstMatch } from '../python/regex-match.ts';
import { toText } from '../python/text.ts';

function flagsOf(ignoreCase: Datum | undefined, multiline: Datum | undefined): string {
  return (flagArgument(ignoreCase) ? 'i' : '') + (flagArgument(multiline) ? 'm' : '');
}

function replace(
  run: Run,
  value: Datum,
  pattern?: Datum,
  replacement?: Datum,
  ignoreCase?: Datum,
  multiline?: Datum,
  count?: Datum,
  mandatoryCount?: Datum,
): string {
  const text = toText(run, value);
  const source = pattern === undefined ? '' : toText(run, pattern);
  const fresh = replacement === undefined ? '' : toText(run, replacement);
  const limit = integerArgument(run, count, 'count', 0);
  const most = limit > 0 ? limit : Number.POSITIVE_INFINITY;
  const matches = allMatches(run, source, flagsOf(ignoreCase, multiline), text, most);
  let result = '';
  let from = 0;
  for (const match of matches) {
    const piece = text.slice(from, match.index) + expandReplacement(run, fresh, match);
    run.spend(piece.length);
    result += piece;
    from = match.index + match[0].length;
  }
  const wanted = integerArgument(run, mandatoryCount, 'mandatory_count', 0);
  if (wanted > 0 && matches.length !== wanted)
    throw run.fail(`"regex_replace" made ${matches.length} replacements instead of ${wanted}`);
  return result + text.slice(from);
}

/** The whole match, or the groups that further arguments such as `\1` and `\g<name>` ask for; None without a match. */
function search(
  run: Run,
  value: Datum,
  pattern: Datum,
  ignoreCase: Datum | undefined,
  multiline: Datum | undefined,
  groups: readonly Datum[],
): Datum {
  const match = firstMatch(run, toText(run, pattern), flagsOf(ignoreCase, multiline), toText(run, value));
  if (match === null) return null;
  if (groups.length === 0) return match[0];
  return groups.map((group) => {
    const name = /^\\(?:g<(\w+)>|(\d+))$/.exec(toText(run, group));
    if (name === null) throw run.fail('the groups to return are written "\\\\1" or "\\\\g<name>"');
    return groupOf(run, match, name[1] ?? name[2] ?? '0') ?? null;
  });
}

function findAll(run: Run, value: Datum, pattern: Datum, multiline?: Datum, ignoreCase?: Datum): Datum[] {
  const flags = flagsOf(ignoreCase, multiline);
  const matches = allMatches(run, toText(run, pattern), flags, toText(run, value), Number.POSITIVE_INFINITY);
  return matches.map((match) => {
    const groups = match.slice(1).map((group) => group ?? '');
    return groups.length === 0 ? match[0] : groups.length === 1 ? (groups[0] ?? '') : tuple(groups);
  });
}

const pythonSpecial = /[\t\n\v\f\r #$&()*+\-.?[\\\]^{|}~]/g;

function escapePattern(run: Run, value: Datum, type?: Datum): string {
  const dialect = type === undefined ? 'python' : toText(run, type);
  const text = toText(run, value);
  if (dialect === 'python') return text.replace(pythonSpecial, '\\$&');
  if (dialect === 'posix_basic') return text.replace(/[[\].^$*\\]/g, '\\$&');
  // Ansible refuses this type too, in these words, which playbooks test for.
  if (dialect === 'posix_extended') throw run.fail('Regex type (posix_extended) not yet implemented');
  throw run.fail(`Invalid regex type (${dialect})`);
}

/** Ansible's filters with regular expressions, which are Python's. */
export const regexFilters: Readonly<Record<string, Native>> = {
  regex_replace: native(
    'value, pattern?, replacement?, ignorecase?, multiline?, count?, mandatory_count?',
    replace,
  ),
  // Further positional arguments are groups, so the flags are only taken by name.
  regex_search: native(
    'value, regex, *groups, **named',
    (run: Run, value: Datum, regex: Datum, groups: readonly Datum[], named: ReadonlyMap<Datum, Datum>) => {
      for (const key of named.keys()) {
        if (key !== 'ignorecase' && key !== 'multiline')
          throw run.fail(`filter "regex_search" takes no argument "${String(key)}"`);
      }
      return search(run, value, regex, named.get('ignorecase'), named.get('multiline'), groups);
    },
  ),
  regex_findall: native('value, regex, multiline?, ignorecase?', findAll),
  regex_escape: native('value, re_type?', escapePattern),
};
