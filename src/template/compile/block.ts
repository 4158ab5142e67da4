import { type Datum, TemplateObject, Undefined } from '../datum.ts';
import { type Site, syntaxError } from '../errors.ts';
import type { TemplateRun } from '../run.ts';
import type { BlockStatement } from '../syntax/ast.ts';
import { readsName } from '../syntax/reads.ts';
import { type BlockBody, Frame, type Inheritance } from './frame.ts';
import { blockFunction } from './macro.ts';
import type { Output } from './output.ts';
import type { Compiler, Execute } from './types.ts';

/** Makes a block ready to run, and notes its body for templates that extend this one. */
export function compileBlock(compiler: Compiler, s: BlockStatement): Execute {
  const site: Site = { unit: compiler.unit, offset: s.offset };
  if (compiler.blocks.has(s.name))
    throw syntaxError(compiler.unit, s.offset, `the block "${s.name}" is defined twice`);
  const body = compiler.statements(s.body);
  const readsSuper = readsName(s.body, 'super');
  const readsSelf = readsName(s.body, 'self');
  compiler.blocks.set(s.name, {
    name: s.name,
    required: s.required,
    // The engine makes every run, and makes it a TemplateRun.
    run: (anyRun, frame, out) => {
      const run = anyRun as TemplateRun;
      if (readsSuper) frame.set('super', superOf(run, frame, s.name, frame.inheritance, 1, site));
      if (readsSelf) frame.set('self', new TemplateReference(run, frame.inheritance));
      body(run, frame, out);
    },
  });
  return (run, frame, out) => {
    if (frame.inheritance.renderParent !== undefined) return 0;
    run.site = site;
    run.nested(() => renderBlock(run, s.scoped ? frame : rootOf(frame), s.name, 0, out));
    return 0;
  };
}

function rootOf(frame: Frame): Frame {
  return frame.inheritance.root ?? frame;
}

function renderBlock(run: TemplateRun, frame: Frame, name: string, level: number, out: Output): void {
  const body = frame.inheritance.blocks.get(name)?.[level];
  if (body === undefined) throw run.fail(`there is no block "${name}"`);
  if (body.required) throw run.fail(`the block "${name}" is required, and no template fills it`);
  body.run(run, new LeveledFrame(frame, level), out);
}

/** The frame of a block's body, which knows how far up the inheritance chain the body stands. */
class LeveledFrame extends Frame {
  readonly level: number;

  constructor(parent: Frame, level: number) {
    super(parent, parent.scope, parent.inheritance);
    this.level = level;
  }
}

function superOf(
  run: TemplateRun,
  frame: Frame,
  name: string,
  inheritance: Inheritance,
  above: number,
  site: Site,
): Datum {
  const level = (frame instanceof LeveledFrame ? frame.level : 0) + above;
  const body: BlockBody | undefined = inheritance.blocks.get(name)?.[level];
  if (body === undefined)
    return new Undefined('super', site, { hint: `no parent template has a block "${name}"` });
  const parent = frame.parent ?? frame;
  return new SuperReference(
    run,
    name,
    (out) => body.run(run, new LeveledFrame(parent, level), out),
    () => superOf(run, frame, name, inheritance, above + 1, site),
  );
}

/** `super`: called, it renders the block of the parent template; `super.super` is the one above. */
class SuperReference extends TemplateObject {
  readonly typeName = 'BlockReference';
  readonly #call: TemplateObject;
  readonly #name: string;
  readonly #above: () => Datum;

  constructor(run: TemplateRun, name: string, render: (out: Output) => void, above: () => Datum) {
    super();
    this.#name = name;
    this.#above = above;
    this.#call = blockFunction(run, 'super', render);
  }

  show(): string {
    return `<BlockReference '${this.#name}'>`;
  }

  override get isCallable(): boolean {
    return true;
  }

  override call(...args: Parameters<TemplateObject['call']>): Datum {
    return this.#call.call(...args);
  }

  override attribute(name: string): Datum | undefined {
    return name === 'super' ? this.#above() : undefined;
  }
}

/** `self`: its attributes are functions that render the blocks. */
export class TemplateReference extends TemplateObject {
  readonly typeName = 'TemplateReference';
  readonly #run: TemplateRun;
  readonly #inheritance: Inheritance;

  constructor(run: TemplateRun, inheritance: Inheritance) {
    super();
    this.#run = run;
    this.#inheritance = inheritance;
  }

  show(): string {
    return '<TemplateReference None>';
  }

  override attribute(name: string): Datum | undefined {
    const { root } = this.#inheritance;
    if (root === undefined || !this.#inheritance.blocks.has(name)) return undefined;
    return blockFunction(this.#run, `block ${name}`, (out) => renderBlock(this.#run, root, name, 0, out));
  }
}
