import type { Keywords } from '../model/playbook.ts';

type MutableKeywords = { -readonly [Key in keyof Keywords]: Keywords[Key] };

/** Keywords of a play or block that hold for each step in it unless the step says otherwise. */
const inherited = [
  'timeout',
  'ignoreErrors',
  'ignoreUnreachable',
  'checkMode',
  'diff',
  'become',
  'becomeMethod',
  'becomeUser',
  'becomePassword',
  'becomeExe',
  'becomeFlags',
  'delegateTo',
  'delegateFacts',
  'runOnce',
  'noLog',
  'throttle',
  'connection',
  'remoteUser',
  'port',
  'anyErrorsFatal',
  'collections',
] as const satisfies readonly (keyof Keywords)[];

/** Keywords of a block that concern the block as a whole. */
const ofTheBlock = [
  'background',
  'needs',
  'wait',
  'set',
  'clear',
  'limits',
  'barrier',
  'consume',
  'repeat',
] as const satisfies readonly (keyof Keywords)[];

/**
 * The keywords of a step inside a play or block: `when`, `environment` and `notify` add up with the outer ones first,
 * `tags` are a union, `module_defaults` add up by module, the inherited ones are overridden, the others are the step's own.
 */
export function foldKeywords(outer: Keywords, inner: Keywords): Keywords {
  const folded: MutableKeywords = { ...inner };
  for (const key of inherited) {
    if (inner[key] === undefined && outer[key] !== undefined) assign(folded, key, outer[key]);
  }
  if (outer.when !== undefined) folded.when = [...outer.when, ...(inner.when ?? [])];
  if (outer.environment !== undefined)
    folded.environment = [...outer.environment, ...(inner.environment ?? [])];
  if (outer.notify !== undefined) folded.notify = [...outer.notify, ...(inner.notify ?? [])];
  if (outer.tags !== undefined) folded.tags = [...new Set([...outer.tags, ...(inner.tags ?? [])])];
  if (outer.moduleDefaults !== undefined)
    folded.moduleDefaults = { ...outer.moduleDefaults, ...inner.moduleDefaults };
  return folded;
}

/** The part of a block's or play's keywords that its steps take over. */
export function inheritable(keywords: Keywords): Keywords {
  const { when, environment, notify, tags, moduleDefaults } = keywords;
  const picked: MutableKeywords = {};
  for (const key of inherited) if (keywords[key] !== undefined) assign(picked, key, keywords[key]);
  if (when !== undefined) picked.when = when;
  if (environment !== undefined) picked.environment = environment;
  if (notify !== undefined) picked.notify = notify;
  if (tags !== undefined) picked.tags = tags;
  if (moduleDefaults !== undefined) picked.moduleDefaults = moduleDefaults;
  return picked;
}

/** Whether something is asked of a block as a whole. */
export function isOfTheBlock(keywords: Keywords): boolean {
  return ofTheBlock.some((key) => keywords[key] !== undefined);
}

/** The keywords that stay on the block: its gates and limits, and the `when` (outer ones first) under which it takes them. */
export function blockKeywords(written: Keywords, folded: Keywords): Keywords {
  const picked: MutableKeywords = {};
  for (const key of ofTheBlock) if (written[key] !== undefined) assign(picked, key, written[key]);
  if (folded.when !== undefined) picked.when = folded.when;
  if (folded.anyErrorsFatal !== undefined) picked.anyErrorsFatal = folded.anyErrorsFatal;
  return picked;
}

function assign<Key extends keyof Keywords>(target: MutableKeywords, key: Key, value: Keywords[Key]): void {
  target[key] = value;
}
