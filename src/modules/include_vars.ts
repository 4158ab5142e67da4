import { basename, extname, join } from 'node:path';
import { z } from 'zod';
import { compilePythonRegex as pythonRegex } from '../lib/python-regex.ts';
import { defineActionModule, type ModuleContext } from '../model/module.ts';
import { isValueMap, type Value } from '../model/value.ts';
import { booleanParam, integerParam } from './shared/param-types.ts';

const textList = z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string()));

const params = () =>
  z
    .strictObject({
      file: z.string().optional().describe('The file, looked for in `vars/` first.'),
      dir: z
        .string()
        .optional()
        .describe('A folder of which every file is read, in the order of their names.'),
      name: z.string().optional().describe('The variable that gets all of them as a mapping.'),
      depth: integerParam.default(0).describe('How many folders deep to look in `dir`; 0: all.'),
      files_matching: z
        .string()
        .optional()
        .describe('Only files of `dir` whose names match this regular expression.'),
      ignore_files: textList
        .default([])
        .describe('Names of files of `dir` to leave out, as regular expressions.'),
      extensions: textList.default(['yaml', 'yml', 'json']).describe('Extensions of the files of `dir`.'),
      ignore_unknown_extensions: booleanParam
        .default(false)
        .describe('Whether files with other extensions are left out, and are no error.'),
      hash_behaviour: z
        .enum(['replace', 'merge'])
        .default('replace')
        .describe('Whether a mapping replaces one of its name, or is merged into it.'),
    })
    .refine(({ file, dir }) => (file === undefined) !== (dir === undefined), {
      error: 'give "file" or "dir", and not both',
    });

type Params = z.output<ReturnType<typeof params>>;

/** Reads variables from files of the controller. */
export default defineActionModule({
  name: 'include_vars',
  summary: 'Read variables of the host from a file, or from all files of a folder, when the step is reached.',
  description:
    'They hold for the rest of the run, over those of the play, its blocks and steps. Files may be encrypted as a whole. ' +
    'A relative name is looked for in `vars/` of the role, beside the file of the step, in `vars/` beside the playbook, and beside the playbook.',
  params,
  freeForm: 'file',
  where: 'controller',
  checkMode: 'run',
  returns: {
    ansible_facts: 'The variables that were read, as written.',
    ansible_included_var_files: 'The files that were read.',
  },
  examples: [
    { title: 'What differs from system to system', yaml: 'include_vars: "{{ ansible_os_family }}.yml"' },
    { title: 'All files of a folder, under one name', yaml: 'include_vars:\n  dir: sites\n  name: sites' },
  ],
  async run(given: Params, context) {
    if (context.readVariables === undefined) throw new Error('variables files cannot be read here');
    const files =
      given.file === undefined ? await filesOf(given, context) : [await found(given.file, context)];
    const read: Record<string, Value> = {};
    for (const file of files) Object.assign(read, await context.readVariables(file));
    const named = given.name === undefined ? read : { [given.name]: read };
    const values = given.hash_behaviour === 'merge' ? merged(named, context) : named;
    return {
      changed: false,
      facts: { values, kind: 'included' },
      fields: { ansible_facts: values, ansible_included_var_files: files },
    };
  },
});

function found(name: string, { files }: ModuleContext): Promise<string> {
  return files.find(name, 'vars');
}

async function filesOf(given: Params, context: ModuleContext): Promise<readonly string[]> {
  const root = await found(given.dir ?? '', context);
  if ((await context.files.stat(root))?.isDirectory !== true) throw new Error(`${root} is no folder`);
  const files: string[] = [];
  await collect(root, 1, given, context, files);
  return files;
}

async function collect(
  folder: string,
  depth: number,
  given: Params,
  context: ModuleContext,
  into: string[],
): Promise<void> {
  const folders: string[] = [];
  for (const name of await context.files.list(folder)) {
    const path = join(folder, name);
    if ((await context.files.stat(path))?.isDirectory === true) folders.push(path);
    else if (isWanted(path, given)) into.push(path);
  }
  if (given.depth > 0 && depth >= given.depth) return;
  for (const path of folders) await collect(path, depth + 1, given, context, into);
}

function isWanted(path: string, given: Params): boolean {
  const name = basename(path);
  if (given.ignore_files.some((text) => pythonRegex(`${text}$`).test(name))) return false;
  if (given.files_matching !== undefined && !pythonRegex(given.files_matching).test(name)) return false;
  const known = given.extensions.map((one) => one.replace(/^\./, ''));
  if (known.includes(extname(name).slice(1))) return true;
  if (given.ignore_unknown_extensions) return false;
  throw new Error(`${path} does not have one of the extensions ${known.join(', ')}`);
}

function merged(values: Readonly<Record<string, Value>>, context: ModuleContext): Record<string, Value> {
  const all: Record<string, Value> = {};
  for (const [name, value] of Object.entries(values)) all[name] = mergedInto(before(name, context), value);
  return all;
}

function before(name: string, context: ModuleContext): Value | undefined {
  try {
    return context.evaluate(name);
  } catch {
    // Nothing defines it so far.
    return undefined;
  }
}

function mergedInto(old: Value | undefined, value: Value): Value {
  if (!isValueMap(value) || !isValueMap(old)) return value;
  const all: Record<string, Value> = { ...old };
  for (const [key, entry] of Object.entries(value)) all[key] = mergedInto(all[key], entry);
  return all;
}
