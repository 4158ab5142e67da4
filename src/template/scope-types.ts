import type { Place } from '../model/place.ts';
import type { Value } from '../model/value.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Datum } from './datum.ts';

/** Where a name is defined. */
export interface Definition {
  readonly name: string;
  /** The layer it stands in, for people. */
  readonly label: string;
  readonly place: Place | undefined;
}

/**
 * The names that a template sees. A name's value is made when it is read: strings of templated layers are templates
 * themselves, rendered in this same scope, once. Values of other layers are data and stay as they are.
 */
export interface Scope {
  /** Whether a template that comes to nothing gives an empty text, and one that comes to a text that looks like data gives that data. */
  readonly textsAsData: boolean;
  /**
   * The value of a name, or undefined where it is not defined. A variable whose own template reads an undefined name
   * gives an undefined value.
   *
   * @throws TemplateError when the variable's template fails, or variables refer to each other in a circle.
   */
  get(name: string): Datum | undefined;
  has(name: string): boolean;
  names(): Set<string>;
  /** Where the name that `get` reads is defined; undefined for magic names and unknown ones. */
  definition(name: string): Definition | undefined;
  /** A scope with one more layer, which takes its place in the order of precedence. Costs nothing until read. */
  withLayer(layer: VariableLayer): Scope;
  /** A scope with names that hide all others, such as a loop's item. They are data unless `templated` says so. */
  withValues(
    values: Readonly<Record<string, Value>>,
    options?: { templated?: boolean; label?: string },
  ): Scope;
}

/** Renders the value of a variable: what a scope is given by the engine that makes it. */
export interface VariableRenderer {
  renderVariable(value: Value, scope: Scope, definition: Definition): Datum;
}

/** One definition as a scope finds it, with its rank among the sources of variables. */
export interface Found {
  readonly rank: number;
  readonly layer: VariableLayer | undefined;
  readonly value: Value | undefined;
  readonly make: (() => Datum) | undefined;
}
