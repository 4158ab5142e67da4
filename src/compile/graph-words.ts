import type { GraphEdge, GraphGroup, GraphPlay } from './graph-model.ts';

/** `1 host`, `12 hosts`. */
export function countHosts(count: number): string {
  return count === 1 ? '1 host' : `${count} hosts`;
}

/** What a group is, and on how many hosts. */
export function describeGroup(group: GraphGroup): string {
  const words: string[] = [];
  if (group.kind === 'once') words.push(`once for ${countHosts(group.hosts)}`);
  else words.push(countHosts(group.hosts));
  if (group.kind === 'items') words.push('items in parallel');
  if (group.consumes !== undefined)
    words.push(`for each item of queue "${group.consumes.queue}": ${group.consumes.steps.join(', ')}`);
  if (group.brings !== undefined) words.push(`${group.brings.how}: ${group.brings.steps.join(', ')}`);
  if (group.kind === 'handler') words.push('handler');
  if (group.background === 'wait') words.push('background');
  if (group.background === 'daemon') words.push('daemon');
  if (group.skipped > 0)
    words.push(group.skipped === group.hosts ? 'skipped' : `skipped on ${group.skipped}`);
  return words.join(', ');
}

/** What a play is, beside its name. */
export function describePlay(play: GraphPlay): string {
  const words = [countHosts(play.hosts)];
  if (play.batches.length > 0) words.push(`in batches of ${play.batches.join(', ')}`);
  if (play.strategy === 'linear') words.push('linear');
  return words.join(', ');
}

/** The reason of an edge, for its label. */
export function describeEdge(edge: GraphEdge): string {
  const reason = edge.why === 'run_once' ? 'run once' : edge.why;
  // Run-once steps always meet all hosts.
  return edge.isAcross && edge.why !== 'run_once' ? `${reason}, all hosts` : reason;
}
