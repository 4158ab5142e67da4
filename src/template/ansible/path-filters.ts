import { posix } from 'node:path';
import { textArgument } from '../arguments.ts';
import { asDatum, type Datum, type Run, tuple } from '../datum.ts';
import type { EngineServices } from '../engine-types.ts';
import { type Native, native } from '../native.ts';
import { itemsOf } from '../python/iterate.ts';
import { toText } from '../python/text.ts';
import { isList, isText, typeName } from '../python/types.ts';
import { scopeOf } from '../run.ts';

/** A filter from one path to another text. */
function path(change: (text: string) => string): Native {
  return native('value', (run: Run, value: Datum) => change(textArgument(run, value, 'value')));
}

/** The part behind the last `/`, as Python has it: nothing behind a final one. */
function baseName(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}

function directoryName(text: string): string {
  const head = text.slice(0, text.lastIndexOf('/') + 1);
  return /^\/+$/.test(head) ? head : head.replace(/\/+$/, '');
}

function splitExtension(text: string): Datum {
  const name = baseName(text);
  const at = name.search(/\.[^.]*$/);
  if (at === -1 || /^\.*$/.test(name.slice(0, at))) return tuple([text, '']);
  const cut = text.length - name.length + at;
  return tuple([text.slice(0, cut), text.slice(cut)]);
}

/** Drive and rest of a Windows path, as Python splits them. */
function splitDrive(text: string): [string, string] {
  const normal = text.replaceAll('/', '\\');
  if (normal.startsWith('\\\\')) {
    const server = normal.indexOf('\\', 2);
    if (server === -1) return [text, ''];
    const share = normal.indexOf('\\', server + 1);
    return share === -1 ? [text, ''] : [text.slice(0, share), text.slice(share)];
  }
  return normal[1] === ':' ? [text.slice(0, 2), text.slice(2)] : ['', text];
}

/** Directory and name of a Windows path. */
function splitWindows(text: string): [string, string] {
  const [drive, rest] = splitDrive(text);
  const at = Math.max(rest.lastIndexOf('/'), rest.lastIndexOf('\\')) + 1;
  const head = rest.slice(0, at);
  return [drive + (head.replace(/[\\/]+$/, '') || head), rest.slice(at)];
}

function normalize(text: string): string {
  const normal = posix.normalize(text);
  const trimmed = normal.length > 1 ? normal.replace(/\/$/, '') : normal;
  return text.startsWith('//') && !text.startsWith('///') ? `/${trimmed}` : trimmed;
}

function join(run: Run, value: Datum): string {
  if (!isText(value) && !isList(value))
    throw run.fail(`path_join expects string or sequence, not ${typeName(value)}`);
  const parts = isText(value) ? [value] : value;
  if (parts.length === 0) throw run.fail('"path_join" needs at least one part');
  return parts
    .map((part) => textArgument(run, part, 'part'))
    .reduce((joined, part) => {
      if (part.startsWith('/') || joined === '') return part;
      return joined.endsWith('/') ? joined + part : `${joined}/${part}`;
    }, '');
}

function common(run: Run, value: Datum): string {
  const paths = itemsOf(run, value).map((item) => toText(run, item));
  const [first = '', ...others] = paths;
  const absolute = first.startsWith('/');
  if (others.some((other) => other.startsWith('/') !== absolute))
    throw run.fail('absolute and relative paths have nothing in common');
  const split = (text: string) => text.split('/').filter((part) => part !== '' && part !== '.');
  let shared = split(first);
  for (const other of others.map(split)) {
    const end = shared.findIndex((part, i) => part !== other[i]);
    if (end !== -1) shared = shared.slice(0, end);
  }
  return (absolute ? '/' : '') + shared.join('/');
}

function expandHome(services: EngineServices, text: string): string {
  const match = /^~([^/]*)/.exec(text);
  if (match === null) return text;
  const home = services.homeDirectory?.(match[1] === '' ? undefined : match[1]);
  return home === undefined ? text : home + text.slice(match[0].length);
}

function expandVariables(services: EngineServices, text: string): string {
  return text.replace(
    /\$(?:\{([^}]*)\}|(\w+))/g,
    (whole, braced, bare) => services.environment?.(braced ?? bare) ?? whole,
  );
}

function splitUrl(run: Run, value: Datum, part?: Datum): Datum {
  const text = textArgument(run, value, 'value')
    .trimStart()
    .replace(/[\t\r\n]/g, '');
  const match = /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text);
  const [, scheme = '', netloc = '', urlPath = '', query = '', fragment = ''] = match ?? [];
  const [, user, password, host, port] =
    /^(?:([^:@]*)(?::([^@]*))?@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(netloc) ?? [];
  const wanted = part === undefined || part === '' ? undefined : toText(run, part);
  if (
    (wanted === undefined || wanted === 'port') &&
    (port === undefined ? /:[^\]]*$/.test(netloc.replace(/^.*@/, '')) : Number(port) > 65_535)
  )
    throw run.fail(`"${text}" has no port of a URL`);
  const parts = new Map<Datum, Datum>([
    ['fragment', fragment],
    ['hostname', host === undefined || host === '' ? null : host.replace(/^\[|\]$/g, '').toLowerCase()],
    ['netloc', netloc],
    ['password', password ?? null],
    ['path', urlPath],
    ['port', port === undefined || port === '' ? null : Number(port)],
    ['query', query],
    ['scheme', scheme.toLowerCase()],
    ['username', user ?? null],
  ]);
  if (wanted === undefined) return parts;
  const found = parts.get(wanted);
  if (found === undefined) throw run.fail(`"urlsplit" has no part "${wanted}"`);
  return found;
}

/** Ansible's filters on paths and URLs; those that look at the controller use the services given. */
export function pathFilters(services: EngineServices): Readonly<Record<string, Native>> {
  return {
    basename: path(baseName),
    dirname: path(directoryName),
    splitext: native('value', (run: Run, value: Datum) => splitExtension(textArgument(run, value, 'value'))),
    normpath: path((text) => normalize(text)),
    path_join: native('value', join),
    commonpath: native('value', common),
    relpath: native('value, start?', (run: Run, value: Datum, start?: Datum) => {
      const from = start === undefined ? '' : toText(run, start);
      const to = textArgument(run, value, 'value');
      if (to === '') throw run.fail('there is no path to make relative');
      return posix.relative(from, to) || '.';
    }),
    expanduser: path((text) => expandHome(services, text)),
    expandvars: path((text) => expandVariables(services, text)),
    realpath: native('value', (run: Run, value: Datum) => {
      if (services.realPath === undefined) throw run.fail('paths of the controller cannot be read here');
      return services.realPath(toText(run, value));
    }),
    fileglob: native('value', (run: Run, value: Datum) => {
      const query = services.lookup;
      if (query === undefined) throw run.fail('files of the controller cannot be listed here');
      return query('fileglob', [toText(run, value)], {}, scopeOf(run)).map(asDatum);
    }),
    urlsplit: native('value, query?', splitUrl),
    win_basename: path((text) => splitWindows(text)[1]),
    win_dirname: path((text) => splitWindows(text)[0]),
    win_splitdrive: native('value', (run: Run, value: Datum) => {
      return tuple(splitDrive(textArgument(run, value, 'value')));
    }),
  };
}
