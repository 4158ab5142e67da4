import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { TemplateFileOptions } from '../../model/module.ts';
import { isValueMap, Secret, type Value } from '../../model/value.ts';
import { flattenAll } from './collections.ts';
import { asFlag, asList, asText, type Lookup, type LookupContext, lookupFailure } from './lookup.ts';

const largestFile = 64 * 1024 * 1024;

/** `file`: the contents of files, without trailing white space (`rstrip`) and leading white space only if asked (`lstrip`). */
export const file: Lookup = (terms, options, context) =>
  flattenAll(terms).map((term) => {
    const path = context.find(asText(term, 'a file name'), 'files');
    const { text, wasEncrypted } = readText(path, context);
    const left = asFlag(options['lstrip'], false) ? text.trimStart() : text;
    const stripped = asFlag(options['rstrip'], true) ? left.trimEnd() : left;
    return wasEncrypted ? new Secret(stripped, basename(path)) : stripped;
  });

/** `unvault`: the contents of files, decrypted, as they are. */
export const unvault: Lookup = (terms, _options, context) =>
  flattenAll(terms).map((term) => {
    const path = context.find(asText(term, 'a file name'), 'files');
    const { text, wasEncrypted } = readText(path, context);
    return wasEncrypted ? new Secret(text, basename(path)) : text;
  });

/** `template`: template files, rendered with the step's variables and `template_vars`; as data where they look like it, but for `convert_data: false`. */
export const template: Lookup = (terms, options, context) =>
  flattenAll(terms).map((term) => {
    const path = context.find(asText(term, 'a template name'), 'templates');
    const text = context.renderTemplate(readText(path, context).text, templateOptions(path, options));
    return asFlag(options['convert_data'], true) && context.asData !== undefined
      ? context.asData(text)
      : text;
  });

const delimiters = {
  variable_start_string: 'variableStart',
  variable_end_string: 'variableEnd',
  comment_start_string: 'commentStart',
  comment_end_string: 'commentEnd',
} as const;

function templateOptions(name: string, options: Readonly<Record<string, Value>>): TemplateFileOptions {
  const given = Object.entries(delimiters).flatMap(([option, key]) =>
    typeof options[option] === 'string' ? [[key, options[option]] as const] : [],
  );
  const extraVars = isValueMap(options['template_vars']) ? options['template_vars'] : undefined;
  return {
    name,
    trimBlocks: asFlag(options['trim_blocks'], true),
    lstripBlocks: asFlag(options['lstrip_blocks'], false),
    ...Object.fromEntries(given),
    ...(extraVars === undefined ? {} : { extraVars }),
  };
}

/** `fileglob`: files (no directories) whose name fits a pattern, sorted; only the last part of a path is a pattern. */
export const fileglob: Lookup = (terms, _options, context) =>
  flattenAll(terms).flatMap((term) => {
    const pattern = asText(term, 'a file pattern');
    const matches = nameMatcher(basename(pattern));
    const places = context.candidates(pattern, 'files').map((candidate) => dirname(candidate));
    const directory = places.find((place) => isDirectory(place) && filesIn(place).some(matches));
    if (directory === undefined) return [];
    return filesIn(directory)
      .filter(matches)
      .map((name) => join(directory, name));
  });

/**
 * `first_found`: the first file that exists, as a list of one. Terms are names, or mappings `{files, paths, skip}`.
 *
 * @throws RunbookError RB611 when none exists and `skip` is not set.
 */
export const firstFound: Lookup = (terms, options, context) => {
  const searches = terms.length === 0 ? [options] : flattenAll(terms).map((term) => toSearch(term));
  const names = searches.flatMap((search) => searchNames(search));
  for (const name of names)
    for (const folder of ['files', 'templates', 'vars', 'tasks'] as const) {
      const found = context.candidates(name, folder).find((candidate) => isFile(candidate));
      if (found !== undefined) return [found];
    }
  const skip = [...searches, options].some((search) => asFlag(search['skip'], false));
  if (skip) return [];
  throw lookupFailure(
    `first_found: none of these files exists: ${names.join(', ') || '(no names given)'}`,
    'Add skip: true to go on without a file.',
  );
};

function toSearch(term: Value): Readonly<Record<string, Value>> {
  return isValueMap(term) ? term : { files: [term] };
}

function searchNames(search: Readonly<Record<string, Value>>): string[] {
  const files = splitNames(search['files']);
  const paths = splitNames(search['paths']);
  if (paths.length === 0) return files;
  return paths.flatMap((path) => files.map((name) => join(path, name)));
}

/** Names as a list, or in one text divided by `,` or `;`. */
function splitNames(value: Value | undefined): string[] {
  return asList(value)
    .filter((name) => name !== null)
    .flatMap((name) => asText(name, 'a file name').split(/[,;]/))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Whether a file name fits a shell pattern of `*`, `?` and `[…]`. Names with a leading dot need one in the pattern. */
function nameMatcher(pattern: string): (name: string) => boolean {
  const source = pattern.replace(
    /\[(!?)([^\]]+)\]|[\s\S]/g,
    (part, negated: string, set: string | undefined) => {
      if (part === '*') return '.*';
      if (part === '?') return '.';
      if (set !== undefined) return `[${negated === '' ? '' : '^'}${set.replace(/[\\^[\]]/g, '\\$&')}]`;
      return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    },
  );
  const expression = new RegExp(`^${source}$`, 's');
  return (name) => (pattern.startsWith('.') || !name.startsWith('.')) && expression.test(name);
}

function filesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => isFile(join(directory, name)))
    .sort();
}

function readText(path: string, context: LookupContext): { text: string; wasEncrypted: boolean } {
  const { size } = statSync(path);
  if (size > largestFile)
    throw lookupFailure(`the file ${path} is too large to be read by a lookup (${size} bytes)`);
  const { bytes, wasEncrypted } = context.readPlain(path, readFileSync(path));
  return { text: bytes.toString('utf8'), wasEncrypted };
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function isDirectory(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
