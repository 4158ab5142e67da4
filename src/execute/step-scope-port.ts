import type { TemplateFileOptions } from '../model/module.ts';
import type { Condition } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';

/** The variables of one step on one host, and what templates come to in them. Every method throws a `TemplateError`. */
export interface StepScope {
  /** A template as text. */
  text(template: string): string;
  /** A value with all templates in it rendered; a text that is one expression keeps its type. May be the `omit` mark. */
  value(value: Value): Value;
  /** Whether a condition holds. */
  holds(condition: Condition): boolean;
  /** The value of an expression without braces. */
  evaluate(expression: string): Value;
  /** A template file's text, rendered. */
  file(text: string, options: TemplateFileOptions): string;
  /** A variable, rendered; undefined when there is none. */
  variable(name: string): Value | undefined;
  /** The names of all variables. */
  names(): readonly string[];
  /** The same with further variables above all others. Their values are data, never templates. */
  with(values: Readonly<Record<string, Value>>): StepScope;
}
