import { didYouMean } from '../lib/suggest.ts';

/** What kind of mistake a template error is: in its text, an undefined name, an operation, or a limit. */
export type TemplateErrorKind = 'syntax' | 'undefined' | 'runtime' | 'budget';

/** Where in a template something stands. Lines and columns count from 1. */
export interface TemplatePosition {
  /** The template's name: a file's path, or what the variable or text is called. */
  readonly template: string;
  readonly line: number;
  readonly column: number;
}

/** A mistake in a template's text, as data: what `validate` returns. */
export interface TemplateProblem extends TemplatePosition {
  readonly message: string;
}

/** What a template error carries beside its message. */
export interface TemplateErrorDetails {
  readonly kind: TemplateErrorKind;
  readonly position: TemplatePosition;
  /** The undefined name, written as the template reads it: `server.port`. */
  readonly name?: string | undefined;
  /** Names near the undefined one, best first. */
  readonly suggestions?: readonly string[] | undefined;
}

/**
 * A template that cannot be read or rendered. The message is one sentence without its place; `template`, `line` and
 * `column` say where. It never holds the text of a secret.
 */
export class TemplateError extends Error {
  readonly kind: TemplateErrorKind;
  readonly template: string;
  readonly line: number;
  readonly column: number;
  readonly suggestions: readonly string[];
  /** The undefined name, where the kind is `undefined` and a name is known. */
  readonly variable: string | undefined;

  constructor(message: string, details: TemplateErrorDetails) {
    super(message);
    this.name = 'TemplateError';
    this.kind = details.kind;
    this.template = details.position.template;
    this.line = details.position.line;
    this.column = details.position.column;
    this.suggestions = details.suggestions ?? [];
    this.variable = details.name;
  }

  /** The same error with its texts changed. */
  reworded(change: (text: string) => string): TemplateError {
    const { kind, template, line, column, variable } = this;
    return new TemplateError(change(this.message), {
      kind,
      position: { template, line, column },
      suggestions: this.suggestions.map(change),
      name: variable === undefined ? undefined : change(variable),
    });
  }
}

/** One template's text with the name that messages call it by. */
export interface TemplateUnit {
  readonly name: string;
  readonly text: string;
}

/** A stretch of a template that an operation belongs to; its line and column are computed only when shown. */
export interface Site {
  readonly unit: TemplateUnit;
  /** Characters from the start of the unit's text. */
  readonly offset: number;
}

/** The line and column of a site. */
export function positionOf(site: Site): TemplatePosition {
  const before = site.unit.text.slice(0, site.offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let i = before.indexOf('\n'); i !== -1; i = before.indexOf('\n', i + 1)) line++;
  return { template: site.unit.name, line, column: site.offset - lineStart + 1 };
}

/** An error in the text of a template. */
export function syntaxError(unit: TemplateUnit, offset: number, message: string): TemplateError {
  return new TemplateError(message, { kind: 'syntax', position: positionOf({ unit, offset }) });
}

/**
 * Runs what walks a template's tree; a tree too deep for the stack is a mistake in the template.
 *
 * @throws TemplateError of kind `syntax`.
 */
export function withinStack<Result>(unit: TemplateUnit, walk: () => Result): Result {
  try {
    return walk();
  } catch (error) {
    if (error instanceof RangeError)
      throw syntaxError(unit, 0, 'the template is too large or nests too deeply');
    throw error;
  }
}

/** `no filter named "uper" — did you mean "upper"?` for the names that a template may use. */
export function unknownName(what: string, name: string, known: Iterable<string>): string {
  return `no ${what} named "${name}"${didYouMean(name, known)}`;
}
