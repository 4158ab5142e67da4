import { spawn } from 'node:child_process';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Value } from '../model/value.ts';
import {
  addChild,
  addGroup,
  addHost,
  addMember,
  addVariables,
  type InventoryDraft,
} from './inventory-draft.ts';
import { kindOf } from './inventory-entry.ts';
import { fromJson } from './json-value.ts';
import { emptyMapping, entriesOf } from './mapping.ts';

const deadlineMs = 30_000;
const lingerMs = 1_000;
const maxOutputBytes = 64 * 1024 * 1024;

/** A program that prints an inventory. */
export interface InventoryProgram {
  /** The absolute path of the file that is run. */
  readonly path: string;
  /** The path as the user would type it. */
  readonly shown: string;
  readonly cwd: string;
  /** How long each run may take. Default 30 s. */
  readonly deadlineMs?: number | undefined;
}

/**
 * Runs an inventory program with `--list` and reads the JSON it prints: groups with `hosts`, `children` and `vars`,
 * or lists of hosts. Variables of hosts come from `_meta.hostvars`, else from `--host NAME` for each host. RB122 when
 * the program fails, is too slow, or prints something else.
 */
export async function readProgramInventory(
  program: InventoryProgram,
  draft: InventoryDraft,
  signal?: AbortSignal,
): Promise<void> {
  const list = await runForJson(program, ['--list'], draft, signal);
  if (list === undefined) return;
  const entries = entriesOf(list);
  if (entries === undefined) {
    fail(draft, `${program.shown} --list must print a mapping of groups, found ${kindOf(list)}`);
    return;
  }
  for (const [name, value] of entries) if (name !== '_meta') readGroup(program, draft, name, value);
  const hostVars = entriesOf(
    entriesOf(entries.find(([name]) => name === '_meta')?.[1])?.find(([name]) => name === 'hostvars')?.[1],
  );
  if (hostVars) {
    for (const [name, values] of hostVars) addHostVariables(program, draft, name, values);
    return;
  }
  for (const name of draft.hosts.keys()) {
    const values = await runForJson(program, ['--host', name], draft, signal);
    // One failing run is told once, not for each host.
    if (values === undefined) return;
    addHostVariables(program, draft, name, values);
  }
}

function readGroup(program: InventoryProgram, draft: InventoryDraft, name: string, value: Value): void {
  const group = addGroup(draft, name);
  if (group === undefined) return;
  if (Array.isArray(value)) {
    for (const host of value)
      addNamed(
        draft,
        host,
        (name) => addHost(draft, name),
        (one) => addMember(group, one),
      );
    return;
  }
  const entries = entriesOf(value);
  if (entries === undefined) {
    fail(
      draft,
      `${program.shown} --list: the group ${name} must be a mapping or a list of hosts, found ${kindOf(value)}`,
    );
    return;
  }
  const parts = new Map(entries);
  for (const host of listOf(parts.get('hosts'))) {
    addNamed(
      draft,
      host,
      (name) => addHost(draft, name),
      (one) => addMember(group, one),
    );
  }
  for (const child of listOf(parts.get('children')))
    if (typeof child === 'string') addChild(draft, group, child);
  addVariables(group, {
    label: program.shown,
    values: variablesOf(entriesOf(parts.get('vars'))),
    places: {},
  });
}

function addNamed<T>(
  draft: InventoryDraft,
  name: Value,
  find: (name: string) => T | undefined,
  use: (found: T) => void,
) {
  const found = typeof name === 'string' ? find(name) : undefined;
  if (found !== undefined) use(found);
  else if (typeof name !== 'string') fail(draft, `a host's name must be a text, found ${kindOf(name)}`);
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function addHostVariables(
  program: InventoryProgram,
  draft: InventoryDraft,
  name: string,
  value: Value,
): void {
  const host = draft.hosts.get(name);
  if (host) addVariables(host, { label: program.shown, values: variablesOf(entriesOf(value)), places: {} });
}

function variablesOf(entries: readonly (readonly [string, Value])[] | undefined): Record<string, Value> {
  const values = emptyMapping();
  for (const [name, value] of entries ?? []) values[name] = value;
  return values;
}

function fail(draft: InventoryDraft, message: string, hint?: string): void {
  draft.diagnostics.push(errorDiagnostic('RB122', message, { hint }));
}

async function runForJson(
  program: InventoryProgram,
  args: readonly string[],
  draft: InventoryDraft,
  signal?: AbortSignal,
) {
  const command = [program.shown, ...args].join(' ');
  const result = await run(program, args, signal);
  if (result.problem !== undefined) {
    fail(draft, `${command} ${result.problem}`, lastLines(result.stderr));
    return undefined;
  }
  try {
    return fromJson(JSON.parse(result.stdout));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    fail(draft, `${command} did not print JSON: ${reason}`, lastLines(result.stderr));
    return undefined;
  }
}

/** What a failed program said last, fit to be shown. */
function lastLines(stderr: string): string | undefined {
  const lines = stderr
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .trim()
    .split('\n')
    .slice(-8);
  return lines.join('\n') === '' ? undefined : `it wrote on standard error:\n${lines.join('\n')}`;
}

interface ProgramResult {
  readonly stdout: string;
  readonly stderr: string;
  /** What went wrong, to follow the command's name; undefined when it ended with 0. */
  readonly problem?: string;
}

/** Runs the program in a process group of its own, all of which is ended where it fails. */
function run(
  program: InventoryProgram,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    const child = spawn(program.path, args, { cwd: program.cwd, detached: true, stdio });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let size = 0;
    let lingering: NodeJS.Timeout | undefined;
    const end = (problem?: string) => {
      clearTimeout(timer);
      clearTimeout(lingering);
      signal?.removeEventListener('abort', cancel);
      if (problem !== undefined) killGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
      const texts = { stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
      resolve(problem === undefined ? texts : { ...texts, problem });
    };
    const cancel = () => end('was interrupted');
    const limitMs = program.deadlineMs ?? deadlineMs;
    const timer = setTimeout(() => end(`took longer than ${limitMs / 1000} s`), limitMs);
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxOutputBytes) end(`printed more than ${maxOutputBytes / 1024 / 1024} MiB`);
      else into.push(chunk);
    };
    child.stdout.on('data', collect(out));
    child.stderr.on('data', collect(err));
    child.once('error', (error) => end(`cannot be run: ${error.message}`));
    child.once('close', (code, name) => end(exitProblem(code, name)));
    // What the program left running may keep its output open; all that was printed has long arrived.
    child.once('exit', (code, name) => {
      lingering = setTimeout(() => end(exitProblem(code, name)), lingerMs);
    });
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted) cancel();
  });
}

function exitProblem(code: number | null, name: NodeJS.Signals | null): string | undefined {
  if (code === 0) return undefined;
  return code === null ? `was ended by ${name}` : `ended with exit code ${code}`;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended already.
  }
}
