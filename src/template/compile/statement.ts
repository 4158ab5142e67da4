import { assertNever } from '../../lib/assert-never.ts';
import type { Datum } from '../datum.ts';
import { isTruthy } from '../python/types.ts';
import type { TemplateRun } from '../run.ts';
import type { Expression, Statement } from '../syntax/ast.ts';
import { compileTarget } from './assign.ts';
import { compileBlock } from './block.ts';
import { compileFilter } from './call.ts';
import { compileFor } from './for.ts';
import type { Frame } from './frame.ts';
import { compileCallBlock, compileMacro } from './macro.ts';
import { compileExtends, compileImport, compileInclude } from './module.ts';
import { Output } from './output.ts';
import { type Compiler, type Evaluate, type Execute, flow } from './types.ts';

/** Makes statements ready to run, one after the other. */
export function compileStatements(compiler: Compiler, statements: readonly Statement[]): Execute {
  const [first, ...others] = statements.map((s) => compileStatement(compiler, s));
  if (first === undefined) return () => flow.next;
  if (others.length === 0) return first;
  const all = [first, ...others];
  return (run, frame, out) => {
    for (const execute of all) {
      const result = execute(run, frame, printsNothing(frame) ? new Output() : out);
      if (result !== flow.next) return result;
    }
    return flow.next;
  };
}

/** Behind `extends`, the child's own text is dropped. */
function printsNothing(frame: Frame): boolean {
  return frame.inheritance.renderParent !== undefined && frame === frame.inheritance.root;
}

function compileStatement(compiler: Compiler, s: Statement): Execute {
  switch (s.kind) {
    case 'text':
      return (run, _frame, out) => {
        run.write(out, s.text);
        return flow.next;
      };
    case 'output': {
      const value = compiler.expression(s.value);
      const site = { unit: compiler.unit, offset: s.offset };
      return (run, frame, out) => {
        const result = value(run, frame);
        run.site = site;
        run.print(out, result);
        return flow.next;
      };
    }
    case 'do': {
      const value = compiler.expression(s.value);
      return (run, frame) => {
        value(run, frame);
        return flow.next;
      };
    }
    case 'break':
      return () => flow.break;
    case 'continue':
      return () => flow.continue;
    case 'if':
      return compileIf(compiler, s);
    case 'for':
      return compileFor(compiler, s);
    default:
      return compileOther(compiler, s);
  }
}

type OtherStatement = Exclude<
  Statement,
  { kind: 'text' | 'output' | 'do' | 'break' | 'continue' | 'if' | 'for' }
>;

function compileOther(compiler: Compiler, s: OtherStatement): Execute {
  switch (s.kind) {
    case 'set':
      return compileSet(compiler, s);
    case 'set-block':
      return compileSetBlock(compiler, s);
    case 'with':
      return compileWith(compiler, s);
    case 'macro':
      return compileMacro(compiler, s);
    case 'call-block':
      return compileCallBlock(compiler, s);
    case 'filter-block':
      return compileFilterBlock(compiler, s);
    case 'autoescape':
      return compileAutoescape(compiler, s);
    case 'block':
      return compileBlock(compiler, s);
    case 'extends':
      return compileExtends(compiler, s);
    case 'include':
      return compileInclude(compiler, s);
    case 'import':
      return compileImport(compiler, s);
    default:
      return assertNever(s);
  }
}

function compileIf(compiler: Compiler, s: Statement & { kind: 'if' }): Execute {
  const branches = s.branches.map(({ test, body }) => ({
    test: compiler.expression(test),
    body: compiler.statements(body),
  }));
  const otherwise = compiler.statements(s.otherwise);
  return (run, frame, out) => {
    for (const { test, body } of branches) {
      run.step();
      if (isTruthy(test(run, frame))) return body(run, frame, out);
    }
    return otherwise(run, frame, out);
  };
}

function compileSet(compiler: Compiler, s: Statement & { kind: 'set' }): Execute {
  const assign = compileTarget(compiler, s.target);
  const value = compiler.expression(s.value);
  return (run, frame) => {
    run.step();
    assign(run, frame, value(run, frame));
    return flow.next;
  };
}

/** Runs a body into an output of its own and gives what it made. */
function capture(run: TemplateRun, frame: Frame, body: Execute): Datum {
  const out = new Output();
  body(run, frame.child(), out);
  return run.captured(out);
}

/** Makes filters behind a block ready: they work on the text that `input` gives. */
function compileBlockFilter(compiler: Compiler, filter: Expression, input: Evaluate): Evaluate {
  return filter.kind === 'filter' ? compileFilter(compiler, filter, input) : compiler.expression(filter);
}

function compileSetBlock(compiler: Compiler, s: Statement & { kind: 'set-block' }): Execute {
  const assign = compileTarget(compiler, s.target);
  const body = compiler.statements(s.body);
  const captured: Evaluate = (run, frame) => capture(run, frame, body);
  const value = s.filter === undefined ? captured : compileBlockFilter(compiler, s.filter, captured);
  return (run, frame) => {
    assign(run, frame, value(run, frame));
    return flow.next;
  };
}

function compileFilterBlock(compiler: Compiler, s: Statement & { kind: 'filter-block' }): Execute {
  const body = compiler.statements(s.body);
  const value = compileBlockFilter(compiler, s.filter, (run, frame) => capture(run, frame, body));
  return (run, frame, out) => {
    run.print(out, value(run, frame));
    return flow.next;
  };
}

function compileWith(compiler: Compiler, s: Statement & { kind: 'with' }): Execute {
  const bindings = s.bindings.map(([target, value]) => ({
    assign: compileTarget(compiler, target),
    value: compiler.expression(value),
  }));
  const body = compiler.statements(s.body);
  return (run, frame, out) => {
    const inner = frame.child();
    // All values are read before any name is set: they see the names outside.
    const values = bindings.map(({ value }) => value(run, frame));
    bindings.forEach(({ assign }, i) => {
      assign(run, inner, values[i] ?? null);
    });
    return body(run, inner, out);
  };
}

function compileAutoescape(compiler: Compiler, s: Statement & { kind: 'autoescape' }): Execute {
  const value = compiler.expression(s.value);
  const body = compiler.statements(s.body);
  return (run, frame, out) => {
    const before = run.autoescape;
    run.autoescape = isTruthy(value(run, frame));
    try {
      return body(run, frame, out);
    } finally {
      run.autoescape = before;
    }
  };
}
