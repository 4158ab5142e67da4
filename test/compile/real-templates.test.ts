import { describe, expect, test } from 'vitest';
import { compileTemplates } from '../../src/compile/template-adapter.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';
import { planOf, problemsOf } from '../support/compile-plan.ts';
import { compileOptions, inventory, layer, play, playbook, step } from '../support/playbook-builder.ts';

const options = compileOptions({}, { engine: compileTemplates(createTemplateEngine()) });

/** For each condition the hosts on which it is known to be false. */
function skippedOn(conditions: readonly string[], further: { facts?: boolean } = {}): string[][] {
  const hosts = inventory(
    { web1: { tier: 'front', ports: [80, 443] }, db1: { tier: 'back', ports: [] } },
    { web: ['web1'] },
  );
  const book = playbook({
    layers: [layer('playbook', { region: 'eu', is_front: "{{ tier == 'front' }}" })],
    plays: [
      play({
        gatherFacts: further.facts ? 'when-read' : false,
        steps: conditions.map((condition, i) => step({ id: `s${i}`, when: [condition] })),
      }),
    ],
  });
  const plan = planOf(book, hosts, options);
  return conditions.map((_, i) =>
    plan.nodes.flatMap((node) =>
      node.kind === 'instance' && node.skip !== undefined && plan.steps[node.step]?.id === `s${i}`
        ? (plan.hosts[node.host] ?? [])
        : [],
    ),
  );
}

describe('with the template engine', () => {
  test('conditions over known values are decided, through variables too', () => {
    expect(
      skippedOn([
        "tier == 'front' and region in ['eu', 'us']",
        'is_front',
        'ports | length > 1',
        "inventory_hostname in groups['web']",
        "'web' not in group_names",
      ]),
    ).toEqual([['db1'], ['db1'], ['db1'], ['db1'], ['web1']]);
  });

  test('conditions that the run decides are left alone', () => {
    expect(
      skippedOn([
        "ansible_facts['os_family'] == 'Debian'",
        "'green' is event_set",
        "lookup('env', 'HOME') == ''",
        'nope is defined',
        "hostvars['web1'].tier == 'x'",
        '[1, 2] | random == 3',
      ]),
    ).toEqual([[], [], [], [], [], []]);
  });

  test('hosts and serial read variables of their play, under those of -e, and the groups', () => {
    const hosts = inventory(['c', 'a', 'b'], { web: ['c', 'a'] });
    const batches = (extra: Readonly<Record<string, number>>) => {
      const own = [layer('playbook', { size: 1 }), layer('play', { size: '{{ half }}', half: 2 })];
      const plays = [
        play({
          layers: own,
          hosts: "{{ groups['web'] + ['b'] }}",
          serial: ['{{ size }}'],
          steps: [step('s')],
        }),
      ];
      const known = { ...options, extraVars: [layer('extra-vars', extra)] };
      const plan = planOf(playbook({ plays }), hosts, known);
      return plan.plays[0]?.batches.map((batch) => batch.map((host) => plan.hosts[host]));
    };
    expect(batches({})).toEqual([['c', 'a'], ['b']]);
    expect(batches({ size: 3 })).toEqual([['c', 'a', 'b']]);
  });

  test('names that a text guards are not warned of', () => {
    const warned = (text: string) =>
      problemsOf(
        playbook({ plays: [play({ steps: [step({ name: 'S', params: { text } })] })] }),
        inventory(['h1']),
        options,
      );
    expect(warned('{{ nope }}')).toEqual(['RB311 warning: "S" reads "nope", which nothing defines']);
    for (const text of [
      "{{ nope | default('x') }}",
      "{{ nope if nope is defined else 'x' }}",
      '{% for x in [1] %}{{ x }}{{ loop.index }}{% endfor %}',
      "{{ lookup('env', 'HOME') }}{{ range(3) | list }}{{ now() }}",
      '{{ {"a": true, "b": none} }}',
    ])
      expect(warned(text)).toEqual([]);
  });

  test('hosts may be a template', () => {
    const book = playbook({
      layers: [layer('playbook', { stage: 'web' })],
      plays: [play({ hosts: "{{ stage | default('all') }}", steps: [step('a')] })],
    });
    expect(planOf(book, inventory(['w', 'd'], { web: ['w'] }), options).hosts).toEqual(['w']);
  });
});
