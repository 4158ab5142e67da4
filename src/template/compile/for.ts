import { type Datum, type Run, Undefined } from '../datum.ts';
import type { Site } from '../errors.ts';
import { itemsOf } from '../python/iterate.ts';
import { isTruthy } from '../python/types.ts';
import type { TemplateRun } from '../run.ts';
import type { ForStatement } from '../syntax/ast.ts';
import { holdsScopedBlock, readsName } from '../syntax/reads.ts';
import { type Assign, compileTarget } from './assign.ts';
import type { Frame } from './frame.ts';
import { Loop, type Recurse } from './loop.ts';
import { Output } from './output.ts';
import { type Compiler, type Evaluate, type Execute, type Flow, flow } from './types.ts';

interface LoopParts {
  readonly assign: Assign;
  readonly test: Evaluate | undefined;
  readonly body: Execute;
  readonly otherwise: Execute;
  readonly recursive: boolean;
  /** Whether the body reads `loop`; if not, none is made. */
  readonly readsLoop: boolean;
  readonly site: Site;
}

/** Makes a `for` ready to run. */
export function compileFor(compiler: Compiler, s: ForStatement): Execute {
  const iterable = compiler.expression(s.iterable);
  const parts: LoopParts = {
    assign: compileTarget(compiler, s.target),
    test: s.test === undefined ? undefined : compiler.expression(s.test),
    body: compiler.statements(s.body),
    otherwise: compiler.statements(s.otherwise),
    recursive: s.recursive,
    readsLoop: s.recursive || readsName(s.body, 'loop') || holdsScopedBlock(s.body),
    site: { unit: compiler.unit, offset: s.iterable.offset },
  };
  return (run, frame, out) => runLoop(run, frame, out, parts, iterable(run, frame), 0);
}

function runLoop(
  run: TemplateRun,
  frame: Frame,
  out: Output,
  parts: LoopParts,
  iterable: Datum,
  depth: number,
): Flow {
  run.site = parts.site;
  if (iterable instanceof Undefined && !iterable.silent) throw iterable.toError();
  const all = itemsOf(run, iterable);
  const items = parts.test === undefined ? all : keep(run, frame, parts, parts.test, all);
  if (items.length === 0) return parts.otherwise(run, frame.child(), out);
  const recurse: Recurse = (_run: Run, inner, innerDepth) => {
    const captured = new Output();
    run.nested(() => runLoop(run, frame, captured, parts, inner, innerDepth));
    return run.captured(captured);
  };
  const loop = parts.readsLoop
    ? new Loop(items, depth, parts.recursive ? recurse : undefined, parts.site)
    : undefined;
  for (let i = 0; i < items.length; i++) {
    run.step();
    const inner = frame.child();
    if (loop !== undefined) {
      loop.moveTo(i);
      inner.set('loop', loop);
    }
    parts.assign(run, inner, items[i] ?? null);
    if (parts.body(run, inner, out) === flow.break) break;
  }
  return flow.next;
}

function keep(
  run: TemplateRun,
  frame: Frame,
  parts: LoopParts,
  test: Evaluate,
  all: readonly Datum[],
): Datum[] {
  const kept: Datum[] = [];
  for (const item of all) {
    run.step();
    const inner = frame.child();
    parts.assign(run, inner, item);
    if (isTruthy(test(run, inner))) kept.push(item);
  }
  return kept;
}
