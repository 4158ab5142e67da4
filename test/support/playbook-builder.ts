import type { CompileOptions, CompileTemplates } from '../../src/compile/compile-input.ts';
import type { Group, Host, Inventory } from '../../src/model/inventory.ts';
import type { Place } from '../../src/model/place.ts';
import type {
  Declarations,
  EventSet,
  EventWait,
  Keywords,
  LimitUse,
  Need,
  Play,
  Playbook,
  Step,
} from '../../src/model/playbook.ts';
import type { Value } from '../../src/model/value.ts';
import type { VariableLayer } from '../../src/model/variables.ts';

let line = 0;

/** A place of its own: each call is a line further down. */
export function place(): Place {
  line += 1;
  return { file: 'site.yml', line, column: 3, length: 1 };
}

/** Begins a new file: places count from line 1 again, so that golden texts do not depend on other tests. */
export function newFile(): void {
  line = 0;
}

/** What a test says of a step: keywords in short forms. */
export interface StepText extends Omit<Keywords, 'needs' | 'wait' | 'set' | 'clear' | 'limits'> {
  readonly id?: string;
  readonly name?: string;
  readonly module?: string;
  readonly params?: Readonly<Record<string, Value>>;
  readonly vars?: Readonly<Record<string, Value>>;
  readonly needs?: readonly (string | Partial<Need>)[];
  readonly wait?: readonly (string | Partial<EventWait>)[];
  readonly set?: readonly (string | Partial<EventSet>)[];
  readonly clear?: readonly string[];
  readonly lock?: string;
  readonly semaphore?: { readonly name: string; readonly permits: number };
  readonly body?: readonly Step[];
  readonly rescue?: readonly Step[];
  readonly always?: readonly Step[];
}

/** A step (module `command` unless said otherwise), or a block where `body` is given. */
export function step(text: StepText | string): Step {
  const written: StepText = typeof text === 'string' ? { id: text } : text;
  const { id, name, module = 'command', params = {}, vars, body, rescue, always, ...keywords } = written;
  const at = place();
  return {
    id,
    name,
    at,
    action:
      body === undefined
        ? { type: 'module', module, written: module, params, at }
        : { type: 'block', body, rescue: rescue ?? [], always: always ?? [] },
    keywords: keywordsOf(keywords, at),
    vars: vars === undefined ? undefined : layer('step', vars, `step ${id}`),
    places: {},
  };
}

function keywordsOf(text: StepText, at: Place): Keywords {
  const { needs, wait, set, clear, lock, semaphore, ...rest } = text;
  const limits: LimitUse[] = [];
  if (lock !== undefined) limits.push({ kind: 'lock', name: lock, permits: 1, at });
  if (semaphore !== undefined) limits.push({ kind: 'semaphore', ...semaphore, at });
  return {
    ...rest,
    ...(needs && {
      needs: needs.map((need) => ({ step: '', hosts: 'same', accept: 'ok', at, ...named('step', need) })),
    }),
    ...(wait && { wait: wait.map((one) => ({ event: '', onTimeout: 'fail', at, ...named('event', one) })) }),
    ...(set && { set: set.map((one) => ({ event: '', after: 'all', at, ...named('event', one) })) }),
    ...(clear && { clear: clear.map((event) => ({ event, after: 'all', at })) }),
    ...(limits.length > 0 && { limits }),
  };
}

function named<Part extends object>(key: string, text: string | Part): Part | Record<string, string> {
  return typeof text === 'string' ? { [key]: text } : text;
}

/** Further parts of a play. */
export type PlayText = Partial<Omit<Play, 'needs'>> & { readonly needs?: readonly string[] };

/** A native play on `all` whose facts nobody asks for. */
export function play(text: PlayText): Play {
  const at = place();
  const { needs, ...rest } = text;
  return {
    at,
    dialect: 'native',
    hosts: 'all',
    hostsAt: at,
    strategy: 'free',
    order: 'inventory',
    serial: [],
    gatherFacts: false,
    forceHandlers: false,
    keywords: {},
    layers: [],
    preTasks: [],
    steps: [],
    postTasks: [],
    handlers: [],
    places: {},
    ...rest,
    needs: needs?.map((id) => ({ play: id, at })),
  };
}

/** Further parts of a playbook. */
export interface PlaybookText extends Partial<Omit<Playbook, 'declarations'>> {
  readonly events?: Readonly<Record<string, { readonly external?: boolean }>>;
  readonly semaphores?: Readonly<Record<string, number>>;
  readonly locks?: readonly string[];
}

/** A native playbook. */
export function playbook(text: PlaybookText): Playbook {
  const { events = {}, semaphores = {}, locks = [], ...rest } = text;
  const at = place();
  const declarations: Declarations = {
    events: mapValues(events, ({ external }) => ({ external: external ?? false, at })),
    semaphores: mapValues(semaphores, (permits) => ({ permits, scope: 'run', at })),
    locks: Object.fromEntries(locks.map((name) => [name, { scope: 'run', onLost: 'poison', at }])),
    queues: {},
    pools: {},
    state: {},
  };
  return {
    name: 'test',
    file: 'site.yml',
    dialect: 'native',
    layers: [],
    params: {},
    plays: [],
    ...rest,
    declarations,
  };
}

/** An inventory of hosts by name with their variables, and of groups. */
export function inventory(
  hosts: readonly string[] | Readonly<Record<string, Readonly<Record<string, Value>>>>,
  groups: Readonly<Record<string, readonly string[]>> = {},
): Inventory {
  const variables = Array.isArray(hosts) ? Object.fromEntries(hosts.map((name) => [name, {}])) : hosts;
  const groupMap = new Map<string, Group>();
  for (const [name, members] of Object.entries({ all: [], ungrouped: [], ...groups }))
    groupMap.set(name, {
      name,
      hosts: members,
      children: name === 'all' ? Object.keys(groups) : [],
      settings: {},
      layers: [],
      priority: 1,
    });
  const hostMap = new Map<string, Host>();
  for (const [name, values] of Object.entries(variables as Record<string, Record<string, Value>>))
    hostMap.set(name, {
      name,
      settings: {},
      layers: Object.keys(values).length === 0 ? [] : [layer('inventory-host', values, name)],
      groups: Object.keys(groups).filter((group) => groups[group]?.includes(name)),
    });
  return { hosts: hostMap, groups: groupMap, defaults: {}, sources: ['inventory.yml'] };
}

/** A layer of variables. */
export function layer(
  source: VariableLayer['source'],
  values: Readonly<Record<string, Value>>,
  label: string = source,
): VariableLayer {
  return { source, label, values };
}

/**
 * A small template language for tests of compiling: names in braces; conditions `name`, `not name`, `name == 'text'`,
 * `'text' in name`, joined by nothing else.
 */
export const smallTemplates: CompileTemplates = {
  evaluateCondition(condition, variables) {
    const text = condition.trim();
    const equal = /^(\w+) == '(.*)'$/.exec(text);
    if (equal) return read(equal[1] ?? '', variables) === equal[2];
    const within = /^'(.*)' in (\w+)$/.exec(text);
    if (within) return [read(within[2] ?? '', variables)].flat().includes(within[1] ?? '');
    if (text === 'true' || text === 'false') return text === 'true';
    if (text.startsWith('not ')) return read(text.slice(4), variables) !== true;
    return read(text, variables) === true;
  },
  renderNative(text, variables) {
    const whole = /^\{\{\s*(\w+)\s*\}\}$/.exec(text);
    if (whole) return read(whole[1] ?? '', variables);
    return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => String(read(name, variables)));
  },
  references(text, form) {
    const code =
      form === 'condition' ? text : [...text.matchAll(/\{[{%](.*?)[%}]\}/gs)].map((m) => m[1]).join(' ');
    const words = code.replace(/'[^']*'/g, ' ').replace(/\.\w+/g, ' ');
    return [...words.matchAll(/(\|\s*)?\b([a-z_]\w*)(\s*\|\s*default|\s+is\s+(?:not\s+)?defined)?/gi)]
      .filter(([, isFilter, word = '']) => isFilter === undefined && !keywords.has(word))
      .map(([, , name = '', guard]) => ({ name, guarded: guard !== undefined }));
  },
};

const keywords = new Set('not and or in is if else endif for endfor defined undefined true false'.split(' '));

function read(name: string, variables: Readonly<Record<string, Value>>): Value {
  const value = variables[name];
  if (value === undefined) throw new Error(`'${name}' is undefined`);
  return typeof value === 'string' && value.includes('{{')
    ? smallTemplates.renderNative(value, variables)
    : value;
}

/** Options for `compile` that select everything. */
export function compileOptions(
  selection: Partial<CompileOptions['selection']> = {},
  further: Partial<CompileOptions> = {},
): CompileOptions {
  return {
    selection: { tags: [], skipTags: [], assumeSet: [], ...selection },
    extraVars: [],
    engine: smallTemplates,
    modules: new Map(),
    ...further,
  };
}

function mapValues<In, Out>(
  values: Readonly<Record<string, In>>,
  change: (value: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
