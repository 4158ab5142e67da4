import { failure, type RunbookError } from '../../model/diagnostic.ts';
import type { TemplateFileOptions } from '../../model/module.ts';
import type { ProjectSettings } from '../../model/project.ts';
import type { Value } from '../../model/value.ts';
import type { SourceFolder } from '../file-search.ts';
import type { ReadPlain } from '../plain-file.ts';

/** What a lookup may use of the controller and of the step that it is evaluated for. */
export interface LookupContext {
  /** The absolute path of a source file (RB101 when there is none, RB112 when it leaves the project). */
  find(path: string, folder: SourceFolder): string;
  /** Every place where a source file of that name may lie, in the order of search. */
  candidates(path: string, folder: SourceFolder): readonly string[];
  /** Renders a template file's text with the step's variables. */
  renderTemplate(text: string, options: TemplateFileOptions): string;
  /** What a text made by a template is, where texts that look like data are data; undefined where all stay texts. */
  readonly asData?: ((text: string) => Value) | undefined;
  /** A variable of the step, rendered; undefined when there is none. */
  variable(name: string): Value | undefined;
  /** The names of all variables of the step. */
  variableNames(): readonly string[];
  /** The hosts that a pattern names, in the order of the inventory. */
  matchHosts(pattern: string): readonly string[];
  /** The content of a file, decrypted where it is encrypted as a whole. */
  readonly readPlain: ReadPlain;
  /** Environment variables of the controller. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The settings of the project; undefined where none are known. */
  readonly settings?: ProjectSettings | undefined;
  /** The directory of the playbook. */
  readonly projectDir: string;
  /** A number in [0, 1). */
  random(): number;
}

/** A lookup: positional terms and named options to a list of values. Its values are data, never templates. */
export type Lookup = (
  terms: readonly Value[],
  options: Readonly<Record<string, Value>>,
  context: LookupContext,
) => readonly Value[];

/** The failure of a lookup or loop form, for people. */
export function lookupFailure(message: string, hint?: string): RunbookError {
  return failure('RB611', message, { hint });
}

/** A list as it is, nothing for null, else the value alone in a list. */
export function asList(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The text of a scalar. */
export function asText(value: Value | undefined, what: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw lookupFailure(`${what} must be a text, but is ${describe(value)}`);
}

/** Whether an option is switched on: a boolean, or one of YAML 1.1's words for true. */
export function asFlag(value: Value | undefined, otherwise: boolean): boolean {
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'string') return /^(true|yes|on|y|1)$/i.test(value.trim());
  return Boolean(value);
}

/** What a value is, in words. */
export function describe(value: Value | undefined): string {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'a boolean';
  return 'a number';
}
