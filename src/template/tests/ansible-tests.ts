import { posix } from 'node:path';
import { compareLoose, comparePep440, compareSemantic } from '../ansible/version.ts';
import { flagArgument, textArgument } from '../arguments.ts';
import type { Datum, Run } from '../datum.ts';
import type { EngineServices, FileFacts } from '../engine-types.ts';
import { KnownValues } from '../filters/distinct.ts';
import { lenient, type Native, native } from '../native.ts';
import { contains } from '../python/contains.ts';
import { isDict } from '../python/dict.ts';
import { itemsOf } from '../python/iterate.ts';
import { isNumber, toNumber } from '../python/number.ts';
import { firstMatch } from '../python/regex-match.ts';
import { toText } from '../python/text.ts';
import { isList, isText, isTruthy, typeName } from '../python/types.ts';

type Comparison = (order: number) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
  '==': (order) => order === 0,
  '=': (order) => order === 0,
  eq: (order) => order === 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  ne: (order) => order !== 0,
  '<': (order) => order < 0,
  lt: (order) => order < 0,
  '<=': (order) => order <= 0,
  le: (order) => order <= 0,
  '>': (order) => order > 0,
  gt: (order) => order > 0,
  '>=': (order) => order >= 0,
  ge: (order) => order >= 0,
};

const version = native(
  'value, version, operator?, strict?, version_type?',
  (run: Run, value: Datum, other: Datum, operator?: Datum, strict?: Datum, type?: Datum) => {
    const [a, b] = [toText(run, value), toText(run, other)];
    if (a === '' || b === '') throw run.fail('a version to compare is empty');
    const sign = textArgument(run, operator, 'operator', '==');
    const holds = Object.hasOwn(comparisons, sign) ? comparisons[sign] : undefined;
    if (holds === undefined)
      throw run.fail(`"${sign}" compares no versions; use one of ${Object.keys(comparisons).join(', ')}`);
    const isTyped = type !== undefined && type !== null;
    if (isTyped && strict !== undefined && strict !== null)
      throw run.fail('"strict" and "version_type" exclude each other');
    const kind = isTyped ? toText(run, type) : flagArgument(strict) ? 'strict' : 'loose';
    const order = compareVersions(run, kind, a, b);
    if (order === undefined) throw run.fail(`"${a}" or "${b}" is no ${kind} version`);
    return holds(order);
  },
);

function compareVersions(run: Run, kind: string, a: string, b: string): number | undefined {
  switch (kind) {
    case 'loose':
      return compareLoose(a, b);
    case 'strict':
      return [a, b].every((text) => /^\d+\.\d+(\.\d+)?([ab]\d+)?$/.test(text))
        ? comparePep440(a, b)
        : undefined;
    case 'semver':
    case 'semantic':
      return compareSemantic(a, b);
    case 'pep440':
      return comparePep440(a, b);
    default:
      throw run.fail(`"${kind}" is no type of versions; there are loose, strict, semver and pep440`);
  }
}

/** A test of text by a regular expression: anywhere, at its start, or throughout. */
function regexTest(kind: 'search' | 'match' | undefined): Native {
  return native(
    kind === undefined
      ? 'value, pattern?, ignorecase?, multiline?, match_type?'
      : 'value, pattern?, ignorecase?, multiline?',
    (run: Run, value: Datum, pattern?: Datum, ignoreCase?: Datum, multiline?: Datum, type?: Datum) => {
      const how = kind ?? textArgument(run, type, 'match_type', 'search');
      const flags = (flagArgument(ignoreCase) ? 'i' : '') + (flagArgument(multiline) ? 'm' : '');
      const source = pattern === undefined ? '' : textArgument(run, pattern, 'pattern');
      if (!['search', 'match', 'fullmatch'].includes(how))
        throw run.fail(`"match_type" must be search, match or fullmatch, not "${how}"`);
      const text = toText(run, value);
      const sticky = how === 'search' ? flags : `${flags}y`;
      return firstMatch(run, how === 'fullmatch' ? throughout(source) : source, sticky, text) !== null;
    },
  );
}

/** A pattern that must reach to the end of the text; flags at its start stay there. */
function throughout(pattern: string): string {
  const flags = /^(?:\(\?[aiLmsux]+\))*/.exec(pattern)?.[0] ?? '';
  return `${flags}(?:${pattern.slice(flags.length)})\\Z`;
}

function subset(reverse: boolean): Native {
  return native('a, b', (run: Run, a: Datum, b: Datum) => {
    const [small, large] = reverse ? [b, a] : [a, b];
    for (const item of [...itemsOf(run, a), ...itemsOf(run, b)])
      if (isList(item) || isDict(item)) throw run.fail(`a set cannot hold a ${typeName(item)}`);
    const known = new KnownValues(run, itemsOf(run, large));
    return itemsOf(run, small).every((item) => known.has(run, item));
  });
}

function truth(wanted: boolean): Native {
  return native('value, convert_bool?', (run: Run, value: Datum, convert?: Datum) => {
    const looked = flagArgument(convert) ? convertedTruth(run, value) : value;
    return isTruthy(looked) === wanted;
  });
}

/** The words of booleans as what they say, all else as it is. */
function convertedTruth(run: Run, value: Datum): Datum {
  if (!isText(value)) return value;
  const word = toText(run, value).trim().toLowerCase();
  if (/^(?:y|yes|on|1|true|t|1\.0)$/.test(word)) return true;
  return /^(?:n|no|off|0|false|f|0\.0)$/.test(word) ? false : value;
}

/** The scheme, host and path of a URL; undefined where it cannot be split. */
function partsOfUrl(text: string): { scheme: string; host: string; path: string } | undefined {
  const clean = text.trimStart().replace(/[\t\r\n]/g, '');
  const [, scheme = '', host = '', path = ''] =
    /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)/.exec(clean) ?? [];
  return host.includes('[') === host.includes(']') ? { scheme: scheme.toLowerCase(), host, path } : undefined;
}

/** A test of URLs; what is no text is none, but None and an empty list split into empty parts. */
function urlTest(holds: (parts: { scheme: string; host: string; path: string }) => boolean): Native {
  return lenient('value, schemes?', (run: Run, value: Datum, schemes?: Datum) => {
    const isEmpty = value === null || (isList(value) && value.length === 0);
    if (!isText(value) && !isEmpty) return false;
    const parts = partsOfUrl(isEmpty ? '' : toText(run, value));
    if (parts === undefined || !holds(parts)) return false;
    if (schemes === undefined || schemes === null) return true;
    return itemsOf(run, schemes).some((scheme) => toText(run, scheme) === parts.scheme);
  });
}

const isAbsolute = native('value', (run: Run, value: Datum) =>
  posix.isAbsolute(textArgument(run, value, 'value')),
);

/** Ansible's tests, but those of registered results. */
export function ansibleTests(services: EngineServices): Readonly<Record<string, Native>> {
  return {
    version,
    version_compare: version,
    regex: regexTest(undefined),
    search: regexTest('search'),
    match: regexTest('match'),
    contains: native('value, item', (run: Run, value: Datum, item: Datum) => contains(run, value, item)),
    any: native('value', (run: Run, value: Datum) => itemsOf(run, value).some(isTruthy)),
    all: native('value', (run: Run, value: Datum) => itemsOf(run, value).every(isTruthy)),
    subset: subset(false),
    issubset: subset(false),
    superset: subset(true),
    issuperset: subset(true),
    truthy: truth(true),
    falsy: truth(false),
    nan: native('value', (_run: Run, value: Datum) => isNumber(value) && Number.isNaN(toNumber(value))),
    isnan: native('value', (_run: Run, value: Datum) => isNumber(value) && Number.isNaN(toNumber(value))),
    vault_encrypted: native('value', (run: Run, value: Datum) =>
      toText(run, value).startsWith('$ANSIBLE_VAULT;'),
    ),
    uri: urlTest(() => true),
    url: urlTest(({ scheme, host }) => scheme !== '' && host !== ''),
    urn: urlTest(({ scheme }) => scheme === 'urn'),
    event_set: native('value', (run: Run, value: Datum) => {
      if (services.isEventSet === undefined) throw run.fail('events cannot be asked for here');
      return services.isEventSet(toText(run, value));
    }),
    abs: isAbsolute,
    is_abs: isAbsolute,
    ...fileTests(services),
  };
}

function fileTests(services: EngineServices): Readonly<Record<string, Native>> {
  const look = (holds: (facts: FileFacts) => boolean) =>
    native('value', (run: Run, value: Datum) => {
      if (services.statFile === undefined) throw run.fail('files of the controller cannot be looked at here');
      const facts = services.statFile(toText(run, value));
      return facts !== undefined && holds(facts);
    });
  const leadsTo = (kind: 'file' | 'directory') =>
    look((facts) => (facts.kind === 'link' ? facts.target : facts.kind) === kind);
  const file = leadsTo('file');
  const directory = leadsTo('directory');
  const link = look((facts) => facts.kind === 'link');
  const mount = look((facts) => facts.mount === true);
  const same = native('value, other', (run: Run, value: Datum, other: Datum) => {
    if (services.realPath === undefined) throw run.fail('paths of the controller cannot be read here');
    return services.realPath(toText(run, value)) === services.realPath(toText(run, other));
  });
  return {
    file,
    is_file: file,
    directory,
    is_dir: directory,
    link,
    is_link: link,
    exists: look((facts) => facts.kind !== 'link' || facts.target !== undefined),
    link_exists: look(() => true),
    mount,
    is_mount: mount,
    same_file: same,
    is_same_file: same,
  };
}
