import { describe, expect, test } from 'vitest';
import type { CompileOptions } from '../../src/compile/compile-input.ts';
import { planOf, two } from '../support/compile-plan.ts';
import { edgesOf, nodesNamed } from '../support/plan-text.ts';
import { compileOptions, inventory, layer, play, playbook, step } from '../support/playbook-builder.ts';

type Text = Parameters<typeof play>[0];

function gathers(text: Text, further: Partial<CompileOptions> = {}, hosts = inventory(['h1'])): boolean {
  const book = playbook({ plays: [play({ gatherFacts: 'when-read', ...text })] });
  const plan = planOf(book, hosts, compileOptions({}, further));
  return plan.steps.some((s) => s.section === 'facts');
}

describe('facts', () => {
  test('are gathered first, and all of a play follows', () => {
    const plan = planOf(
      playbook({
        plays: [
          play({
            gatherFacts: true,
            gatherSubset: ['min'],
            steps: [step('a'), step({ id: 'b', needs: [] })],
          }),
        ],
      }),
    );
    expect(edgesOf(plan, 'Gathering Facts@h1')).toEqual(['batch-start:0.0 ok batch']);
    expect(edgesOf(plan, 'b@h1')).toEqual(['Gathering Facts@h1 ok facts']);
    expect(plan.steps.find((s) => s.section === 'facts')).toMatchObject({
      action: { module: 'setup', params: { gather_subset: ['min'] } },
    });
  });

  test.each<[string, Text]>([
    ['a parameter reads one', { steps: [step({ params: { a: '{{ ansible_os_family }}' } })] }],
    ['a condition reads one', { steps: [step({ when: ['ansible_facts'] })] }],
    [
      'a handler reads one',
      { steps: [step({ notify: ['h'] })], handlers: [step({ name: 'h', when: ['ansible_os'] })] },
    ],
    [
      'a template file cannot be looked at',
      { steps: [step({ module: 'template', params: { src: 'a.j2' } })] },
    ],
    ['another host’s are read', { steps: [step({ params: { a: '{{ hostvars[x].ansible_os }}' } })] }],
  ])('are gathered where %s', (_, text) => {
    expect(gathers(text)).toBe(true);
  });

  test.each<[string, Text]>([
    ['nothing reads one', { steps: [step({ params: { a: '{{ inventory_hostname }}' } })] }],
    ['only settings of the connection are read', { steps: [step({ params: { a: '{{ ansible_host }}' } })] }],
    ['the play has no step', {}],
  ])('are left out where %s', (_, text) => {
    expect(gathers(text)).toBe(false);
  });

  test('are gathered by a play without steps that is told to', () => {
    expect(gathers({ gatherFacts: true })).toBe(true);
    expect(gathers({ gatherFacts: false })).toBe(false);
  });

  test('are gathered again where a later play names another folder of local facts', () => {
    const one = { gatherFacts: true, steps: [step('a')] } as const;
    const plays = [
      play({ ...one, factPath: '/a', gatherTimeout: 3 }),
      play({ ...one, factPath: '/b' }),
      play({ ...one, factPath: '/b' }),
      play({ ...one, factPath: '/a' }),
      play(one),
    ];
    const plan = planOf(playbook({ plays }), inventory(['h1']));
    const steps = plan.steps.filter((s) => s.section === 'facts');
    expect(steps.map(({ action }) => (action.type === 'module' ? action.params : {}))).toEqual([
      { gather_timeout: 3, fact_path: '/a' },
      { fact_path: '/b' },
      { fact_path: '/a' },
      {},
    ]);
  });

  test('are gathered where a variable of the inventory reads one', () => {
    const hosts = inventory({ h1: { os: '{{ ansible_os_family }}' } });
    expect(gathers({ steps: [step({ params: { a: '{{ os }}' } })] }, {}, hosts)).toBe(true);
  });

  test('are gathered where a template file reads one', () => {
    const text: Text = { steps: [step({ module: 'template', params: { src: 'a.j2' } })] };
    expect(gathers(text, { readTemplate: () => 'os {{ ansible_os }}' })).toBe(true);
    expect(gathers(text, { readTemplate: () => 'plain {{ inventory_hostname }}' })).toBe(false);
    expect(gathers(text, { readTemplate: () => "{% include 'b.j2' %}" })).toBe(true);
  });

  test('are gathered where a module looks at them by itself', () => {
    const modules = new Map([['package', { readsFacts: true }]]);
    expect(gathers({ steps: [step({ module: 'package' })] }, { modules })).toBe(true);
  });

  test('of a play serve the plays behind it, host by host', () => {
    const book = playbook({
      plays: [
        play({ hosts: 'web', gatherFacts: true, steps: [step('a')] }),
        play({ gatherFacts: true, steps: [step('b')] }),
        play({ gatherFacts: true, steps: [step('c')] }),
      ],
    });
    const plan = planOf(book, two);
    expect(nodesNamed(plan, 'Gathering Facts@h1').map((node) => node.play)).toEqual([0]);
    expect(nodesNamed(plan, 'Gathering Facts@h2').map((node) => node.play)).toEqual([1]);
    expect(edgesOf(plan, 'b@h1')).toEqual(['batch-start:1.0 ok batch']);
    expect(edgesOf(plan, 'b@h2')).toEqual(['Gathering Facts@h2 ok facts']);
    expect(plan.nodes.map((node) => node.id)).toEqual(plan.nodes.map((_, index) => index));
  });

  test('that are known before the run are not gathered again', () => {
    const book = playbook({ plays: [play({ gatherFacts: true, steps: [step('a')] })] });
    const plan = planOf(book, two, compileOptions({}, { hasFacts: (host) => host === 'h1' }));
    expect(nodesNamed(plan, 'Gathering Facts@h1')).toEqual([]);
    expect(nodesNamed(plan, 'Gathering Facts@h2')).toHaveLength(1);
  });

  test('of a play beside it serve nobody', () => {
    const book = playbook({
      plays: [
        play({ gatherFacts: true, steps: [step('a')] }),
        play({ needs: [], gatherFacts: true, steps: [step('b')] }),
      ],
    });
    expect(nodesNamed(planOf(book), 'Gathering Facts@h1')).toHaveLength(2);
  });

  test('of a smaller set do not serve a play that wants all', () => {
    const book = playbook({
      plays: [
        play({ gatherFacts: true, gatherSubset: ['min'], steps: [step('a')] }),
        play({ gatherFacts: true, gatherSubset: ['min'], steps: [step('b')] }),
        play({ gatherFacts: true, steps: [step('c')] }),
      ],
    });
    expect(nodesNamed(planOf(book), 'Gathering Facts@h1').map((node) => node.play)).toEqual([0, 2]);
  });

  test('meet a linear play’s hosts even where only some gather', () => {
    const book = playbook({
      plays: [
        play({ hosts: 'web', gatherFacts: true, steps: [step('a')] }),
        play({ strategy: 'linear', gatherFacts: true, steps: [step('b')] }),
      ],
    });
    const plan = planOf(book, two);
    expect(edgesOf(plan, 'b@h1').filter((edge) => edge.startsWith('linear'))).toHaveLength(1);
  });

  test('are skipped with the tag always', () => {
    const book = playbook({ plays: [play({ gatherFacts: true, steps: [step('a')] })] });
    const plan = planOf(book, undefined, compileOptions({ skipTags: ['always'] }));
    expect(plan.steps.map(({ id }) => id)).toEqual(['a']);
  });

  test('are not read through a variable that is never rendered', () => {
    const raw = { ...layer('playbook', { os: '{{ ansible_os }}' }), templated: false };
    const book = playbook({
      layers: [raw],
      plays: [play({ gatherFacts: 'when-read', steps: [step({ params: { a: '{{ os }}' } })] })],
    });
    expect(planOf(book).steps).toHaveLength(1);
  });
});
