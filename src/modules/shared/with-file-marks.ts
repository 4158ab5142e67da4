import type { z } from 'zod';
import { shellQuote } from '../../lib/shell-quote.ts';
import type { Reply } from '../../model/host.ts';
import type {
  Diff,
  ModuleContext,
  ModulePlan,
  ModuleResult,
  Probe,
  ProbingModule,
  Written,
} from '../../model/module.ts';
import { traitDiff } from './file-action.ts';
import { compareMarks, type FoundMarks, type MarkChange, markAliases, marksOf } from './file-marks.ts';
import { causeOf, wholeOutput } from './file-state.ts';
import { remotePath } from './remote-path.ts';

/** Where the file of a step is, so that its marks can be looked at before the module itself has found it. */
export interface MarkedPlace {
  /** As the author wrote it. */
  readonly path: string;
  /** Appended where the path is a directory. */
  readonly name?: string | undefined;
  readonly follow?: boolean | undefined;
  /** Whether all below a directory gets the same marks. */
  readonly recurse?: boolean | undefined;
  /** Whether a directory is refused: one request says nothing of the files that are put into it. */
  readonly onlyFiles?: boolean | undefined;
}

interface Marked<State> {
  readonly state: State;
  readonly marks: FoundMarks | undefined;
}

interface MarkedChange<Change> {
  readonly base: Change | undefined;
  readonly marks: MarkChange | undefined;
  readonly path: string;
  readonly result: Omit<ModuleResult, 'changed'>;
}

/**
 * A module for files that also heeds `attributes`, `seuser`, `serole`, `setype` and `selevel`. What is there is told in
 * the round of the module's own probe; marks are set in a request of their own, after all else. Steps without these
 * parameters send what they sent before.
 */
export function withFileMarks<Schema extends z.ZodType, State, Change>(
  spec: Written<ProbingModule<Schema, State, Change>>,
  placeOf: (params: z.output<Schema>) => MarkedPlace,
): Written<ProbingModule<Schema, Marked<State>, MarkedChange<Change>>> {
  return {
    ...spec,
    paramAliases: { ...spec.paramAliases, ...markAliases },
    probe(params, context, prepared) {
      const probe = spec.probe(params, context, prepared);
      if (probe === undefined) return undefined;
      return wishOf(params) === undefined ? unmarked(probe) : marked(probe, placeOf(params));
    },
    plan(params, looked, context, prepared) {
      // A module without a probe is given no state, in place of one that it has asked for.
      const found = looked as Marked<State> | undefined;
      const plan = spec.plan(params, found?.state as State, context, prepared);
      const wish = wishOf(params);
      if (wish === undefined || found?.marks === undefined) return asMarked(plan);
      return withMarks(plan, found.marks, { wish, place: placeOf(params), context });
    },
    apply: (change, context) => applyMarked(spec, change, context),
  };
}

function wishOf(params: unknown) {
  return typeof params === 'object' && params !== null ? marksOf(params) : undefined;
}

function unmarked<State>(probe: Probe<State>): Probe<Marked<State>> {
  return { request: probe.request, parse: (reply) => toMarked(probe.parse(reply), undefined) };
}

function toMarked<State>(
  found: State | Probe<State>,
  marks: FoundMarks | undefined,
): Marked<State> | Probe<Marked<State>> {
  if (!isProbe(found)) return { state: found, marks };
  return { request: found.request, parse: (reply) => toMarked(found.parse(reply), marks) };
}

function isProbe<State>(found: State | Probe<State>): found is Probe<State> {
  return typeof found === 'object' && found !== null && 'request' in found && 'parse' in found;
}

/** The marks stand before the answer of the module's own probe. */
function marked<State>(probe: Probe<State>, place: MarkedPlace): Probe<Marked<State>> {
  const code = `${lookCode(place)}\n${probe.request.code}`;
  return {
    request: { ...probe.request, code, inSession: false },
    parse(reply) {
      const bytes = wholeOutput(reply.stdout);
      const end = bytes.indexOf('\n//\n');
      if (end < 0) throw new Error(`the host could not look at the file: ${causeOf(reply)}`);
      const rest = bytes.subarray(end + 4);
      const own: Reply = { ...reply, stdout: { bytes: rest, size: rest.length } };
      return toMarked(probe.parse(own), parseMarks(bytes.toString('utf8', 0, end)));
    },
  };
}

/**
 * Prints the sets of attributes, the labels (`off` without SELinux), the policy's label, each on a line; then the path
 * and `//`.
 */
function lookCode({ path, name, follow, recurse }: MarkedPlace): string {
  const below = (command: string) =>
    recurse === true
      ? `find "$rb_p" ! -type l -exec ${command} {} + 2>/dev/null`
      : `${command} "$rb_p" 2>/dev/null`;
  const lines = [
    `rb_absolute ${remotePath(path)}`,
    ...(name === undefined ? [] : [`[ ! -d "$rb_p" ] || rb_p=\${rb_p%/}/${shellQuote(name)}`]),
    ...(follow === true
      ? ['[ ! -L "$rb_p" ] || { rb_r=$(readlink -f -- "$rb_p") && [ -z "$rb_r" ] || rb_p=$rb_r; }']
      : []),
    'rb_m=',
    `[ -L "$rb_p" ] || ! rb_there "$rb_p" || rb_m=$(LC_ALL=C ${below('lsattr -d --')} | cut -d ' ' -f 1 | sort -u)`,
    'echo $rb_m',
    'rb_m=off; rb_c=',
    'if [ -e /sys/fs/selinux/enforce ]; then',
    `rb_m=; ! rb_there "$rb_p" || rb_m=$(${below('stat -c %C --')} | sort -u)`,
    'rb_c=$(matchpathcon -n -- "$rb_p" 2>/dev/null)',
    'fi',
    'echo $rb_m; rb_say "$rb_c"',
    'rb_say "$rb_p$rb_nl//"',
  ];
  return lines.join('\n');
}

function parseMarks(text: string): FoundMarks {
  const [attributes = '', labels = '', defaultLabel = '', ...path] = text.split('\n');
  const words = (line: string) => line.split(' ').filter((word) => word !== '');
  return {
    path: path.join('\n'),
    attributes: words(attributes).map((letters) => letters.replaceAll('-', '')),
    labels: labels === 'off' ? undefined : words(labels),
    defaultLabel,
  };
}

function asMarked<Change>(plan: ModulePlan<Change>): ModulePlan<MarkedChange<Change>> {
  if (plan.type !== 'change') return plan;
  return { ...plan, change: { base: plan.change, marks: undefined, path: '', result: {} } };
}

interface Wanted {
  readonly wish: NonNullable<ReturnType<typeof marksOf>>;
  readonly place: MarkedPlace;
  readonly context: ModuleContext;
}

function withMarks<Change>(
  plan: ModulePlan<Change>,
  found: FoundMarks,
  { wish, place, context }: Wanted,
): ModulePlan<MarkedChange<Change>> {
  const state = plan.type === 'failed' ? undefined : plan.result?.fields?.['state'];
  // What is removed, or was not there and stays so, has no marks.
  const leaves = plan.type === 'change' && plan.leaves?.every((one) => one.type === 'absent');
  if (plan.type === 'failed' || state === 'absent' || leaves === true) return asMarked(plan);
  const isMissing = plan.type === 'none' && found.attributes.length === 0 && found.labels?.length === 0;
  if (isMissing) return plan;
  if (place.onlyFiles === true && state === 'directory') return refused;
  const about = {
    isNew: plan.type === 'change',
    isLink: state === 'link',
    recurse: place.recurse === true,
  };
  const path = pathOf(plan) ?? found.path;
  const marks = compareMarks(wish, { ...found, path }, about);
  if (marks.code.length === 0) return asMarked(plan);
  const base = plan.type === 'change' ? plan.change : undefined;
  const diff = context.diffMode && Object.keys(marks.after).length > 0 ? diffWith(plan, found, marks) : {};
  const result = { ...plan.result, ...diff };
  const change = { base, marks, path, result };
  return { type: 'change', change, result, ...(plan.type === 'change' ? { leaves: plan.leaves } : {}) };
}

const refused = {
  type: 'failed',
  msg: 'attributes and SELinux labels are set for single files here: set those of a directory by file with recurse',
} as const;

/** Where the module itself says that the file is. */
function pathOf(plan: ModulePlan<unknown>): string | undefined {
  const { path, dest } = plan.result?.fields ?? {};
  const written = path ?? dest;
  return typeof written === 'string' && written.startsWith('/') ? written : undefined;
}

function diffWith(plan: ModulePlan<unknown>, found: FoundMarks, marks: MarkChange): { diff: Diff[] } {
  const own = plan.result?.diff;
  const before = own === undefined ? [] : Array.isArray(own) ? (own as readonly Diff[]) : [own as Diff];
  return { diff: [...before, traitDiff(found.path, marks.before, marks.after)] };
}

async function applyMarked<Schema extends z.ZodType, State, Change>(
  spec: Pick<ProbingModule<Schema, State, Change>, 'apply'>,
  { base, marks, path, result }: MarkedChange<Change>,
  context: ModuleContext,
): Promise<ModuleResult> {
  const done: ModuleResult =
    base === undefined ? { ...result, changed: true } : await spec.apply(base, context);
  if (done.failed === true || marks === undefined) return done;
  for (const code of marks.code) {
    const reply = await context.send({ type: 'call', code: `LC_ALL=C ${code}`, readOnly: false });
    if (reply.rc === 0) continue;
    const what = code.startsWith('chattr') ? 'the attributes' : 'the SELinux label';
    const msg = `cannot set ${what} of ${path}: ${causeOf(reply)}`;
    return { ...done, failed: true, msg, rc: reply.rc };
  }
  return result.diff === undefined ? done : { ...done, diff: result.diff };
}
