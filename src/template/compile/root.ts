import type { TemplateRun } from '../run.ts';
import { TemplateReference } from './block.ts';
import type { Frame } from './frame.ts';
import type { Output } from './output.ts';
import type { CompiledTemplate } from './types.ts';

/** Renders a whole template, the templates that it extends included, into the output. */
export function renderRoot(run: TemplateRun, template: CompiledTemplate, frame: Frame, out: Output): void {
  const { inheritance } = frame;
  if (template.changesValues) run.copyVariables();
  inheritance.add(template.blocks);
  if (inheritance.root === undefined) {
    inheritance.root = frame;
    if (template.readsSelf) frame.set('self', new TemplateReference(run, inheritance));
  }
  inheritance.renderParent = undefined;
  template.body(run, frame, out);
  // The body may have met an `extends`.
  inheritance.takeParent()?.(out);
}
