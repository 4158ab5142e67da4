import { z } from 'zod';
import { globToRegExp } from '../lib/glob.ts';
import { defineActionModule, type ResultFields } from '../model/module.ts';
import { distributionFacts } from './shared/facts/distribution-facts.ts';
import { gatherCode } from './shared/facts/gather-script.ts';
import { hardwareFacts } from './shared/facts/hardware-facts.ts';
import { networkFacts } from './shared/facts/network-facts.ts';
import { readSections, type Sections } from './shared/facts/sections.ts';
import { systemFacts } from './shared/facts/system-facts.ts';
import { numberParam, textListParam, textParam } from './shared/param-types.ts';

/** What each subset adds to the facts that are always there. */
const subsets: Readonly<Record<string, (sections: Sections) => ResultFields>> = {
  hardware: hardwareFacts,
  network: networkFacts,
};

/** Which subsets are wanted: all but those named `!x`; with a plain name first, only the named ones. */
function wantedSubsets(given: readonly string[]): ReadonlySet<string> {
  const known = Object.keys(subsets);
  const plain = given.filter((name) => !name.startsWith('!') && name !== 'all' && name !== 'min');
  const excluded = new Set(given.filter((name) => name.startsWith('!')).map((name) => name.slice(1)));
  if (excluded.has('all')) return new Set(plain);
  const start =
    plain.length > 0 && !given.includes('all')
      ? plain
      : given.includes('min') && !given.includes('all')
        ? []
        : known;
  return new Set(start.filter((name) => !excluded.has(name)));
}

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

/** Gathers facts about a host. */
export default defineActionModule({
  name: 'setup',
  aliases: ['gather_facts'],
  summary: 'Gather facts about the host: distribution, names, addresses, memory, mounts, managers, time.',
  description:
    'Read by a shell in one round trip; Python is not needed. Facts are read as `ansible_facts.NAME` and as `ansible_NAME`.',
  params: z.strictObject({
    gather_subset: textListParam
      .default(['all'])
      .describe(
        '`all`, `min`, `hardware`, `network`, or `!x` to leave one out. The facts of `min` are always there.',
      ),
    filter: textListParam.default([]).describe('Globs of fact names to return; all are gathered.'),
    gather_timeout: numberParam.default(10).describe('Seconds for the gathering on the host.'),
    fact_path: textParam
      .default('/etc/ansible/facts.d')
      .describe('Directory of `*.fact` files, read into `ansible_local`.'),
  }),
  where: 'remote',
  checkMode: 'run',
  returns: { ansible_facts: 'The facts.' },
  examples: [{ title: 'Only names and addresses', yaml: 'setup: {gather_subset: [min, network]}' }],
  async run(given, context) {
    const reply = await context.send({ type: 'call', code: gatherCode(given.fact_path), readOnly: true });
    const sections = readSections(reply.stdout.bytes.toString('utf8'));
    if (sections.text('machine') === '') {
      return {
        changed: false,
        failed: true,
        msg: `facts could not be gathered: ${reply.stderr.bytes.toString('utf8').trim() || 'the host sent none'}`,
      };
    }
    const facts: Record<string, ResultFields[string]> = {
      ...systemFacts(sections),
      ...distributionFacts(sections),
      gather_subset: given.gather_subset,
      module_setup: true,
    };
    for (const name of wantedSubsets(given.gather_subset)) Object.assign(facts, subsets[name]?.(sections));
    const values = filterFacts(facts, given.filter);
    return {
      changed: false,
      facts: { values, kind: 'gathered' },
      fields: {
        ansible_facts: Object.fromEntries(
          Object.entries(values).map(([name, value]) => [`ansible_${name}`, value]),
        ),
      },
    };
  },
});
