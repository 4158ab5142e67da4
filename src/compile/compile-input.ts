import type { Dialect } from '../model/document.ts';
import type { Condition } from '../model/playbook.ts';
import type { Selection } from '../model/run-options.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';

/** Raw variables by name; a value that is a template is rendered when it is read. */
export type RawVariables = Readonly<Record<string, Value>>;

/** One read of a variable by its root name. */
export interface VariableRead {
  readonly name: string;
  /** The attributes and literal keys read from it, as far as whoever reads the text tells them. */
  readonly path?: readonly string[] | undefined;
  /** Whether the text allows for its absence: `is defined`, `default`. */
  readonly guarded: boolean;
}

/** What compiling needs of the template language. Each function throws when the text is wrong. */
export interface CompileTemplates {
  /** Whether a condition of a play in this dialect holds. */
  evaluateCondition(condition: string, variables: RawVariables, dialect: Dialect): boolean;
  /** Renders a template; text that is one expression keeps its type. */
  renderNative(text: string, variables: RawVariables): Value;
  /** Every read of a variable that the text does not itself define. `condition`: an expression without braces. */
  references(text: string, form: 'template' | 'condition'): readonly VariableRead[];
}

/** What compiling needs to know of a module. */
export interface ModuleTraits {
  /** Whether the module looks at the host's facts by itself. */
  readonly readsFacts?: boolean | undefined;
  /** Parameters that hold expressions without braces (`assert: that`). */
  readonly rawParams?: readonly string[] | undefined;
}

/** Everything `compile` is given besides the playbook and the inventory. */
export interface CompileOptions {
  readonly selection: Selection;
  readonly extraVars: readonly VariableLayer[];
  readonly engine: CompileTemplates;
  /** By canonical name. A module without an entry reads no facts and has no raw parameters. */
  readonly modules: ReadonlyMap<string, ModuleTraits>;
  /**
   * The text of a template file of the controller, for the names it reads; undefined where it cannot be read. The folders
   * are searched before the playbook's own.
   */
  readonly readTemplate?: ((src: string, folders: readonly string[]) => string | undefined) | undefined;
  /** The text of a file of host patterns (`@FILE`); undefined where it cannot be read. */
  readonly readPatternFile?: ((path: string) => string | undefined) | undefined;
  /** Whether the facts of a host are known before the run, so that no play need gather them. Default: of none. */
  readonly hasFacts?: ((host: string) => boolean) | undefined;
  /** Draws from [0, 1) for `order: shuffle`. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** A condition as text; a literal true or false as that word. */
export function conditionText(condition: Condition): string {
  return typeof condition === 'string' ? condition : condition ? 'true' : 'false';
}
