import { describe, expect, test } from 'vitest';
import { compileTemplates } from '../../src/compile/template-adapter.ts';
import { createTemplateEngine } from '../../src/template/engine.ts';
import { planOf, two } from '../support/compile-plan.ts';
import { nodesNamed } from '../support/plan-text.ts';
import type { PlaybookText } from '../support/playbook-builder.ts';
import {
  compileOptions,
  inventory,
  layer,
  play,
  playbook,
  smallTemplates,
  step,
} from '../support/playbook-builder.ts';

const roles = inventory({ h1: { role: 'a' }, h2: { role: 'b' } });

/** What is skipped of step `s` on each host. */
function skips(
  when: (string | boolean)[],
  further: PlaybookText = {},
  hosts = roles,
  options = compileOptions(),
) {
  const { plays = [play({ steps: [step({ id: 's', when })] })] } = further;
  const plan = planOf(playbook({ ...further, plays }), hosts, options);
  return ['h1', 'h2'].map((host) => {
    const [node] = nodesNamed(plan, `s@${host}`);
    return node !== undefined && 'skip' in node ? node.skip : undefined;
  });
}

describe('a condition that is decided at compile time', () => {
  test('skips the instances for which it is false', () => {
    expect(skips(["role == 'a'"])).toEqual([undefined, "role == 'a'"]);
  });

  test('may be one of several, of which others stay for the run', () => {
    expect(skips(['ansible_os', "role == 'a'"])).toEqual([undefined, "role == 'a'"]);
  });

  test('may be a literal', () => {
    expect(skips([false])).toEqual(['false', 'false']);
    expect(skips([true])).toEqual([undefined, undefined]);
  });

  test('may read names of the host and its groups', () => {
    expect(skips(["inventory_hostname == 'h2'"])).toEqual(["inventory_hostname == 'h2'", undefined]);
    expect(skips(["'web' in group_names"], {}, two)).toEqual([undefined, "'web' in group_names"]);
  });

  test('sees variables by their precedence', () => {
    expect(skips(["role == 'a'"], { layers: [layer('playbook', { role: 'b' })] })).toEqual([
      "role == 'a'",
      "role == 'a'",
    ]);
    expect(skips(["role == 'a'"], { layers: [layer('role-defaults', { role: 'c' })] })).toEqual([
      undefined,
      "role == 'a'",
    ]);
    expect(skips(["role == 'x'"], { params: { role: 'x' } })).toEqual([undefined, undefined]);
  });

  test.each([
    ['native', 'word'],
    ['ansible', undefined],
  ] as const)('reads a text as a play in the %s dialect does', (dialect, skipped) => {
    const engine = compileTemplates(createTemplateEngine());
    const further = {
      layers: [layer('playbook', { word: 'no' })],
      plays: [play({ dialect, steps: [step({ id: 's', when: ['word'] })] })],
    };
    expect(skips([], further, roles, compileOptions({}, { engine }))).toEqual([skipped, skipped]);
  });

  test('reads through variables that are templates', () => {
    const layers = [layer('playbook', { mine: '{{ role }}' })];
    expect(skips(["mine == 'b'"], { layers })).toEqual(["mine == 'b'", undefined]);
  });

  test('is evaluated once for each distinct set of values', () => {
    let count = 0;
    const engine: typeof smallTemplates = {
      ...smallTemplates,
      evaluateCondition: (condition, variables, dialect) => {
        count += 1;
        return smallTemplates.evaluateCondition(condition, variables, dialect);
      },
    };
    const hosts = inventory(
      Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`h${i}`, { role: i % 2 === 0 ? 'a' : 'b' }])),
    );
    const book = playbook({
      layers: [layer('playbook', { on: true })],
      plays: [play({ steps: [step({ id: 's', when: ["role == 'a'"] }), step({ id: 't', when: ['on'] })] })],
    });
    planOf(book, hosts, compileOptions({}, { engine }));
    expect(count).toBe(3);
  });

  test('skips a block’s gates with it', () => {
    const block = step({ id: 'b', when: [false], body: [step('s')] });
    const plan = planOf(playbook({ plays: [play({ steps: [block] })] }), roles);
    expect(nodesNamed(plan, 'begin b@h1')[0]).toMatchObject({ skip: 'false' });
  });

  test('skips a run_once step only where all hosts agree', () => {
    const once = (when: string) => {
      const plan = planOf(
        playbook({ plays: [play({ steps: [step({ id: 'o', runOnce: true, when: [when] })] })] }),
        roles,
      );
      return nodesNamed(plan, 'o@all')[0];
    };
    expect(once("role == 'a'")).not.toHaveProperty('skip');
    expect(once("role == 'z'")).toMatchObject({ skip: "role == 'z'" });
  });
});

describe('a condition is left to the run', () => {
  const undecided = [undefined, undefined];

  test.each([
    ['a fact', 'ansible_os_family'],
    ['a name that nothing defines', 'nope'],
    ['the items of a loop', "item == 'x'"],
    ['a lookup', "lookup == 'x'"],
    ['an event', "event_set == 'x'"],
  ])('where it reads %s', (_, condition) => {
    expect(skips([condition])).toEqual(undecided);
  });

  test('where a step writes the name, unless -e hides what it writes', () => {
    const plays = [play({ steps: [step({ id: 's', when: ["role == 'z'"] }), step({ register: 'role' })] })];
    expect(skips([], { plays })).toEqual(undecided);
    const extraVars = [layer('extra-vars', { role: 'a' })];
    expect(skips([], { plays }, roles, compileOptions({}, { extraVars }))).toEqual([
      "role == 'z'",
      "role == 'z'",
    ]);
  });

  test('where a file read in the run may define it', () => {
    const plays = [
      play({ steps: [step({ module: 'include_vars' }), step({ id: 's', when: ["role == 'z'"] })] }),
    ];
    expect(skips([], { plays })).toEqual(undecided);
  });

  test('where groups may still change', () => {
    const plays = [
      play({ steps: [step({ module: 'group_by' }), step({ id: 's', when: ["'z' in group_names"] })] }),
    ];
    expect(skips([], { plays })).toEqual(undecided);
  });

  test('where evaluating it fails', () => {
    const engine = {
      ...smallTemplates,
      evaluateCondition: () => {
        throw new Error('no');
      },
    };
    expect(skips(["role == 'z'"], {}, roles, compileOptions({}, { engine }))).toEqual(undecided);
  });
});
