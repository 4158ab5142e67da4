import type { GraphEdge, GraphGroup, GraphModel } from './graph-model.ts';
import { describeEdge, describeGroup, describePlay } from './graph-words.ts';

/** The graph as a Mermaid flowchart: `-->` ok, `-.->` end or event, `==>` failed. */
export function renderMermaid(model: GraphModel): string {
  const lines = ['flowchart TD'];
  for (const play of model.plays) {
    lines.push(`  subgraph p${play.index}["${escaped(`${play.name} (${describePlay(play)})`)}"]`);
    for (const group of model.groups)
      if (group.play === play.index) lines.push(`    ${group.id}["${nodeText(group)}"]`);
    lines.push('  end');
  }
  for (const edge of model.edges)
    lines.push(`  ${edge.from} ${arrow(edge)}|"${escaped(describeEdge(edge))}"| ${edge.to}`);
  for (const { event, setters, waiters } of model.events) {
    if (setters.length === 0 || waiters.length === 0) continue;
    lines.push(`  ${setters.join(' & ')} -.->|"${escaped(`event ${event}`)}"| ${waiters.join(' & ')}`);
  }
  for (const play of model.plays)
    for (const before of play.follows) lines.push(`  p${before} -.-> p${play.index}`);
  return `${lines.join('\n')}\n`;
}

function nodeText(group: GraphGroup): string {
  const part = group.part === undefined ? '' : `${group.part} `;
  return `${escaped(part + group.title)}<br/>${escaped(describeGroup(group))}`;
}

function arrow(edge: GraphEdge): string {
  if (edge.kind === 'ok') return '-->';
  return edge.kind === 'end' ? '-.->' : '==>';
}

/** Mermaid reads `#name;` as a character; everything that is not plain is written so. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} _.,:()/@*+-]/gu, (character) => `#${character.codePointAt(0)};`);
}
