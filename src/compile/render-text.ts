import type { GraphEdge, GraphGroup, GraphModel } from './graph-model.ts';
import { describeEdge, describeGroup, describePlay } from './graph-words.ts';

/** Reasons that the indentation shows already. */
const shownByIndent = new Set(['block', 'rescue', 'always']);

/** The graph as indented text: plays, their steps in order of writing, and what each step follows. */
export function renderText(model: GraphModel): string {
  const lines: string[] = [];
  const byId = new Map(model.groups.map((group) => [group.id, group]));
  const incoming = new Map<string, GraphEdge[]>();
  for (const edge of model.edges) {
    const list = incoming.get(edge.to) ?? [];
    incoming.set(edge.to, list);
    list.push(edge);
  }
  const width = Math.max(0, ...model.groups.map((group) => label(group).length + 2 * group.depth));
  for (const play of model.plays) {
    const follows = play.follows.map((index) => `"${model.plays[index]?.name}"`);
    const order = follows.length > 0 ? `, after ${follows.join(' and ')}` : '';
    lines.push(`play "${play.name}" (${describePlay(play)})${order}`);
    for (const group of model.groups) {
      if (group.play !== play.index || group.part === 'end') continue;
      const title = `${'  '.repeat(group.depth)}${label(group)}`.padEnd(width);
      const after = followsText(model, byId, group, incoming.get(group.id) ?? []);
      lines.push(`  ${title}  ${describeGroup(group)}${after}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function label(group: GraphGroup): string {
  if (group.part === undefined) return group.title;
  return group.part === 'begin' ? `block ${group.title}` : group.part;
}

function followsText(
  model: GraphModel,
  byId: ReadonlyMap<string, GraphGroup>,
  group: GraphGroup,
  edges: readonly GraphEdge[],
): string {
  const sources = edges
    .filter((edge) => !shownByIndent.has(edge.why))
    .map((edge) => `${byId.get(edge.from)?.title} (${describeEdge(edge)})`);
  const waits = model.events
    .filter((event) => event.waiters.includes(group.id))
    .map(({ event, setters }) => {
      const names = setters.map((id) => byId.get(id)?.title).join(', ');
      return `; waits for ${event}${names === '' ? '' : ` (set by ${names})`}`;
    });
  return `${sources.length > 0 ? `, after ${sources.join(', ')}` : ''}${waits.join('')}`;
}
