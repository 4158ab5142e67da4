import type { Datum } from '../datum.ts';
import type { Site } from '../errors.ts';
import { itemsOf } from '../python/iterate.ts';
import type { TemplateRun } from '../run.ts';
import type { Target } from '../syntax/ast.ts';
import type { Frame } from './frame.ts';
import { Namespace } from './namespace.ts';
import type { Compiler } from './types.ts';

/** Writes a value to the target of an assignment. */
export type Assign = (run: TemplateRun, frame: Frame, value: Datum) => void;

/** Makes the target of an assignment ready to be written to. */
export function compileTarget(compiler: Compiler, target: Target): Assign {
  const site: Site = { unit: compiler.unit, offset: target.offset };
  switch (target.kind) {
    case 'name':
      return (_run, frame, value) => frame.set(target.name, value);
    case 'member':
      return (run, frame, value) => {
        const namespace = run.lookup(frame, target.name, site);
        run.site = site;
        if (!(namespace instanceof Namespace))
          throw run.fail(`"${target.name}" is no namespace, so its attributes cannot be set`);
        namespace.set(target.attribute, value);
      };
    case 'targets': {
      const parts = target.items.map((item) => compileTarget(compiler, item));
      return (run, frame, value) => {
        run.site = site;
        const items = itemsOf(run, value);
        if (items.length !== parts.length) {
          throw run.fail(`${items.length} values cannot be unpacked into ${parts.length} names`);
        }
        for (let i = 0; i < parts.length; i++) parts[i]?.(run, frame, items[i] ?? null);
      };
    }
  }
}
