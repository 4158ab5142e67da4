import { z } from 'zod';
import { globToRegExp } from '../lib/glob.ts';
import { didYouMean } from '../lib/suggest.ts';
import { defineActionModule, type ModuleContext, type ResultFields } from '../model/module.ts';
import { isValueMap, type Value } from '../model/value.ts';
import { gatherCode } from './shared/facts/gather-script.ts';
import { readSections } from './shared/facts/sections.ts';
import { collectFacts, partsOf, subsetWords, wantedCollections } from './shared/facts/subsets.ts';
import { numberParam, textListParam, textParam } from './shared/param-types.ts';

const subsets = textListParam.superRefine((words, context) => {
  for (const word of words) {
    const name = word.replace(/^!/, '');
    if (!subsetWords.includes(name))
      context.addIssue({ code: 'custom', message: `no subset "${name}"${didYouMean(name, subsetWords)}` });
  }
});

const params = () =>
  z.strictObject({
    gather_subset: subsets
      .default(['all'])
      .describe(
        '`all`, `min`, `hardware`, `network`, `virtual`, `local`, the name of a fact, or `!x` to leave one out. `min` is always there unless `!min` is given.',
      ),
    filter: textListParam
      .default([])
      .describe('Globs of fact names to return, with or without `ansible_` before them.'),
    gather_timeout: numberParam
      .default(10)
      .describe(
        'Seconds after which programs that hang on the host (name server, network share, `*.fact`) are ended.',
      ),
    fact_path: textParam
      .default('/etc/ansible/facts.d')
      .describe(
        'Directory of `*.fact` files, read into `ansible_local`: JSON, INI, or a program that prints either.',
      ),
  });

function filterFacts(facts: ResultFields, filters: readonly string[]): ResultFields {
  const patterns = filters
    .filter((filter) => filter !== '' && filter !== '*')
    .map((filter) => globToRegExp(filter));
  if (patterns.length === 0) return facts;
  return Object.fromEntries(
    Object.entries(facts).filter(([name]) =>
      patterns.some((pattern) => pattern.test(name) || pattern.test(`ansible_${name}`)),
    ),
  );
}

/** The facts with the step's own `environment` in `env`, as a program that the step starts would see it. */
function withStepEnvironment(facts: ResultFields, context: ModuleContext): ResultFields {
  const { env } = facts;
  if (env === undefined || !isValueMap(env)) return facts;
  const merged: Record<string, Value> = { ...env, ...context.env };
  return { ...facts, env: merged };
}

/** Facts as a registered result has them: with `ansible_` before their names. */
function withPrefix(facts: ResultFields): ResultFields {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [plainNames.has(name) ? name : `ansible_${name}`, value]),
  );
}

const plainNames: ReadonlySet<string> = new Set(['gather_subset', 'module_setup']);

/** Gathers facts about a host. */
export default defineActionModule({
  name: 'setup',
  aliases: ['gather_facts'],
  summary: 'Gather facts about the host: distribution, names, addresses, memory, mounts, managers, time.',
  description:
    'Read by a shell in one round trip; Python is not needed. Facts are read as `ansible_facts.NAME` and as `ansible_NAME`. ' +
    'Not gathered: `devices`, `lvm`, features of interfaces, capabilities, names of storage (`iscsi_iqn`, `hostnqn`), `is_chroot`, and the facts of facter and ohai.',
  params,
  where: 'remote',
  checkMode: 'run',
  returns: { ansible_facts: 'The facts.' },
  examples: [{ title: 'Only names and addresses', yaml: 'setup: {gather_subset: [min, network]}' }],
  async run(given, context) {
    const wanted = wantedCollections(given.gather_subset);
    const code = gatherCode({
      parts: partsOf(wanted),
      factPath: given.fact_path,
      timeoutS: given.gather_timeout,
    });
    const reply = await context.send({ type: 'call', code, readOnly: true });
    const sections = readSections(reply.stdout.bytes.toString('utf8'));
    if (sections.text('uname') === '') {
      const reason = reply.stderr.bytes.toString('utf8').trim() || 'the host sent none';
      return { changed: false, failed: true, msg: `facts could not be gathered: ${reason}` };
    }
    const gathered = withStepEnvironment(collectFacts(wanted, sections), context);
    const about = { gather_subset: given.gather_subset, module_setup: true };
    // That facts were gathered is remembered also where the filter leaves it out of the result.
    const values = { ...filterFacts(gathered, given.filter), ...about };
    const late = sections.text('late');
    return {
      changed: false,
      ...(late === '' ? {} : { msg: `took longer than ${given.gather_timeout} s and was ended: ${late}` }),
      facts: { values, kind: 'gathered' },
      fields: { ansible_facts: withPrefix(filterFacts({ ...gathered, ...about }, given.filter)) },
    };
  },
});
