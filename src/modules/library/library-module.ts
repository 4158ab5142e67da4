import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { shellQuote } from '../../lib/shell-quote.ts';
import { splitShellWords } from '../../lib/shell-words.ts';
import type { LibraryModule, ReadLibraryModule } from '../../model/library.ts';
import {
  defineActionModule,
  type ModuleContext,
  type ModuleResult,
  type ModuleSpec,
} from '../../model/module.ts';
import { pythonJson } from '../../model/python-json.ts';
import type { Value } from '../../model/value.ts';
import { dottedName, type ModuleBundle, programBundle, pythonBundle } from './bundle.ts';
import { lookCode, storeArgumentsCode, storeProgramCode, unpackCode } from './host-shell.ts';
import { interpreterVariable, isPython, type ModuleKind, moduleKind } from './module-kind.ts';
import { moduleResult } from './module-result.ts';

type Params = Readonly<Record<string, Value>>;

/** A module with its bundle, made once. */
interface Ready {
  readonly kind: ModuleKind;
  readonly bundle: ModuleBundle;
}

/** What surrounds one run of a module on a host. */
interface Running {
  readonly module: LibraryModule;
  readonly bundle: ModuleBundle;
  /** The parameters with what Ansible's protocol adds. */
  readonly args: Params;
  readonly context: ModuleContext;
}

/**
 * A module of the project, run on the host by Ansible's protocol: in Python with `ansible.module_utils.basic` of our own,
 * or any program that reads a file of arguments. Arguments go over standard input or in a private file, never in a
 * command line. In check mode it runs where it says that it can.
 */
export function defineLibraryModule(module: LibraryModule, read: ReadLibraryModule): ModuleSpec {
  let ready: Promise<Ready> | undefined;
  return defineActionModule({
    name: module.name,
    summary: `A module of the project: ${module.shownPath}`,
    params: () => z.looseObject({}),
    where: 'remote',
    checkMode: 'run',
    examples: [],
    async run(params, context) {
      ready ??= prepare(module, read);
      const { kind, bundle } = await ready;
      // Parameters are values of the template language, whatever their names.
      const args = { ...(params as Params), ...internalArgs(module, context) };
      const running: Running = { module, bundle, args, context };
      if (kind.type === 'unusable')
        return failed(`the module ${module.shownPath} cannot be run: ${kind.reason}`);
      if (kind.type === 'python') return runPython(running);
      if (context.checkMode && !kind.heedsCheckMode)
        return {
          changed: false,
          skipped: true,
          msg: `the module ${module.name} does not support check mode`,
        };
      return runProgram(running, kind);
    },
  });
}

async function prepare(module: LibraryModule, read: ReadLibraryModule): Promise<Ready> {
  const source = await read(module);
  const kind = moduleKind(source.content);
  return { kind, bundle: kind.type === 'python' ? pythonBundle(module, source) : programBundle(source) };
}

function internalArgs({ name }: LibraryModule, context: ModuleContext): Params {
  return {
    _ansible_check_mode: context.checkMode,
    _ansible_diff: context.diffMode,
    _ansible_no_log: context.noLog,
    _ansible_verbosity: context.verbosity,
    _ansible_debug: false,
    _ansible_keep_remote_files: false,
    _ansible_module_name: name,
    _ansible_version: '2.14.0',
    _ansible_shell_executable: '/bin/sh',
    _ansible_syslog_facility: 'LOG_USER',
    _ansible_string_conversion_action: 'warn',
    _ansible_selinux_special_fs: [],
    _ansible_socket: null,
    _ansible_tmpdir: null,
    _ansible_remote_tmp: null,
  };
}

function failed(msg: string, fields: Params = {}): ModuleResult {
  return { changed: false, failed: true, msg, fields };
}

/** What the host says before the module runs. */
interface Look {
  readonly directory: string;
  /** Undefined where none was asked for, or none is there. */
  readonly python: string | undefined;
  readonly isThere: boolean;
}

async function look({ bundle, context }: Running, needsPython: boolean): Promise<Look> {
  // The bytes only make the session tell its directory.
  const data = Buffer.from(bundle.hash);
  const code = lookCode(bundle.hash, needsPython);
  const reply = await context.send({ type: 'call', code, data, readOnly: true });
  const [directory = '', python = '', isThere = ''] = reply.stdout.bytes.toString('utf8').split('\n');
  if (reply.rc !== 0 || directory === '')
    throw new Error(`the host could not be looked at: ${reply.stderr.bytes.toString('utf8').trim()}`);
  return { directory, python: python === '' ? undefined : python, isThere: isThere === 'yes' };
}

async function store(context: ModuleContext, code: string, data: Buffer, what: string): Promise<void> {
  const reply = await context.send({ type: 'call', code, data, readOnly: true });
  if (reply.rc === 0) return;
  throw new Error(`${what} could not be stored on the host: ${reply.stderr.bytes.toString('utf8').trim()}`);
}

/** The words of an interpreter that a variable of the host names; undefined where it is to be looked for. */
function namedInterpreter(variable: string, context: ModuleContext): readonly string[] | undefined {
  const name = JSON.stringify(context.actsOn ?? context.hostName);
  const own = context.actsOn === undefined || context.actsOn === context.hostName;
  const value = context.evaluate(
    own ? `${variable} | default('')` : `(hostvars[${name}] | default({})).${variable} | default('')`,
  );
  if (typeof value !== 'string' || value === '' || value.startsWith('auto')) return undefined;
  const words = splitShellWords(value);
  return words.length === 0 ? undefined : words;
}

const noPython =
  'no Python of version 3.6 or later was found on the host: install one, or set ansible_python_interpreter';

async function runPython(running: Running): Promise<ModuleResult> {
  const { module, bundle, args, context } = running;
  const named = namedInterpreter('ansible_python_interpreter', context);
  const { directory, python: found, isThere } = await look(running, named === undefined);
  const python = named ?? (found === undefined ? undefined : [found]);
  if (python === undefined) return failed(noPython, { rc: 127 });
  if (!isThere) {
    const spare = `module-${randomBytes(8).toString('hex')}`;
    const code = unpackCode(python, directory, bundle.hash, spare);
    await store(context, code, bundle.bytes, `the module ${module.name}, by ${python.join(' ')},`);
  }
  const starter = `${directory}/module-${bundle.hash}/runbook_module.py`;
  const input = pythonJson({ ANSIBLE_MODULE_ARGS: args });
  const reply = await context.send({
    type: 'exec',
    command: { argv: [...python, starter, dottedName(module)] },
    env: context.env,
    stdin: Buffer.from(input),
    timeoutMs: context.timeoutMs,
    sensitive: true,
  });
  return moduleResult(reply, module.shownPath, context.verbosity);
}

async function runProgram(
  running: Running,
  kind: Extract<ModuleKind, { readonly type: 'program' }>,
): Promise<ModuleResult> {
  const { module, bundle, args, context } = running;
  const { interpreter } = kind;
  const named = interpreter === undefined ? [] : namedInterpreter(interpreterVariable(interpreter), context);
  const looksForPython = named === undefined && interpreter !== undefined && isPython(interpreter);
  const { directory, python, isThere } = await look(running, looksForPython);
  if (looksForPython && python === undefined) return failed(noPython, { rc: 127 });
  const before = named ?? (python === undefined ? interpreter : [python]) ?? [];
  if (!isThere)
    await store(context, storeProgramCode(directory, bundle.hash), bundle.bytes, `the module ${module.name}`);
  const argsFile = `${directory}/args-${randomBytes(8).toString('hex')}`;
  const text = kind.args === 'json' ? pythonJson(args) : wordsOf(args);
  await store(context, storeArgumentsCode(argsFile), Buffer.from(text), 'the arguments of the module');
  try {
    const reply = await context.send({
      type: 'exec',
      command: { argv: [...before, `${directory}/module-${bundle.hash}`, argsFile] },
      env: context.env,
      timeoutMs: context.timeoutMs,
      sensitive: true,
    });
    return moduleResult(reply, module.shownPath, context.verbosity);
  } finally {
    const code = `rm -f -- ${shellQuote(argsFile)}`;
    await context.send({ type: 'call', code, readOnly: true }).catch(() => undefined);
  }
}

/** Arguments as a shell reads them: `name='value'` words. */
function wordsOf(args: Params): string {
  const word = (value: Value) =>
    typeof value === 'string'
      ? value
      : typeof value === 'boolean'
        ? value
          ? 'True'
          : 'False'
        : pythonJson(value);
  return `${Object.entries(args)
    .map(([name, value]) => `${name}=${shellQuote(value === null ? 'None' : word(value))}`)
    .join(' ')}\n`;
}
