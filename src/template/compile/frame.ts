import type { Datum, Run } from '../datum.ts';
import type { Scope } from '../scope-types.ts';
import type { Output } from './output.ts';

/** The body of a block, ready to run. */
export interface BlockBody {
  readonly name: string;
  readonly required: boolean;
  readonly run: (run: Run, frame: Frame, out: Output) => void;
}

/** What the templates of one inheritance chain share while they are rendered. */
export class Inheritance {
  /** The bodies of each block, the most derived first. */
  readonly blocks = new Map<string, BlockBody[]>();
  /** The frame that top-level names are set in. */
  root: Frame | undefined;
  /** Set once `extends` was met: renders the parent. */
  renderParent: ((out: Output) => void) | undefined;

  takeParent(): ((out: Output) => void) | undefined {
    return this.renderParent;
  }

  add(bodies: Iterable<BlockBody>): void {
    for (const body of bodies) {
      const known = this.blocks.get(body.name);
      if (known === undefined) this.blocks.set(body.name, [body]);
      else known.push(body);
    }
  }
}

/** The names that a stretch of a template sees: its own, then those around it, then the scope. */
export class Frame {
  readonly parent: Frame | undefined;
  /** Where names that no frame sets come from; undefined in a template imported without context. */
  readonly scope: Scope | undefined;
  readonly inheritance: Inheritance;
  #names: Map<string, Datum> | undefined;

  constructor(parent: Frame | undefined, scope: Scope | undefined, inheritance: Inheritance) {
    this.parent = parent;
    this.scope = scope;
    this.inheritance = inheritance;
  }

  /** A frame inside this one. */
  child(): Frame {
    return new Frame(this, this.scope, this.inheritance);
  }

  set(name: string, value: Datum): void {
    this.#names ??= new Map();
    this.#names.set(name, value);
  }

  /** The value that this frame or one around it sets. */
  find(name: string): Datum | undefined {
    const own = this.#names?.get(name);
    return own !== undefined || this.parent === undefined ? own : this.parent.find(name);
  }

  /** The names that this frame itself sets. */
  own(): Iterable<readonly [string, Datum]> {
    return this.#names ?? [];
  }
}
