import type { Arguments, Expression, Parameter, Statement } from './ast.ts';

/** Calls `visit` for every expression in an expression, itself first. */
export function walkExpression(expression: Expression, visit: (expression: Expression) => void): void {
  visit(expression);
  for (const child of childExpressions(expression)) walkExpression(child, visit);
}

/** Calls `visit` for every expression in statements, and `visitStatement` for every statement, outer ones first. */
export function walkStatements(
  statements: readonly Statement[],
  visit: (expression: Expression) => void,
  visitStatement: (statement: Statement) => void = () => undefined,
): void {
  for (const statement of statements) {
    visitStatement(statement);
    for (const expression of statementExpressions(statement)) walkExpression(expression, visit);
    for (const body of statementBodies(statement)) walkStatements(body, visit, visitStatement);
  }
}

/** The expressions directly inside an expression. */
export function childExpressions(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'list':
    case 'tuple':
      return e.items;
    case 'dict':
      return e.pairs.flat();
    case 'not':
    case 'negative':
    case 'positive':
      return [e.operand];
    case 'and':
    case 'or':
    case 'binary':
      return [e.left, e.right];
    case 'concat':
      return e.parts;
    case 'compare':
      return [e.first, ...e.rest.map((part) => part.operand)];
    case 'condition':
      return present([e.test, e.value, e.otherwise]);
    case 'attribute':
      return [e.target];
    case 'item':
      return [e.target, e.key];
    case 'slice':
      return present([e.target, e.start, e.stop, e.step]);
    default:
      return [...present([e.target]), ...argumentExpressions(e.arguments)];
  }
}

/** The expressions of a call's arguments. */
export function argumentExpressions(given: Arguments): readonly Expression[] {
  return present([
    ...given.positional,
    ...given.named.map(([, value]) => value),
    given.rest,
    given.restNamed,
  ]);
}

function present(expressions: readonly (Expression | undefined)[]): Expression[] {
  return expressions.filter((e) => e !== undefined);
}

function fallbacks(parameters: readonly Parameter[]): Expression[] {
  return present(parameters.map((p) => p.fallback));
}

function statementExpressions(s: Statement): readonly Expression[] {
  switch (s.kind) {
    case 'output':
    case 'set':
    case 'do':
    case 'autoescape':
      return [s.value];
    case 'if':
      return s.branches.map((branch) => branch.test);
    case 'for':
      return present([s.iterable, s.test]);
    case 'set-block':
      return present([s.filter]);
    case 'with':
      return s.bindings.map(([, value]) => value);
    case 'macro':
      return fallbacks(s.parameters);
    case 'call-block':
      return [...fallbacks(s.parameters), s.call];
    case 'filter-block':
      return [s.filter];
    case 'extends':
    case 'include':
    case 'import':
      return [s.template];
    default:
      return [];
  }
}

function statementBodies(s: Statement): readonly (readonly Statement[])[] {
  if (s.kind === 'if') return [...s.branches.map((branch) => branch.body), s.otherwise];
  if (s.kind === 'for') return [s.body, s.otherwise];
  return 'body' in s ? [s.body] : [];
}
