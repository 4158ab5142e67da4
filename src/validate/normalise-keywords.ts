import type { Condition, Keywords, Loop, LoopControl } from '../model/playbook.ts';
import type { Value } from '../model/value.ts';
import { childOf, placeOf } from './cursor.ts';
import type { KeywordInput } from './keyword-kinds.ts';
import type { ReadKeywords } from './read-keywords.ts';
import { loopForms } from './step-keywords.ts';

type Read = ReadKeywords<KeywordInput>;

/** Keywords whose value goes on as written, since it may be a template, and their names in the model. */
const passedOn = {
  retries: 'retries',
  delay: 'delay',
  backoff: 'backoff',
  async: 'async',
  poll: 'poll',
  timeout: 'timeout',
  ignore_errors: 'ignoreErrors',
  ignore_unreachable: 'ignoreUnreachable',
  any_errors_fatal: 'anyErrorsFatal',
  check_mode: 'checkMode',
  diff: 'diff',
  become: 'become',
  become_method: 'becomeMethod',
  become_user: 'becomeUser',
  become_password: 'becomePassword',
  become_exe: 'becomeExe',
  become_flags: 'becomeFlags',
  delegate_to: 'delegateTo',
  delegate_facts: 'delegateFacts',
  no_log: 'noLog',
  connection: 'connection',
  remote_user: 'remoteUser',
  port: 'port',
} as const satisfies Partial<Record<keyof KeywordInput, keyof Keywords>>;

/** The keywords that plays, blocks and steps share, in the model's form; `needs` and the like are not among them. */
export function normaliseKeywords(read: Read): Keywords {
  const { input } = read;
  const keywords: Record<string, unknown> = {};
  for (const [written, name] of Object.entries(passedOn)) {
    const value = passedValue(read, written as keyof typeof passedOn);
    if (value !== undefined) keywords[name] = value;
  }
  const loop = readLoop(read);
  const whole: Keywords = {
    ...keywords,
    ...(input.when !== undefined && { when: conditionList(input.when) }),
    ...(input.until !== undefined && { until: conditionList(input.until) }),
    ...(input.changed_when !== undefined && { changedWhen: conditionList(input.changed_when) }),
    ...(input.failed_when !== undefined && { failedWhen: conditionList(input.failed_when) }),
    ...(loop !== undefined && { loop }),
    ...(input.loop_control !== undefined && { loopControl: loopControl(read) }),
    ...(input.register !== undefined && { register: input.register }),
    ...(input.notify !== undefined && { notify: nameList(input.notify) }),
    ...(input.listen !== undefined && { listen: nameList(input.listen) }),
    ...(input.environment !== undefined && { environment: environments(read) }),
    ...(input.collections !== undefined && { collections: nameList(input.collections) }),
    ...(typeof input.run_once === 'boolean' && { runOnce: input.run_once }),
    ...(input.tags !== undefined && { tags: tagList(input.tags) }),
    ...(input.parallel !== undefined && { parallel: input.parallel }),
    ...(input.background !== undefined && background(input.background)),
  };
  return whole;
}

/** Booleans in the spellings of YAML 1.1 have been read by the schema; everything else stays as written. */
function passedValue(read: Read, key: keyof typeof passedOn): Value | undefined {
  const value = read.input[key];
  return typeof value === 'boolean' ? value : read.cursors.get(key)?.value;
}

function background(value: boolean | 'daemon'): Pick<Keywords, 'background'> {
  if (value === false) return {};
  return { background: value === true ? 'wait' : 'daemon' };
}

type Conditions = NonNullable<KeywordInput['when']>;

/** One condition or a list of them as a list. */
export function conditionList(value: Conditions): readonly Condition[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((one) => (typeof one === 'number' ? String(one) : one));
}

/** One name or a list of names as a list of texts. */
export function nameList(value: string | number | readonly (string | number)[]): readonly string[] {
  return (typeof value === 'object' ? value : [value]).map(String);
}

/** Tags as a list; each text is split at its commas. */
function tagList(value: string | number | readonly (string | number)[]): readonly string[] {
  const parts = nameList(value).flatMap((text) => (text.includes('{{') ? [text] : text.split(',')));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function environments(read: Read): readonly Value[] {
  const value = read.cursors.get('environment')?.value;
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function readLoop(read: Read): Loop | undefined {
  for (const [key, cursor] of read.cursors) {
    if (cursor.value === undefined) continue;
    const at = placeOf(cursor);
    if (key === 'loop') return { form: 'loop', value: cursor.value, at };
    const form = key.startsWith('with_') ? key.slice('with_'.length) : '';
    if (Object.hasOwn(loopForms, form))
      return { form: form as keyof typeof loopForms, value: cursor.value, at };
  }
  return undefined;
}

function loopControl(read: Read): LoopControl {
  const control = read.input.loop_control;
  const cursor = read.cursors.get('loop_control');
  const written = (key: string) => (cursor === undefined ? undefined : childOf(cursor, key).value);
  const [label, pause] = [written('label'), written('pause')];
  return {
    loopVar: control?.loop_var ?? 'item',
    ...(control?.index_var !== undefined && { indexVar: control.index_var }),
    ...(label !== undefined && { label }),
    ...(pause !== undefined && { pause }),
    ...(control?.extended !== undefined && { extended: control.extended }),
    ...(control?.extended_allitems !== undefined && { extendedAllItems: control.extended_allitems }),
    ...(control?.break_when !== undefined && { breakWhen: conditionList(control.break_when) }),
  };
}
