import type {
  BlockStatement,
  Expression,
  MacroStatement,
  Parameter,
  Statement,
  Target,
} from './syntax/ast.ts';
import { argumentExpressions, childExpressions } from './syntax/walk.ts';

/** One read of a name from outside the template. */
export interface NameReference {
  readonly name: string;
  /** The attributes and literal keys read from it: `['eth0', 'mtu']`. */
  readonly path: readonly string[];
  /** Whether the template copes with its absence: `is defined`, `default`, or a condition that asks for it. */
  readonly guarded: boolean;
  /** Characters from the start of the template's text. */
  readonly offset: number;
}

interface Walk {
  readonly found: NameReference[];
  readonly bound: ReadonlySet<string>;
  readonly guards: ReadonlySet<string>;
}

const lenientFilters: ReadonlySet<string> = new Set(['default', 'd', 'mandatory']);
const definedTests: ReadonlySet<string> = new Set(['defined', 'undefined']);

/** The reads of names in statements that the statements do not set themselves. */
export function statementReferences(statements: readonly Statement[]): NameReference[] {
  const found: NameReference[] = [];
  walkBody(
    { found, bound: new Set(['self', 'super', 'varargs', 'kwargs', 'caller']), guards: new Set() },
    statements,
  );
  return found;
}

/** The reads of names in an expression. */
export function expressionReferences(expression: Expression): NameReference[] {
  const found: NameReference[] = [];
  walkExpression({ found, bound: new Set(), guards: new Set() }, expression, false);
  return found;
}

function bind(walk: Walk, names: Iterable<string>): Walk {
  return { ...walk, bound: new Set([...walk.bound, ...names]) };
}

function guard(walk: Walk, names: Iterable<string>): Walk {
  return { ...walk, guards: new Set([...walk.guards, ...names]) };
}

function walkExpression(walk: Walk, e: Expression, guarded: boolean): void {
  switch (e.kind) {
    case 'name':
    case 'attribute':
    case 'item':
      readPath(walk, e, guarded);
      return;
    case 'condition': {
      walkExpression(walk, e.test, guarded);
      walkExpression(guard(walk, definedIn(e.test, true)), e.value, guarded);
      if (e.otherwise !== undefined)
        walkExpression(guard(walk, definedIn(e.test, false)), e.otherwise, guarded);
      return;
    }
    case 'and':
    case 'or':
      walkExpression(walk, e.left, guarded);
      walkExpression(guard(walk, definedIn(e.left, e.kind === 'and')), e.right, guarded);
      return;
    case 'filter':
      if (e.target !== undefined) walkExpression(walk, e.target, guarded || lenientFilters.has(e.name));
      for (const argument of argumentExpressions(e.arguments)) walkExpression(walk, argument, guarded);
      return;
    case 'test':
      walkExpression(walk, e.target, guarded || definedTests.has(e.name));
      for (const argument of argumentExpressions(e.arguments)) walkExpression(walk, argument, guarded);
      return;
    default:
      for (const child of childExpressions(e)) walkExpression(walk, child, guarded);
  }
}

function readPath(
  walk: Walk,
  e: Expression & { kind: 'name' | 'attribute' | 'item' },
  guarded: boolean,
): void {
  const path: string[] = [];
  let inner: Expression = e;
  while (inner.kind === 'attribute' || inner.kind === 'item') {
    if (inner.kind === 'attribute') path.unshift(inner.name);
    else {
      walkExpression(walk, inner.key, false);
      if (inner.key.kind === 'literal') path.unshift(String(inner.key.value));
      else path.length = 0;
    }
    inner = inner.target;
  }
  if (inner.kind !== 'name') {
    walkExpression(walk, inner, guarded);
    return;
  }
  if (walk.bound.has(inner.name)) return;
  walk.found.push({
    name: inner.name,
    path,
    guarded: guarded || walk.guards.has(inner.name),
    offset: inner.offset,
  });
}

/** The names that are defined where a test has come out as `outcome`. */
function definedIn(test: Expression, outcome: boolean): string[] {
  if (test.kind === 'not') return definedIn(test.operand, !outcome);
  if (test.kind === 'and' && outcome) return [...definedIn(test.left, true), ...definedIn(test.right, true)];
  if (test.kind === 'or' && !outcome)
    return [...definedIn(test.left, false), ...definedIn(test.right, false)];
  if (test.kind !== 'test' || !definedTests.has(test.name)) return [];
  const means = (test.name === 'defined') !== test.negated;
  if (means !== outcome) return [];
  let inner = test.target;
  while (inner.kind === 'attribute' || inner.kind === 'item') inner = inner.target;
  return inner.kind === 'name' ? [inner.name] : [];
}

/** Walks statements in order; names set by one are bound for those behind it. */
function walkBody(start: Walk, statements: readonly Statement[]): Walk {
  let walk = start;
  for (const s of statements) walk = walkStatement(walk, s);
  return walk;
}

function walkStatement(walk: Walk, s: Statement): Walk {
  switch (s.kind) {
    case 'output':
    case 'do':
      walkExpression(walk, s.value, false);
      return walk;
    case 'set':
      walkExpression(walk, s.value, false);
      return bind(walk, targetNames(walk, s.target));
    case 'set-block':
      walkBody(walk, s.body);
      if (s.filter !== undefined) walkExpression(walk, s.filter, false);
      return bind(walk, targetNames(walk, s.target));
    case 'if':
      return walkIf(walk, s);
    case 'for': {
      walkExpression(walk, s.iterable, false);
      const inner = bind(walk, [...targetNames(walk, s.target), 'loop']);
      if (s.test !== undefined) walkExpression(inner, s.test, false);
      walkBody(s.test === undefined ? inner : guard(inner, definedIn(s.test, true)), s.body);
      walkBody(walk, s.otherwise);
      return walk;
    }
    default:
      return walkOther(walk, s);
  }
}

function walkOther(walk: Walk, s: Statement): Walk {
  switch (s.kind) {
    case 'with': {
      for (const [, value] of s.bindings) walkExpression(walk, value, false);
      walkBody(
        bind(
          walk,
          s.bindings.flatMap(([target]) => targetNames(walk, target)),
        ),
        s.body,
      );
      return walk;
    }
    case 'macro':
    case 'block':
      return walkDefinition(walk, s);
    case 'call-block':
      walkExpression(walk, s.call, false);
      walkParameters(walk, s.parameters, s.body);
      return walk;
    case 'filter-block':
      walkExpression(walk, s.filter, false);
      walkBody(walk, s.body);
      return walk;
    case 'autoescape':
      walkExpression(walk, s.value, false);
      return walkBody(walk, s.body);
    case 'extends':
    case 'include':
      walkExpression(walk, s.template, false);
      return walk;
    case 'import':
      walkExpression(walk, s.template, false);
      return bind(walk, typeof s.as === 'string' ? [s.as] : s.as.map(([, alias]) => alias));
    default:
      return walk;
  }
}

function walkDefinition(walk: Walk, s: MacroStatement | BlockStatement): Walk {
  if (s.kind === 'block') {
    walkBody(walk, s.body);
    return walk;
  }
  const named = bind(walk, [s.name]);
  walkParameters(named, s.parameters, s.body);
  return named;
}

function walkParameters(walk: Walk, parameters: readonly Parameter[], body: readonly Statement[]): void {
  const inner = bind(
    walk,
    parameters.map((p) => p.name),
  );
  for (const { fallback } of parameters) if (fallback !== undefined) walkExpression(inner, fallback, false);
  walkBody(inner, body);
}

/** Names set in any branch count as set behind the `if`: whether they are, only the run knows. */
function walkIf(walk: Walk, s: Statement & { kind: 'if' }): Walk {
  let before = walk;
  const bound = new Set<string>();
  for (const { test, body } of s.branches) {
    walkExpression(before, test, false);
    for (const name of walkBody(guard(before, definedIn(test, true)), body).bound) bound.add(name);
    before = guard(before, definedIn(test, false));
  }
  for (const name of walkBody(before, s.otherwise).bound) bound.add(name);
  return bind(walk, bound);
}

function targetNames(walk: Walk, target: Target): string[] {
  switch (target.kind) {
    case 'name':
      return [target.name];
    case 'member':
      readPath(walk, { kind: 'name', name: target.name, offset: target.offset }, false);
      return [];
    case 'targets':
      return target.items.flatMap((item) => targetNames(walk, item));
  }
}
