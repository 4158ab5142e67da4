import {
  type CallArguments,
  Callable,
  type Datum,
  orElse,
  type Run,
  TemplateObject,
  tuple,
  Undefined,
} from '../datum.ts';
import type { Site } from '../errors.ts';
import type { TemplateRun } from '../run.ts';
import type { MacroStatement, Parameter, Statement } from '../syntax/ast.ts';
import { readsName } from '../syntax/reads.ts';
import type { Frame } from './frame.ts';
import { Output } from './output.ts';
import type { Compiler, Evaluate, Execute } from './types.ts';

interface MacroParts {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly fallback: Evaluate | undefined }[];
  readonly body: Execute;
  readonly takesRest: boolean;
  readonly takesNamed: boolean;
  readonly takesCaller: boolean;
  readonly site: Site;
}

/** A macro: called, it renders its body. */
export class Macro extends TemplateObject {
  readonly typeName = 'Macro';
  readonly #parts: MacroParts;
  readonly #frame: Frame;
  readonly #run: TemplateRun;

  constructor(parts: MacroParts, frame: Frame, run: TemplateRun) {
    super();
    this.#parts = parts;
    this.#frame = frame;
    this.#run = run;
  }

  show(): string {
    return `<Macro ${this.#parts.name === '' ? 'anonymous' : `'${this.#parts.name}'`}>`;
  }

  override get isCallable(): boolean {
    return true;
  }

  override attribute(name: string): Datum | undefined {
    const parts = this.#parts;
    switch (name) {
      case 'name':
        return parts.name === '' ? null : parts.name;
      case 'arguments':
        return tuple(parts.parameters.map((p) => p.name));
      case 'catch_varargs':
        return parts.takesRest;
      case 'catch_kwargs':
        return parts.takesNamed;
      case 'caller':
        return parts.takesCaller;
      default:
        return undefined;
    }
  }

  override call(_run: Run, given: CallArguments): Datum {
    const run = this.#run;
    const frame = this.#frame.child();
    bindParameters(run, frame, this.#parts, given);
    const out = new Output();
    run.nested(() => this.#parts.body(run, frame, out));
    return run.captured(out);
  }
}

function bindParameters(run: TemplateRun, frame: Frame, parts: MacroParts, given: CallArguments): void {
  const { positional } = given;
  const named = new Map(given.named ?? []);
  const what = parts.name === '' ? 'the call block' : `macro "${parts.name}"`;
  bindCaller(run, frame, parts, named, what);
  if (positional.length > parts.parameters.length && !parts.takesRest) {
    throw run.fail(`${what} takes at most ${parts.parameters.length} arguments, ${positional.length} given`);
  }
  parts.parameters.forEach(({ name, fallback }, i) => {
    const value = positional[i];
    if (value !== undefined && named.has(name)) throw run.fail(`${what} was given "${name}" twice`);
    const given = value === undefined ? named.get(name) : value;
    const filled = given === undefined ? fallback?.(run, frame) : given;
    frame.set(
      name,
      orElse(filled, () => missingArgument(name, parts)),
    );
    named.delete(name);
  });
  if (parts.takesRest) frame.set('varargs', tuple(positional.slice(parts.parameters.length)));
  if (parts.takesNamed) frame.set('kwargs', new Map<Datum, Datum>(named));
  const [extra] = named.keys();
  if (!parts.takesNamed && extra !== undefined) throw run.fail(`${what} takes no argument "${extra}"`);
}

function bindCaller(
  run: TemplateRun,
  frame: Frame,
  parts: MacroParts,
  named: Map<string, Datum>,
  what: string,
): void {
  const caller = named.get('caller');
  if (!parts.takesCaller) {
    if (caller instanceof Macro)
      throw run.fail(`${what} has no use for a call block: it does not read "caller"`);
    return;
  }
  if (parts.parameters.some((p) => p.name === 'caller')) return;
  frame.set(
    'caller',
    caller ??
      new Undefined('caller', parts.site, { hint: 'no caller: the macro was not called by a call block' }),
  );
  named.delete('caller');
}

function missingArgument(name: string, parts: MacroParts): Undefined {
  return new Undefined(name, parts.site, { hint: `the argument "${name}" of "${parts.name}" was not given` });
}

function compileParts(
  compiler: Compiler,
  name: string,
  parameters: readonly Parameter[],
  body: readonly Statement[],
  offset: number,
): MacroParts {
  return {
    name,
    parameters: parameters.map((p) => ({
      name: p.name,
      fallback: p.fallback === undefined ? undefined : compiler.expression(p.fallback),
    })),
    body: compiler.statements(body),
    takesRest: readsName(body, 'varargs'),
    takesNamed: readsName(body, 'kwargs'),
    takesCaller: readsName(body, 'caller'),
    site: { unit: compiler.unit, offset },
  };
}

/** Makes a macro's definition ready to run: it sets the macro's name. */
export function compileMacro(compiler: Compiler, s: MacroStatement): Execute {
  const parts = compileParts(compiler, s.name, s.parameters, s.body, s.offset);
  return (run, frame) => {
    frame.set(s.name, new Macro(parts, frame, run));
    return 0;
  };
}

/** Makes a call block ready to run: its body is what the called macro's `caller()` renders. */
export function compileCallBlock(compiler: Compiler, s: Statement & { kind: 'call-block' }): Execute {
  const parts = compileParts(compiler, '', s.parameters, s.body, s.offset);
  const hidden = ' caller';
  const call = compiler.expression({
    ...s.call,
    arguments: {
      ...s.call.arguments,
      named: [...s.call.arguments.named, ['caller', { kind: 'name', name: hidden, offset: s.offset }]],
    },
  });
  return (run, frame, out) => {
    const inner = frame.child();
    inner.set(hidden, new Macro(parts, frame, run));
    run.print(out, call(run, inner));
    return 0;
  };
}

/** A function of a template's block, as `super` and `self.name` are. */
export function blockFunction(run: TemplateRun, name: string, render: (out: Output) => void): Callable {
  return new Callable(name, () => {
    const out = new Output();
    run.nested(() => render(out));
    return run.captured(out);
  });
}
