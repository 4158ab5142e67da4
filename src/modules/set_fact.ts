import { z } from 'zod';
import { defineActionModule, type ModuleContext } from '../model/module.ts';
import type { Value } from '../model/value.ts';
import { booleanParam } from './shared/param-types.ts';

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
const nameRule =
  'a variable name has letters, digits and underscores, and does not start with a digit; a template may make it';

const params = () =>
  z
    .record(z.string().regex(/^([A-Za-z_][A-Za-z0-9_]*|.*\{\{.*)$/s, nameRule), z.unknown())
    .superRefine((value, context) => {
      if (!Object.keys(value).some((key) => key !== 'cacheable'))
        context.addIssue({ code: 'custom', message: 'give at least one variable: `name: value`' });
      const { cacheable } = value;
      if (cacheable !== undefined && !booleanParam.safeParse(cacheable).success)
        context.addIssue({ code: 'custom', path: ['cacheable'], message: 'expected true or false' });
    });

function nameOf(written: string, context: ModuleContext): string {
  if (!written.includes('{{')) return written;
  const name = context.renderTemplate(written, { name: 'set_fact' }).trim();
  if (!identifier.test(name)) throw new Error(`set_fact: "${name}" is no name of a variable: ${nameRule}`);
  return name;
}

/** Texts that say yes or no become booleans, as in Ansible, whose templates give texts only. */
function factOf(value: unknown, keepsTexts: boolean): Value {
  // Rendered parameters hold values of the template language only.
  if (keepsTexts) return value as Value;
  if (typeof value === 'string' && /^(true|yes)$/i.test(value)) return true;
  if (typeof value === 'string' && /^(false|no)$/i.test(value)) return false;
  // As above.
  return value as Value;
}

/** Sets variables of the host for the rest of the run. */
export default defineActionModule({
  name: 'set_fact',
  aliases: ['set_vars'],
  summary: 'Set variables of the host for the rest of the run.',
  description:
    'Any key is the name of a variable, but `cacheable`: with it the values are facts too, which later runs see where the settings keep facts (`fact_caching`). ' +
    'The texts `yes`, `no`, `true` and `false` become booleans, unless the setting `jinja2_native` is on.',
  params,
  where: 'controller',
  checkMode: 'run',
  returns: { ansible_facts: 'The variables that were set.' },
  examples: [
    {
      title: 'Remember a release',
      yaml: "set_fact:\n  release: \"{{ lookup('pipe', 'git rev-parse --short HEAD') }}\"",
    },
  ],
  async run({ cacheable, ...given }, context) {
    const isKept = cacheable !== undefined && booleanParam.parse(cacheable);
    const values = Object.fromEntries(
      Object.entries(given).map(
        ([name, value]) => [nameOf(name, context), factOf(value, context.keepsTexts === true)] as const,
      ),
    );
    return { changed: false, facts: { values, kind: 'set', isKept }, fields: { ansible_facts: values } };
  },
});
