import type { Diagnostic } from '../model/diagnostic.ts';
import type { ModuleSpec } from '../model/module.ts';
import type { Place } from '../model/place.ts';
import type { Declarations } from '../model/playbook.ts';
import type { ReuseFiles } from '../model/reuse.ts';
import type { ExtraVars } from '../model/run-options.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';

/** What is wrong with a template's text. Lines and columns count from 1 in the text. */
export interface TemplateFault {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** A variables file as a layer, or what is wrong with it. */
export interface VarsFile {
  readonly layer?: VariableLayer | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What validation is given from outside. */
export interface ValidateOptions {
  /** Every module by its name; further names of modules may be in it or not. */
  readonly modules: ReadonlyMap<string, ModuleSpec>;
  /** `-e`: it gives the values of `params`. */
  readonly extraVars: ExtraVars;
  /** Reads a text as a template without rendering it. */
  checkTemplate(text: string): TemplateFault | undefined;
  /**
   * Reads a file that `vars_files` names, searched beside the playbook; undefined when there is none of that name.
   *
   * @param name As written.
   * @param playbook The path of the playbook that names it.
   */
  readVarsFile(name: string, playbook: string): VarsFile | undefined | Promise<VarsFile | undefined>;
  /** Task files and roles. Without it steps that name one are refused. */
  readonly reuse?: ReuseFiles | undefined;
  /** Renders the name of a file or role that is imported; throws where it cannot be told before the run. */
  render?(text: string, variables: Readonly<Record<string, Value>>): Value;
}

/** A place that uses a declared name. */
export interface NameUse {
  readonly kind: 'event' | 'lock' | 'semaphore' | 'state' | 'queue' | 'pool';
  readonly name: string;
  readonly at: Place;
  readonly permits?: number | undefined;
}

/** Declarations while they are collected from several documents. */
export type OpenDeclarations = {
  -readonly [K in keyof Declarations]: Record<string, Declarations[K][string]>;
};

/** What the passes over one playbook share: what they were given, and what they found. */
export interface Context {
  readonly options: ValidateOptions;
  readonly uses: NameUse[];
  readonly declarations: OpenDeclarations;
  report(diagnostic: Diagnostic): void;
}
