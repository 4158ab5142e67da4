import { type CallArguments, type Datum, TemplateObject, Undefined } from '../datum.ts';
import { type Site, syntaxError, unknownName } from '../errors.ts';
import { dictEntries, isDict } from '../python/dict.ts';
import { itemsOf } from '../python/iterate.ts';
import { callMethod, getAttribute } from '../python/members.ts';
import { toText } from '../python/text.ts';
import { typeName } from '../python/types.ts';
import type { TemplateRun } from '../run.ts';
import { shortName } from '../short-name.ts';
import type { Arguments, CallExpression, Expression, FilterExpression } from '../syntax/ast.ts';
import { pathOf } from './path.ts';
import type { Compiler, Evaluate, EvaluateArguments } from './types.ts';

const none: CallArguments = { positional: [] };

/** Makes the arguments of a call ready to evaluate. */
function compileArguments(compiler: Compiler, given: Arguments): EvaluateArguments {
  const positional = given.positional.map(compiler.expression);
  const named = given.named.map(([name, value]) => [name, compiler.expression(value)] as const);
  if (given.rest === undefined && given.restNamed === undefined && named.length === 0) {
    if (positional.length === 0) return () => none;
    return (run, frame) => ({ positional: positional.map((value) => value(run, frame)) });
  }
  const rest = given.rest === undefined ? undefined : compiler.expression(given.rest);
  const restNamed = given.restNamed === undefined ? undefined : compiler.expression(given.restNamed);
  return (run, frame) => {
    const values = positional.map((value) => value(run, frame));
    const names = new Map<string, Datum>(named.map(([name, value]) => [name, value(run, frame)]));
    if (rest !== undefined) values.push(...itemsOf(run, rest(run, frame)));
    if (restNamed !== undefined) spreadNamed(run, restNamed(run, frame), names);
    return { positional: values, named: names };
  };
}

function spreadNamed(run: TemplateRun, value: Datum, names: Map<string, Datum>): void {
  if (value instanceof Undefined) throw value.toError();
  if (!isDict(value)) throw run.fail(`"**" needs a mapping, not ${typeName(value)}`);
  for (const [key, item] of dictEntries(value)) names.set(toText(run, key), item);
}

/** Calls a value that a template holds. */
function callValue(run: TemplateRun, callee: Datum, given: CallArguments, path: string): Datum {
  if (callee instanceof Undefined) throw callee.toError();
  if (!(callee instanceof TemplateObject) || !callee.isCallable) {
    throw run.fail(`"${path}" is of type ${typeName(callee)} and cannot be called`);
  }
  return callee.call(run, given);
}

/** Makes a call ready to evaluate. */
export function compileCall(compiler: Compiler, e: CallExpression): Evaluate {
  const site: Site = { unit: compiler.unit, offset: e.offset };
  const given = compileArguments(compiler, e.arguments);
  const path = pathOf(e.target);
  if (e.target.kind === 'attribute') return compileMethodCall(compiler, e.target, given, site, path);
  const callee = compiler.expression(e.target);
  return (run, frame) => {
    const value = callee(run, frame);
    if (value instanceof Undefined) throw value.toError();
    const values = given(run, frame);
    run.step();
    run.site = site;
    return callValue(run, value, values, path);
  };
}

function compileMethodCall(
  compiler: Compiler,
  target: Expression & { kind: 'attribute' },
  given: EvaluateArguments,
  site: Site,
  path: string,
): Evaluate {
  const self = compiler.expression(target.target);
  return (run, frame) => {
    const value = self(run, frame);
    if (value instanceof Undefined) throw value.toError();
    const values = given(run, frame);
    run.step();
    run.site = site;
    const own = value instanceof TemplateObject ? value.attribute(target.name) : undefined;
    if (own !== undefined) return callValue(run, own, values, path);
    const result = callMethod(run, value, target.name, values);
    if (result !== undefined) return result;
    return callValue(run, getAttribute(run, value, target.name, path), values, path);
  };
}

/** Makes a filter ready to evaluate; one without a target is given its value by `blockFilter`. */
export function compileFilter(compiler: Compiler, e: FilterExpression, input?: Evaluate): Evaluate {
  const name = shortName(e.name);
  if (!compiler.hasFilter(name)) {
    throw syntaxError(compiler.unit, e.offset, unknownName('filter', e.name, compiler.filterNames()));
  }
  const site: Site = { unit: compiler.unit, offset: e.offset };
  const inner = filterTarget(compiler, e, input);
  const given = compileArguments(compiler, e.arguments);
  return (run, frame) => {
    const value = inner(run, frame);
    const values = given(run, frame);
    run.site = site;
    return run.callFilter(name, value, values);
  };
}

function filterTarget(compiler: Compiler, e: FilterExpression, input: Evaluate | undefined): Evaluate {
  if (input !== undefined && e.target === undefined) return input;
  if (input !== undefined && e.target?.kind === 'filter') return compileFilter(compiler, e.target, input);
  if (e.target === undefined) throw syntaxError(compiler.unit, e.offset, 'the filter has nothing to work on');
  return compiler.expression(e.target);
}

/** Makes a test ready to evaluate. */
export function compileTest(compiler: Compiler, e: Expression & { kind: 'test' }): Evaluate {
  const name = shortName(e.name);
  if (!compiler.hasTest(name)) {
    throw syntaxError(compiler.unit, e.offset, unknownName('test', e.name, compiler.testNames()));
  }
  const target = compiler.expression(e.target);
  if (name === 'defined' || name === 'undefined') {
    const wanted = (name === 'defined') !== e.negated;
    return (run, frame) => {
      run.step();
      return !(target(run, frame) instanceof Undefined) === wanted;
    };
  }
  const site: Site = { unit: compiler.unit, offset: e.offset };
  const given = compileArguments(compiler, e.arguments);
  return (run, frame) => {
    const value = target(run, frame);
    const values = given(run, frame);
    run.site = site;
    return run.callTest(name, value, values) !== e.negated;
  };
}
