import { isMap, isPair, isScalar, isSeq, Pair, Scalar, YAMLMap, type YAMLSeq } from 'yaml';
import { textNode, textOf } from './import-scalars.ts';

/** What the conversion of steps has to know of modules. */
export interface ImportHelp {
  /** The module of a name as written; undefined where there is none. */
  moduleOf(written: string): { readonly freeForm?: string | undefined } | undefined;
  /** Whether a name is a keyword of steps. */
  isKeyword(name: string): boolean;
  /** Reads `key=value` words. */
  freeForm(
    text: string,
    module: string,
  ): { readonly params: Readonly<Record<string, string>>; readonly rest: string } | { readonly open: string };
  /** Takes note of what could not be converted. */
  note(node: unknown, message: string, hint?: string): void;
}

const listsOfSteps = ['pre_tasks', 'tasks', 'steps', 'post_tasks', 'handlers'];
const partsOfBlocks = ['block', 'rescue', 'always'];

/** Converts the steps of a play. */
export function importPlaySteps(play: YAMLMap, help: ImportHelp): void {
  for (const key of listsOfSteps) importStepList(play.get(key, true), help);
  const tasks = pairOf(play, 'tasks');
  if (tasks !== undefined && isScalar(tasks.key)) tasks.key.value = 'steps';
}

/** Converts the steps of a list, and those of the blocks in it. */
export function importStepList(list: unknown, help: ImportHelp): void {
  if (!isSeq(list)) return;
  for (const step of list.items) if (isMap(step)) importStep(step, help);
}

function importStep(step: YAMLMap, help: ImportHelp): void {
  if (step.has('block')) {
    importLoop(step);
    for (const part of partsOfBlocks) importStepList(step.get(part, true), help);
    return;
  }
  importOldForm(step, 'local_action', help);
  importOldForm(step, 'action', help);
  importLoop(step);
  importModule(step, help);
}

/** `action: name k=v` and `local_action` as the key of the module. */
function importOldForm(step: YAMLMap, form: 'action' | 'local_action', help: ImportHelp): void {
  const pair = pairOf(step, form);
  if (pair === undefined) return;
  const split = isMap(pair.value) ? fromMapping(pair.value) : fromText(textOf(pair.value));
  if (split === undefined) {
    help.note(pair.key, `"${form}" names no module that could be told: it is left as it is`);
    return;
  }
  const { name, value } = split;
  pair.key = keyLike(pair.key, name);
  pair.value = value;
  if (form !== 'local_action' || step.has('delegate_to')) return;
  step.items.splice(
    step.items.indexOf(pair) + 1,
    0,
    new Pair(textNode('delegate_to'), textNode('localhost')),
  );
}

function fromText(text: string | undefined) {
  const [, name, rest = ''] = /^\s*([\w.]+)(?:\s+(.*))?$/s.exec(text ?? '') ?? [];
  return name === undefined ? undefined : { name, value: rest === '' ? new Scalar('') : textNode(rest) };
}

function fromMapping(map: YAMLMap) {
  const name = textOf(map.get('module', true));
  if (name === undefined) return undefined;
  map.delete('module');
  return { name, value: map };
}

/** A key with the comments of another. */
function keyLike(before: unknown, name: string): Scalar {
  const key = textNode(name);
  if (!isScalar(before)) return key;
  if (before.commentBefore) key.commentBefore = before.commentBefore;
  if (before.spaceBefore) key.spaceBefore = before.spaceBefore;
  return key;
}

/** `with_list`, and `with_items` of a list without lists in it, are `loop`; the others mean more and stay. */
function importLoop(step: YAMLMap): void {
  for (const name of ['with_list', 'with_items']) {
    const pair = pairOf(step, name);
    if (pair === undefined) continue;
    const isEqual = name === 'with_list' || (isSeq(pair.value) && isFlat(pair.value));
    if (isEqual && isScalar(pair.key)) pair.key.value = 'loop';
  }
}

function isFlat(list: YAMLSeq): boolean {
  return list.items.every((item) => isMap(item) || (isScalar(item) && !String(item.value).includes('{{')));
}

function importModule(step: YAMLMap, help: ImportHelp): void {
  const others = step.items.filter(({ key }) => {
    const name = textOf(key);
    return name !== undefined && !name.startsWith('with_') && !isKeywordAlone(name, help);
  });
  const known = others.find(({ key }) => help.moduleOf(textOf(key) ?? '') !== undefined);
  if (known !== undefined) importArguments(known, help);
  else if (others[0] !== undefined) noteUnknown(others[0], help);
}

function isKeywordAlone(name: string, help: ImportHelp): boolean {
  return help.isKeyword(name) && help.moduleOf(name) === undefined;
}

function noteUnknown(pair: Pair, help: ImportHelp): void {
  const name = textOf(pair.key) ?? '';
  help.note(
    pair.key,
    `no module is named "${name}": a native playbook is refused because of it, where Ansible's form fails when it gets there`,
    'take the step out, or replace it',
  );
}

/** `key=value` words as a mapping. Text that is a command, and nothing else, stays text. */
function importArguments(pair: Pair, help: ImportHelp): void {
  const name = textOf(pair.key) ?? '';
  const text = textOf(pair.value);
  const module = help.moduleOf(name);
  if (text === undefined || text.trim() === '' || module === undefined) return;
  if (module.freeForm === undefined && /^\s*\{\{[\s\S]*\}\}\s*$/.test(text) && !text.includes('=')) return;
  const form = help.freeForm(text, name.split('.').at(-1) ?? name);
  if ('open' in form) {
    help.note(pair.value, `${form.open} is missing in the arguments of "${name}": they are left as they are`);
    return;
  }
  const params = Object.entries(form.params);
  if (params.length === 0) return;
  if (form.rest !== '' && module.freeForm === undefined) {
    help.note(
      pair.value,
      `"${form.rest}" in the arguments of "${name}" is no key=value: they are left as they are`,
    );
    return;
  }
  const free =
    form.rest === '' || module.freeForm === undefined ? [] : [[module.freeForm, form.rest] as const];
  const map = new YAMLMap();
  for (const [key, value] of [...free, ...params]) map.add({ key: textNode(key), value: textNode(value) });
  if (isScalar(pair.value) && pair.value.comment) map.commentBefore = pair.value.comment;
  pair.value = map;
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find((pair) => isPair(pair) && textOf(pair.key) === name);
}
