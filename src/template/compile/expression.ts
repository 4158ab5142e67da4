import { Secret } from '../../model/value.ts';
import { type Datum, Markup, tuple, Undefined } from '../datum.ts';
import type { Site } from '../errors.ts';
import { seal } from '../native.ts';
import { arithmetic, signed } from '../python/arithmetic.ts';
import { compare, equals } from '../python/compare.ts';
import { contains } from '../python/contains.ts';
import { dictSet, type OwnDict } from '../python/dict.ts';
import { escapeHtml } from '../python/html.ts';
import { getAttribute, getItem } from '../python/members.ts';
import { float } from '../python/number.ts';
import { slice } from '../python/slice.ts';
import { toText } from '../python/text.ts';
import { isTruthy } from '../python/types.ts';
import type { TemplateRun } from '../run.ts';
import type { CompareOperator, Expression } from '../syntax/ast.ts';
import { compileCall, compileFilter, compileTest } from './call.ts';
import type { Frame } from './frame.ts';
import { pathOf } from './path.ts';
import type { Compiler, Evaluate } from './types.ts';

/** Makes an expression ready to evaluate. */
export function compileExpression(compiler: Compiler, e: Expression): Evaluate {
  const site: Site = { unit: compiler.unit, offset: e.offset };
  switch (e.kind) {
    case 'literal': {
      const value: Datum = e.float === true && typeof e.value === 'number' ? float(e.value) : e.value;
      return () => value;
    }
    case 'name':
      return (run, frame) => {
        run.step();
        return run.lookup(frame, e.name, site);
      };
    case 'list':
    case 'tuple':
      return compileItems(e.items.map(compiler.expression), e.kind === 'tuple');
    case 'dict':
      return compileDict(
        e.pairs.map(([key, value]) => [compiler.expression(key), compiler.expression(value)]),
        site,
      );
    case 'not':
    case 'negative':
    case 'positive':
      return compileUnary(compiler.expression(e.operand), e.kind, site);
    case 'and':
    case 'or':
      return compileLogic(compiler.expression(e.left), compiler.expression(e.right), e.kind === 'and');
    case 'binary': {
      const left = compiler.expression(e.left);
      const right = compiler.expression(e.right);
      return (run, frame) => {
        const a = left(run, frame);
        const b = right(run, frame);
        run.step();
        run.site = site;
        return arithmetic(run, e.operator, a, b);
      };
    }
    case 'concat':
      return compileConcat(e.parts.map(compiler.expression), site);
    case 'compare':
      return compileCompare(compiler, e, site);
    case 'condition':
      return compileCondition(compiler, e, site);
    default:
      return compileAccess(compiler, e, site);
  }
}

function compileAccess(compiler: Compiler, e: Expression, site: Site): Evaluate {
  switch (e.kind) {
    case 'attribute': {
      const target = compiler.expression(e.target);
      const path = pathOf(e);
      return (run, frame) => {
        const value = target(run, frame);
        run.step();
        run.site = site;
        return getAttribute(run, value, e.name, path);
      };
    }
    case 'item': {
      const target = compiler.expression(e.target);
      const key = compiler.expression(e.key);
      const path = pathOf(e);
      return (run, frame) => {
        const value = target(run, frame);
        const at = key(run, frame);
        run.step();
        run.site = site;
        return getItem(run, value, at, path);
      };
    }
    case 'slice':
      return compileSlice(compiler, e, site);
    case 'call':
      return compileCall(compiler, e);
    case 'filter':
      return compileFilter(compiler, e);
    case 'test':
      return compileTest(compiler, e);
    default:
      throw new Error(`unexpected expression ${e.kind}`);
  }
}

function compileItems(items: readonly Evaluate[], isTuple: boolean): Evaluate {
  return (run, frame) => {
    run.step();
    const values = items.map((item) => item(run, frame));
    return isTuple ? tuple(values) : values;
  };
}

function compileDict(pairs: readonly (readonly [Evaluate, Evaluate])[], site: Site): Evaluate {
  return (run, frame) => {
    run.step();
    const dict: OwnDict = new Map();
    for (const [key, value] of pairs) {
      const at = key(run, frame);
      const item = value(run, frame);
      run.site = site;
      dictSet(run, dict, at, item);
    }
    return dict;
  };
}

function compileUnary(operand: Evaluate, kind: 'not' | 'negative' | 'positive', site: Site): Evaluate {
  if (kind === 'not') return (run, frame) => !isTruthy(operand(run, frame));
  return (run, frame) => {
    const value = operand(run, frame);
    run.site = site;
    return signed(run, kind === 'negative', value);
  };
}

function compileLogic(left: Evaluate, right: Evaluate, isAnd: boolean): Evaluate {
  return (run, frame) => {
    run.step();
    const value = left(run, frame);
    return isTruthy(value) === isAnd ? right(run, frame) : value;
  };
}

function compileConcat(parts: readonly Evaluate[], site: Site): Evaluate {
  return (run, frame) => {
    const before = run.revealed;
    const values = parts.map((part) => part(run, frame));
    run.step();
    run.site = site;
    run.revealed = undefined;
    const html = run.autoescape && values.some((value) => value instanceof Markup);
    let text = '';
    for (const value of values) {
      const piece = toText(run, value);
      text += html && !(value instanceof Markup) ? escapeHtml(piece) : piece;
    }
    const secret = run.revealed;
    run.revealed = before;
    run.spend(text.length);
    const result = html ? new Markup(text) : text;
    return secret === undefined ? result : seal(result, secret);
  };
}

function compileCompare(compiler: Compiler, e: Expression & { kind: 'compare' }, site: Site): Evaluate {
  const first = compiler.expression(e.first);
  const rest = e.rest.map(({ operator, operand }) => ({ operator, operand: compiler.expression(operand) }));
  return (run: TemplateRun, frame: Frame) => {
    run.step();
    let left = first(run, frame);
    for (const { operator, operand } of rest) {
      const right = operand(run, frame);
      run.site = site;
      if (!holds(run, operator, left, right)) return false;
      left = right;
    }
    return true;
  };
}

function holds(run: TemplateRun, operator: CompareOperator, a: Datum, b: Datum): boolean {
  switch (operator) {
    case '==':
      return equals(run, a, b);
    case '!=':
      return !equals(run, a, b);
    case 'in':
      return contains(run, b, a);
    case 'not in':
      return !contains(run, b, a);
    case '<':
      return compare(run, a, b, operator) < 0;
    case '<=':
      return compare(run, a, b, operator) <= 0;
    case '>':
      return compare(run, a, b, operator) > 0;
    default:
      return compare(run, a, b, operator) >= 0;
  }
}

function compileCondition(compiler: Compiler, e: Expression & { kind: 'condition' }, site: Site): Evaluate {
  const test = compiler.expression(e.test);
  const value = compiler.expression(e.value);
  const otherwise = e.otherwise === undefined ? undefined : compiler.expression(e.otherwise);
  const hint = 'the inline "if" was false and has no "else"';
  return (run, frame) => {
    run.step();
    if (isTruthy(test(run, frame))) return value(run, frame);
    return otherwise === undefined
      ? new Undefined(undefined, site, { hint, silent: true })
      : otherwise(run, frame);
  };
}

function compileSlice(compiler: Compiler, e: Expression & { kind: 'slice' }, site: Site): Evaluate {
  const target = compiler.expression(e.target);
  const part = (expression: Expression | undefined) =>
    expression === undefined ? () => undefined : compiler.expression(expression);
  const [start, stop, step] = [part(e.start), part(e.stop), part(e.step)];
  return (run, frame) => {
    const value = target(run, frame);
    const parts = { start: start(run, frame), stop: stop(run, frame), step: step(run, frame) };
    run.step();
    run.site = site;
    if (value instanceof Undefined) throw value.toError();
    if (value instanceof Secret) return seal(slice(run, run.open(value), parts), value.name);
    return slice(run, value, parts);
  };
}
