import { didYouMean } from '../lib/suggest.ts';
import { errorDiagnostic } from '../model/diagnostic.ts';
import type { Play } from '../model/playbook.ts';
import type { VariableLayer } from '../model/variables.ts';
import type { Context } from './context.ts';
import { placeOf } from './cursor.ts';
import type { PlayInput } from './keyword-kinds.ts';
import { knownFlag, knownSetting } from './known-setting.ts';
import { nameList } from './normalise-keywords.ts';
import { hostOrders } from './play-keywords.ts';
import type { ReadKeywords } from './read-keywords.ts';

type Read = ReadKeywords<PlayInput>;

const strategies = ['free', 'linear', 'host_pinned'];

/** The strategy of a play; undefined where it is none, which is reported. */
export function readStrategy(
  read: Read,
  known: readonly VariableLayer[],
  dialect: Play['dialect'],
  context: Context,
): Play['strategy'] | undefined {
  const at = read.cursors.get('strategy');
  if (read.input.strategy === undefined || at === undefined) return dialect === 'ansible' ? 'linear' : 'free';
  const rendered = knownSetting(read.input.strategy, at, known, context);
  if (rendered === undefined) return undefined;
  const written = String(rendered);
  const name = written.replace(/^ansible\.(?:builtin|legacy)\./, '');
  if (name === 'linear') return 'linear';
  if (strategies.includes(name)) return 'free';
  const message = `"strategy": expected free or linear, found "${written}"${didYouMean(name, strategies)}`;
  context.report(errorDiagnostic('RB202', message, { at: placeOf(at) }));
  return undefined;
}

type Settings = Pick<
  Play,
  | 'order'
  | 'serial'
  | 'maxFailPercentage'
  | 'gatherFacts'
  | 'gatherSubset'
  | 'gatherTimeout'
  | 'factPath'
  | 'forceHandlers'
>;

/** What a play says of its hosts, its facts and its handlers. */
export function playSettings(
  { input, cursors }: Read,
  known: readonly VariableLayer[],
  dialect: Play['dialect'],
  context: Context,
): Settings {
  const { serial, max_fail_percentage: percentage, gather_subset: subset } = input;
  const limit = knownSetting(percentage, cursors.get('max_fail_percentage'), known, context);
  const flagOf = (key: 'gather_facts' | 'force_handlers') =>
    knownFlag(input[key], cursors.get(key), known, context);
  return {
    order: readOrder({ input, cursors }, known, context),
    serial: serial === undefined ? [] : Array.isArray(serial) ? serial : [serial],
    ...(limit !== undefined && { maxFailPercentage: Number(String(limit).replace('%', '')) }),
    gatherFacts: flagOf('gather_facts') ?? (dialect === 'ansible' ? true : 'when-read'),
    ...(subset !== undefined && { gatherSubset: subsetList(subset) }),
    ...(input.gather_timeout !== undefined && { gatherTimeout: input.gather_timeout }),
    ...(input.fact_path !== undefined && { factPath: input.fact_path }),
    forceHandlers: flagOf('force_handlers') ?? false,
  };
}

/** Text is split at its commas, as that of tags. */
function subsetList(subset: string | readonly string[]): readonly string[] {
  const parts = nameList(subset).flatMap((part) => (part.includes('{{') ? [part] : part.split(',')));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function readOrder(
  { input, cursors }: Pick<Read, 'input' | 'cursors'>,
  known: readonly VariableLayer[],
  context: Context,
): Play['order'] {
  const at = cursors.get('order');
  const rendered = knownSetting(input.order, at, known, context) ?? 'inventory';
  const order = hostOrders.find((one) => one === rendered);
  if (order !== undefined || at === undefined) return order ?? 'inventory';
  const message = `"order": expected ${hostOrders.join(', ')}, but it is ${JSON.stringify(rendered)}`;
  context.report(errorDiagnostic('RB202', message, { at: placeOf(at) }));
  return 'inventory';
}
