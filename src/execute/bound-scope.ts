import { failure } from '../model/diagnostic.ts';
import type { TemplateFileOptions } from '../model/module.ts';
import { Secret, type Value } from '../model/value.ts';
import type { ConditionOptions, TemplateEngine } from '../template/engine-types.ts';
import type { Scope } from '../template/scope-types.ts';
import { readTemplateHeader } from '../template/syntax/header.ts';
import { defaultSyntax, type TemplateSyntax } from '../template/syntax/options.ts';
import type { StepScope } from './step-scope-port.ts';
import { UnknownResultError } from './unknown-result.ts';

/** What scopes of steps share. */
export interface ScopeTools {
  readonly engine: TemplateEngine;
  /** Makes a secret known for masking and gives its text. */
  reveal(secret: Secret): string;
  /** Encrypted and unsafe parts of a value in a form that the engine renders. */
  readable(value: Value): Value;
  /** In check mode: the step whose unknown result was read since the last call. */
  takeUnknownRead: (() => string | undefined) | undefined;
}

/**
 * The engine and a scope of its as the scope of a step, in which conditions hold as `conditions` says. Reading a result
 * that is not known throws `UnknownResultError`.
 */
export function bindScope(tools: ScopeTools, scope: Scope, conditions: ConditionOptions = {}): StepScope {
  const { engine, takeUnknownRead } = tools;
  const watch = takeUnknownRead === undefined ? direct : watched(takeUnknownRead);
  const plain = (text: string | Secret) => (text instanceof Secret ? tools.reveal(text) : text);
  return {
    text: (template) => watch(() => plain(engine.render(template, scope))),
    value: (value) => watch(() => engine.renderValue(tools.readable(value), scope)),
    holds: (condition) => watch(() => engine.evaluateCondition(condition, scope, conditions)),
    evaluate: (expression) => watch(() => engine.evaluate(expression, scope)),
    file: (text, options) => watch(() => plain(renderFile(engine, text, scope, options))),
    variable: (name) =>
      watch(() => (isName(name) && scope.has(name) ? engine.evaluate(name, scope) : undefined)),
    names: () => [...scope.names()],
    with: (values) => bindScope(tools, scope.withValues(values), conditions),
  };
}

function isName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text);
}

function direct<T>(work: () => T): T {
  return work();
}

function watched(takeUnknownRead: () => string | undefined): <T>(work: () => T) => T {
  return (work) => {
    takeUnknownRead();
    let step: string | undefined;
    try {
      return work();
    } finally {
      step = takeUnknownRead();
      // What was made of an unknown value, and any complaint about it, means nothing.
      // biome-ignore lint/correctness/noUnsafeFinally: it is to replace both.
      if (step !== undefined) throw new UnknownResultError(step);
    }
  };
}

/** A template file's text, rendered under its header line and the options given; the header wins. */
export function renderFile(
  engine: TemplateEngine,
  text: string,
  scope: Scope,
  options: TemplateFileOptions,
): string | Secret {
  const file = readTemplateHeader(text, syntaxOf(options));
  if (file.problems.length > 0) throw failure('RB611', `${options.name}: ${file.problems.join('; ')}`);
  const within = options.extraVars === undefined ? scope : scope.withValues(options.extraVars);
  return engine.render(file.text, within, { name: options.name, syntax: file.syntax });
}

const newlines: Readonly<Record<string, TemplateSyntax['newline']>> = {
  '\n': '\n',
  '\\n': '\n',
  '\r\n': '\r\n',
  '\\r\\n': '\r\n',
  '\r': '\r',
  '\\r': '\r',
};

function syntaxOf(options: TemplateFileOptions): TemplateSyntax {
  return {
    ...defaultSyntax,
    blockStart: options.blockStart ?? defaultSyntax.blockStart,
    blockEnd: options.blockEnd ?? defaultSyntax.blockEnd,
    variableStart: options.variableStart ?? defaultSyntax.variableStart,
    variableEnd: options.variableEnd ?? defaultSyntax.variableEnd,
    commentStart: options.commentStart ?? defaultSyntax.commentStart,
    commentEnd: options.commentEnd ?? defaultSyntax.commentEnd,
    trimBlocks: options.trimBlocks ?? defaultSyntax.trimBlocks,
    lstripBlocks: options.lstripBlocks ?? defaultSyntax.lstripBlocks,
    newline: newlines[options.newlineSequence ?? '\n'] ?? '\n',
  };
}
