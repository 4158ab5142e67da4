import { assertNever } from '../lib/assert-never.ts';
import type { Plan } from '../model/plan.ts';
import { graphModel } from './graph-model.ts';
import { renderDot } from './render-dot.ts';
import { renderMermaid } from './render-mermaid.ts';
import { renderText } from './render-text.ts';

/** A form in which a plan's graph is written. */
export type GraphFormat = 'text' | 'mermaid' | 'dot' | 'json';

/** Writes the graph of a plan: one node a step with the number of its hosts, and why each follows the other. */
export function renderGraph(plan: Plan, format: GraphFormat): string {
  const model = graphModel(plan);
  switch (format) {
    case 'text':
      return renderText(model);
    case 'mermaid':
      return renderMermaid(model);
    case 'dot':
      return renderDot(model);
    case 'json':
      return `${JSON.stringify(model, null, 2)}\n`;
    default:
      return assertNever(format);
  }
}
