import type { GraphEdge, GraphGroup, GraphModel } from './graph-model.ts';
import { describeEdge, describeGroup, describePlay } from './graph-words.ts';

/** The graph in Graphviz's language: solid ok, dashed end, bold failed, dotted event. */
export function renderDot(model: GraphModel): string {
  const lines = ['digraph plan {', '  node [shape=box];', '  compound=true;'];
  for (const play of model.plays) {
    lines.push(`  subgraph cluster_${play.index} {`);
    lines.push(`    label=${quoted(`${play.name} (${describePlay(play)})`)};`);
    for (const group of model.groups)
      if (group.play === play.index) lines.push(`    ${group.id} [label=${quoted(nodeText(group))}];`);
    lines.push('  }');
  }
  for (const edge of model.edges)
    lines.push(`  ${edge.from} -> ${edge.to} [label=${quoted(describeEdge(edge))}${style(edge)}];`);
  for (const { event, setters, waiters } of model.events)
    for (const from of setters)
      for (const to of waiters)
        lines.push(`  ${from} -> ${to} [label=${quoted(`event ${event}`)}, style=dotted];`);
  for (const edge of playEdges(model)) lines.push(edge);
  lines.push('}');
  return `${lines.join('\n')}\n`;
}

/** Graphviz has no edges between clusters: one is drawn between a last and a first node of the two. */
function playEdges(model: GraphModel): string[] {
  return model.plays.flatMap((play) =>
    play.follows.flatMap((before) => {
      const from = model.groups.findLast((group) => group.play === before);
      const to = model.groups.find((group) => group.play === play.index);
      if (from === undefined || to === undefined) return [];
      const ends = `ltail=cluster_${before}, lhead=cluster_${play.index}`;
      return [`  ${from.id} -> ${to.id} [${ends}, label="play", style=dashed];`];
    }),
  );
}

function nodeText(group: GraphGroup): string {
  const part = group.part === undefined ? '' : `${group.part} `;
  return `${part}${group.title}\n${describeGroup(group)}`;
}

function style(edge: GraphEdge): string {
  if (edge.kind === 'ok') return '';
  return edge.kind === 'end' ? ', style=dashed' : ', style=bold';
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
