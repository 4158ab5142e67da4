import type { Secret, Value } from '../model/value.ts';
import type { Limits } from './budget.ts';
import type { TemplateProblem } from './errors.ts';
import type { NameReference } from './references.ts';
import type { ScopeParts } from './scope.ts';
import type { Scope } from './scope-types.ts';
import type { TemplateSyntax } from './syntax/options.ts';

/** How YAML is written by `to_yaml` and `to_nice_yaml`. */
export interface YamlStyle {
  /** Spaces of each level. */
  readonly indent: number;
  /** Characters of a line before long text is folded. */
  readonly width: number;
  readonly sortKeys: boolean;
  /** Lists and mappings in block style throughout; else innermost ones on one line. */
  readonly block: boolean;
  /** Whether `---` goes in front. */
  readonly explicitStart: boolean;
  /** Whether `...` ends the document. */
  readonly explicitEnd: boolean;
}

/** What kind of file a test of the controller's files asks about. */
export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** For a link: what it leads to; undefined where it leads nowhere. */
  readonly target?: 'file' | 'directory' | 'other' | undefined;
  /** Whether something is mounted there. */
  readonly mount?: boolean | undefined;
}

/** The text of another template, or that with the name which it goes by from then on, such as its path. */
export type LoadedTemplate = string | { readonly name: string; readonly text: string };

/** What the engine is given from outside. Each is optional: without it, what needs it fails and says so. */
export interface EngineServices {
  /** Reads YAML. */
  readonly parseYaml?: ((text: string) => Value) | undefined;
  readonly stringifyYaml?: ((value: Value, style: YamlStyle) => string) | undefined;
  /** Carries out a lookup; its results are data. `scope` is that of the template that asks. */
  readonly lookup?:
    | ((
        name: string,
        terms: readonly Value[],
        options: Readonly<Record<string, Value>>,
        scope: Scope,
      ) => readonly Value[])
    | undefined;
  /**
   * Reads a template that the one named `from` includes, imports or extends; undefined where there is none. `folders`
   * are those of the variable `ansible_search_path`, in which what the step uses is looked for.
   */
  readonly loadTemplate?:
    | ((name: string, from: string, folders: readonly string[]) => LoadedTemplate | undefined)
    | undefined;
  /** Looks at a path on the controller; undefined where nothing is there. */
  readonly statFile?: ((path: string) => FileFacts | undefined) | undefined;
  /** Whether an event is set, for the test `event_set`. */
  readonly isEventSet?: ((name: string) => boolean) | undefined;
  /** Encrypts and decrypts by a password; for `vault` and `unvault`. */
  readonly vault?:
    | {
        seal(text: string, password: string, label: string, salt: string | undefined): string;
        /** @throws Error where the password does not fit or the text is damaged. */
        open(text: string, password: string): string;
      }
    | undefined;
  /** The home directory of a user, or of this one; for `expanduser`. */
  readonly homeDirectory?: ((user: string | undefined) => string | undefined) | undefined;
  /** An environment variable, for `expandvars`. */
  readonly environment?: ((name: string) => string | undefined) | undefined;
  /** The real path of a file on the controller; for `realpath`. */
  readonly realPath?: ((path: string) => string) | undefined;
  /** Milliseconds, for the time budget and `strftime`. Default: the system clock. */
  readonly now?: (() => number) | undefined;
}

/** How an engine behaves. */
export interface EngineSettings {
  readonly limits?: Partial<Limits> | undefined;
  /** What `{{ none }}` prints. Jinja2 prints `None`, Ansible nothing. Default `None`. */
  readonly noneText?: string | undefined;
  /** Whether ranges and the views of mappings print as lists, as in Ansible. Default false. */
  readonly viewsAsLists?: boolean | undefined;
}

/** What one rendering is told. */
export interface RenderOptions {
  /** What messages call the template. Default `template`. */
  readonly name?: string | undefined;
  /** Delimiters and whitespace rules. Default: Jinja2's, with `trim_blocks`. */
  readonly syntax?: TemplateSyntax | undefined;
}

/** What the evaluation of a condition is told. */
export interface ConditionOptions extends RenderOptions {
  /**
   * Whether a bare name that holds a text is true for every text but the empty one, as in Ansible. Default false: the
   * texts `no`, `false`, `off` and `0` are false too.
   */
  readonly anyTextHolds?: boolean | undefined;
}

/** A `when`, `changed_when` or the like: an expression, a boolean, or a list of them that must all hold. */
export type Condition = Value;

/** The template engine. Every method is synchronous; those that render throw a `TemplateError`. */
export interface TemplateEngine {
  /** A template as text; a secret when it read one. A text without tags comes back as it is. */
  render(text: string, scope: Scope, options?: RenderOptions): string | Secret;
  /** As `render`, but a text that is exactly one `{{ expression }}` keeps the type of its value. */
  renderNative(text: string, scope: Scope, options?: RenderOptions): Value;
  /** Renders the strings in a value, keys included; keys and items that come to `omitMark` are dropped. */
  renderValue(value: Value, scope: Scope, options?: RenderOptions): Value;
  /** The value of a bare expression. */
  evaluate(expression: string, scope: Scope, options?: RenderOptions): Value;
  /**
   * Whether a condition holds. A bare name whose value is the text `no`, `false`, `off` or `0` does not, unless
   * `anyTextHolds`; the same texts made by `{{ … }}` never do.
   */
  evaluateCondition(condition: Condition, scope: Scope, options?: ConditionOptions): boolean;
  /** What is wrong with the text of a template, or undefined. */
  validate(text: string, options?: RenderOptions): TemplateProblem | undefined;
  /** What is wrong with the text of a bare expression, or undefined. */
  validateExpression(expression: string, options?: RenderOptions): TemplateProblem | undefined;
  /** The names that a template reads from its scope. Names that it sets itself are not among them. */
  freeVariables(text: string): Set<string>;
  /** Every read of a name from the scope, with its path and whether the template guards against its absence. */
  references(text: string): readonly NameReference[];
  /** As `references`, for a bare expression or a condition. */
  expressionReferences(expression: string): readonly NameReference[];
  createScope(parts: ScopeParts): Scope;
  readonly filterNames: readonly string[];
  readonly testNames: readonly string[];
}
