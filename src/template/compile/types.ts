import type { CallArguments, Datum } from '../datum.ts';
import type { TemplateUnit } from '../errors.ts';
import type { TemplateRun } from '../run.ts';
import type { Expression, Statement } from '../syntax/ast.ts';
import type { BlockBody, Frame } from './frame.ts';
import type { Output } from './output.ts';

/** An expression, ready to evaluate. */
export type Evaluate = (run: TemplateRun, frame: Frame) => Datum;

/** Arguments, ready to evaluate. */
export type EvaluateArguments = (run: TemplateRun, frame: Frame) => CallArguments;

/** How a statement ended. */
export const flow = { next: 0, break: 1, continue: 2 } as const;

/** One of the ways in which a statement ends. */
export type Flow = (typeof flow)[keyof typeof flow];

/** A statement, ready to run. */
export type Execute = (run: TemplateRun, frame: Frame, out: Output) => Flow;

/** A template, ready to run. */
export interface CompiledTemplate {
  readonly unit: TemplateUnit;
  readonly body: Execute;
  readonly blocks: readonly BlockBody[];
  /** Whether it may change lists or mappings, so that variables are read as copies. */
  readonly changesValues: boolean;
  /** Whether it reads `self` outside of blocks. */
  readonly readsSelf: boolean;
  /** How many newlines the rendered text ends in at least. */
  readonly endingNewlines: number;
  /** The one expression that the text consists of, and the newlines behind it; undefined for other texts. */
  readonly single: { readonly evaluate: Evaluate; readonly tail: string } | undefined;
}

/** What the parts of the compiler need from each other. */
export interface Compiler {
  readonly unit: TemplateUnit;
  readonly expression: (expression: Expression) => Evaluate;
  readonly statements: (statements: readonly Statement[]) => Execute;
  readonly hasFilter: (name: string) => boolean;
  readonly hasTest: (name: string) => boolean;
  readonly filterNames: () => Iterable<string>;
  readonly testNames: () => Iterable<string>;
  /** The bodies of the blocks met so far. */
  readonly blocks: Map<string, BlockBody>;
  /** Another template, compiled, as the one named `from` asks for it. @throws TemplateError when its text is wrong. */
  readonly load: (name: string, from: string, folders: readonly string[]) => CompiledTemplate | undefined;
}
