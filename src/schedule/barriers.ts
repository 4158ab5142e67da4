import type { BlockNode, ConsumeNode, InstanceNode, NodeId, Plan, PlanNode } from '../model/plan.ts';
import type { Pass } from './pass.ts';

/** A node at which a host meets others. */
export type MeetingNode = InstanceNode | BlockNode | ConsumeNode;

/** One meeting: a `barrier` step or block in one batch; in a repeated block one for each pass. */
export interface Meeting {
  /** Tells meetings apart and reads well: the author's name and a number. */
  readonly name: string;
  /** For people: with the author's name alone. */
  readonly title: string;
  readonly play: number;
  /** One for each host. In a pass these are the nodes of the repeated block. */
  readonly nodes: readonly MeetingNode[];
  /** Set by the first who comes; settled when the coordinator knows the parties. */
  opening?: Promise<void> | undefined;
  readonly inPass?: PassMeeting | undefined;
}

/** What is known of a meeting in a pass. */
export interface PassMeeting {
  readonly key: string;
  /** The barrier and its batch, whatever the pass. */
  readonly place: string;
  /** The passes before this one. */
  readonly number: number;
  /** Hosts that have not left it, once it is open; with the last one it is forgotten. */
  readonly present: Set<number>;
}

/** Every meeting of a plan, by step or block and batch, and by pass while it may be needed. */
export interface Barriers {
  readonly meetings: Map<string, Meeting & { readonly nodes: MeetingNode[] }>;
  /** Nodes of repeated blocks, by block and batch. */
  readonly repeated: Map<string, ConsumeNode[]>;
  /** How many passes are past a barrier, by its place and the node of the repeated block. */
  readonly past: Map<string, number>;
}

/** Finds every meeting; hosts whose `when` was false at compile time are no parties. O(nodes) where there is one. */
export function findBarriers(plan: Plan): Barriers {
  const barriers: Barriers = { meetings: new Map(), repeated: new Map(), past: new Map() };
  addMeetings(barriers, plan, plan.nodes);
  return barriers;
}

/** Whether any host may have to meet others. */
export function hasMeetings({ meetings, repeated }: Barriers): boolean {
  return meetings.size + repeated.size > 0;
}

/** Adds the meetings of nodes that came in the run. */
export function addMeetings({ meetings, repeated }: Barriers, plan: Plan, nodes: readonly PlanNode[]): void {
  if (![...plan.steps, ...plan.blocks].some((one) => one.keywords.barrier !== undefined)) return;
  for (const node of nodes) {
    if (!canMeet(node) || node.skip !== undefined) continue;
    if (node.kind === 'consume') addTo(repeated, repeatedKey(node), node);
    const barrier = barrierOf(plan, node);
    if (barrier === undefined) continue;
    const key = placeOf(node);
    const known = meetings.get(key);
    if (known !== undefined) known.nodes.push(node);
    else meetings.set(key, { ...namesOf(barrier, key), play: node.play, nodes: [node] });
  }
}

/** What is known of the run when a meeting is looked for. */
export interface MeetingContext {
  readonly plan: Plan;
  readonly barriers: Barriers;
  readonly passes: ReadonlyMap<NodeId, Pass>;
}

/** The meeting that a node goes to, if any; that of a pass is made when first asked for. */
export function meetingOf(context: MeetingContext, node: PlanNode): Meeting | undefined {
  const { barriers, plan } = context;
  if (!hasMeetings(barriers) || !canMeet(node)) return undefined;
  const at = passPlace(context, node);
  if (at === undefined) return barriers.meetings.get(placeOf(node));
  const known = barriers.meetings.get(at.key);
  if (known !== undefined) return known;
  const nodes = barriers.repeated.get(repeatedKey(at.consumer)) ?? [];
  const inPass = { key: at.key, place: at.place, number: at.number, present: new Set<number>() };
  const meeting = { ...namesOf(barrierOf(plan, node) ?? '', at.key), play: node.play, nodes, inPass };
  barriers.meetings.set(at.key, meeting);
  return meeting;
}

/** Open meetings that a node's host can't come to any more once the node has ended; notes that it is past its own. */
export function meetingsBehind(context: MeetingContext, node: PlanNode): readonly Meeting[] {
  const { barriers } = context;
  if (!hasMeetings(barriers) || !canMeet(node)) return [];
  const at = passPlace(context, node);
  if (at !== undefined) barriers.past.set(`${at.place} ${at.consumer.id}`, at.number + 1);
  const own = barriers.meetings.get(at?.key ?? placeOf(node));
  const all = own === undefined ? [] : [own];
  if (node.kind !== 'consume') return all;
  return [...all, ...[...barriers.meetings.values()].filter((one) => one.inPass && one.nodes.includes(node))];
}

/** Whether a host may still come to the meeting of a pass: it is not past that already. */
export function mayStillCome({ past }: Barriers, { inPass }: Meeting, node: MeetingNode): boolean {
  return inPass === undefined || (past.get(`${inPass.place} ${node.id}`) ?? 0) <= inPass.number;
}

interface PassPlace extends Pick<PassMeeting, 'key' | 'place' | 'number'> {
  readonly consumer: ConsumeNode;
}

function passPlace({ plan, passes }: MeetingContext, node: MeetingNode): PassPlace | undefined {
  const pass = node.pass === undefined ? undefined : passes.get(node.pass);
  if (pass === undefined || barrierOf(plan, node) === undefined) return undefined;
  const place = placeOf(node);
  return { key: `${place}@${pass.number}`, place, number: pass.number, consumer: pass.consumer };
}

function barrierOf({ steps, blocks }: Plan, node: MeetingNode): string | undefined {
  if (node.kind === 'instance') return steps[node.step]?.keywords.barrier;
  const { repeat, barrier } = blocks[node.block]?.keywords ?? {};
  // A repeated block as a whole meets before its first pass.
  return (repeat !== undefined) === (node.kind === 'consume') ? barrier : undefined;
}

function namesOf(barrier: string, key: string): Pick<Meeting, 'name' | 'title'> {
  const title = `barrier "${barrier}"`;
  return { name: `${title} #${key}`, title };
}

function canMeet(node: PlanNode): node is MeetingNode {
  return (
    node.kind === 'instance' || node.kind === 'consume' || (node.kind === 'block' && node.part === 'begin')
  );
}

function placeOf(node: MeetingNode): string {
  return node.kind === 'instance' ? `${node.step}.${node.batch}` : `b${node.block}.${node.batch}`;
}

function repeatedKey({ block, batch }: ConsumeNode): string {
  return `${block}.${batch}`;
}

function addTo<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [one]);
  else known.push(one);
}
