import { parseDurationMs } from '../lib/duration.ts';
import { type Diagnostic, errorDiagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { PlanTexts } from '../model/plan.ts';
import type { Keywords } from '../model/playbook.ts';
import type { CompileOptions } from './compile-input.ts';
import type { KnownTexts, TextOwner } from './deadlock/known-texts.ts';
import { textsOf } from './deadlock/known-texts-of.ts';
import type { Draft } from './draft.ts';
import { isTemplate } from './is-template.ts';

/** A text that must be known before the run. */
interface AskedText {
  readonly text: string;
  /** For messages: `the key of lock "rack"`. */
  readonly what: string;
  readonly isDuration: boolean;
  readonly at: Place;
}

interface Owner extends TextOwner {
  readonly name: string;
  readonly keywords: Keywords;
  /** Whether it has one value, not one for each host. */
  readonly isWhole: boolean;
}

/**
 * Renders the templates in keys and timeouts of locks, semaphores and pools, and in timeouts of waits: they may read only
 * what is known before the run.
 */
export function knownLimitTexts(
  draft: Draft,
  options: CompileOptions,
): { readonly texts: PlanTexts; readonly diagnostics: readonly Diagnostic[] } {
  const known = textsOf(draft, options);
  const texts: Record<string, Record<string, Record<string, string>>> = {};
  const diagnostics: Diagnostic[] = [];
  for (const owner of ownersOf(draft)) {
    const hosts = (draft.plays[owner.play]?.batches ?? []).flat().map((host) => draft.hosts[host] ?? '');
    for (const asked of askedBy(owner.keywords)) {
      const found = readOnHosts(known, owner, asked, hosts);
      if ('code' in found) diagnostics.push(found);
      else texts[owner.name] = { ...texts[owner.name], [asked.text]: found.byHost };
    }
  }
  return { texts, diagnostics };
}

function ownersOf({ tables, playbook }: Draft): readonly Owner[] {
  return [
    ...tables.steps.map((step) => ({ ...step, name: `step ${step.index}`, isWhole: false })),
    ...tables.blocks.map((block) => ({ ...block, name: `block ${block.index}`, isWhole: false })),
    ...playbook.plays.map(({ keywords }, play) => ({ play, keywords, name: `play ${play}`, isWhole: true })),
  ];
}

function askedBy({ limits = [], wait = [] }: Keywords): readonly AskedText[] {
  const asked: AskedText[] = [];
  for (const { kind, name, key, timeout, at } of limits) {
    const of = `of ${kind} "${name}"`;
    if (key !== undefined && isTemplate(key))
      asked.push({ text: key, what: `the key ${of}`, isDuration: false, at });
    if (typeof timeout === 'string' && isTemplate(timeout))
      asked.push({ text: timeout, what: `the timeout ${of}`, isDuration: true, at });
  }
  for (const { event, timeout, at } of wait)
    if (typeof timeout === 'string' && isTemplate(timeout))
      asked.push({ text: timeout, what: `the timeout of event "${event}"`, isDuration: true, at });
  return asked;
}

function readOnHosts(
  known: KnownTexts,
  owner: Owner,
  { text, what, isDuration, at }: AskedText,
  hosts: readonly string[],
): Diagnostic | { readonly byHost: Record<string, string> } {
  const byHost: Record<string, string> = {};
  for (const host of hosts) {
    const value = known.read(text, owner, host);
    if (value === undefined)
      return errorDiagnostic('RB323', `${what} is not known before the run: ${text} on ${host}`, {
        at,
        hint: 'use variables of the inventory, of `vars`, params or -e only; no facts, no registered values, no `item`',
      });
    if (isDuration && parseDurationMs(value) === undefined)
      return errorDiagnostic('RB202', `${what} is "${value}" on ${host}; expected a duration such as 30s`, {
        at,
      });
    byHost[host] = value;
  }
  const values = [...new Set(Object.values(byHost))];
  if (values.length <= 1) return { byHost: values.length === 0 ? {} : { '': values[0] ?? '' } };
  if (!owner.isWhole) return { byHost };
  return errorDiagnostic('RB323', `${what} differs between hosts of the play, which takes it as a whole`, {
    at,
    hint: 'take it on a step or block, where each host takes its own',
  });
}
